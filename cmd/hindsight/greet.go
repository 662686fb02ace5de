package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"hindsight/api"
	"hindsight/internal/site"
)

// ownSite makes sure that there is a site besides the demo shop's, so that there is a snippet to paste. Its pages'
// address is not known yet: the greeting says how to tell it.
func (w *webParts) ownSite(ctx context.Context, o apiOptions) error {
	for _, r := range w.api.Sites().All() {
		if r.Key != demoKey {
			return nil
		}
	}
	_, err := w.api.EnsureSite(ctx, api.SiteSeed{Key: site.NewKey(), Name: "My site", Origins: []string{o.web.publicURL}, Consent: site.ModeImplied})
	if err != nil {
		return fmt.Errorf("make the first site: %w", err)
	}
	return nil
}

// defaultData is the data directory that commands look into by themselves.
const defaultData = "./data"

// greet prints what somebody who just started the program needs next.
func (w *webParts) greet(out io.Writer, o allOptions) {
	where := "" // what commands need to find this installation
	if o.data != defaultData {
		where = " --data " + o.data
	}
	fmt.Fprintf(out, "\nHindsight is ready.\n\n  Dashboard   %s\n              (a login that works once, within 15 minutes; `%s user login-link%s` makes another)\n", w.api.NewLogin(), os.Args[0], where)
	if o.demo {
		fmt.Fprintf(out, "  Demo shop   %s/demo/\n              (click around, then find the visit in the dashboard; `%s demo%s` makes many visits)\n", o.web.publicURL, os.Args[0], where)
	}
	for _, r := range w.api.Sites().All() {
		if r.Key == demoKey {
			continue
		}
		fmt.Fprintf(out, "  Snippet     %s\n              (for the pages of %q, which must lie at %s:\n               `%s site change %s --origin https://www.example.com%s` says otherwise)\n",
			w.api.Snippet(r.Site), r.Name, join(r.Origins), os.Args[0], r.ID, where)
		break
	}
	fmt.Fprintln(out, "\nStop it with Ctrl-C.")
}

func join(origins []string) string {
	switch len(origins) {
	case 1:
		return origins[0]
	case 2:
		return origins[0] + " or " + origins[1]
	default:
		return fmt.Sprintf("%s or one of %d others", origins[0], len(origins)-1)
	}
}
