package main

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/doctor"
	"hindsight/internal/sitesource"
)

// sites asks the API what a collector asks it, with the collector's token.
func (o *doctorOptions) sites(ctx context.Context, r *doctor.Report) {
	const check = "sites"
	if o.api == "" {
		return
	}
	if _, err := checkURL("--api", o.api); err != nil {
		r.Fail(check, err.Error(), "give the API's address without a path")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	n, err := sitesource.New(sitesource.Config{URL: o.api, Token: o.token}, zap.NewNop()).Check(ctx)
	switch {
	case err != nil:
		r.Fail(check, err.Error(), "correct --api or HINDSIGHT_TOKEN (`hindsight token create NAME --scope collector` makes one); until then a collector knows only the sites of --sites-cache")
	case n == 0:
		r.Warn(check, fmt.Sprintf("%s knows no site: nothing will be taken in", o.api), "hindsight site create")
	default:
		r.OK(check, "%s knows %d", o.api, n)
	}
}
