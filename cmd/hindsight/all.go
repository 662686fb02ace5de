package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"hindsight/demo"
	"hindsight/internal/health"
	"hindsight/internal/seal"
	"hindsight/internal/site"

	"github.com/spf13/cobra"
)

type allOptions struct {
	listen, data string
	demo         bool
	adminToken   string
	geoip        string
	rewind       time.Duration
	log          logFlags
	kafka        brokerFlags
	store        storeFlags
	embedded     embeddedFlags
	site         siteFlags
	collector    collectorFlags
	web          webFlags
	tls          tlsFlags
}

func newAllCommand() *cobra.Command {
	var o allOptions
	cmd := &cobra.Command{
		Use: "all", Short: "Run everything in one process, with data under ./data", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAll(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "`ADDRESS` to serve on")
	cmd.Flags().StringVar(&o.data, "data", "./data", "data `DIR`")
	cmd.Flags().BoolVar(&o.demo, "demo", true, "serve the demo shop under /demo/")
	cmd.Flags().StringVar(&o.adminToken, "admin-token", "", "bootstrap API `TOKEN` of scope admin; better given as HINDSIGHT_ADMIN_TOKEN")
	cmd.Flags().StringVar(&o.geoip, "geoip", "", "MMDB `FILE` that tells the country of an address (default: no countries)")
	addRewind(cmd, &o.rewind)
	o.log.add(cmd, "console")
	o.site.add(cmd)
	o.web.add(cmd)
	o.tls.add(cmd)
	o.collector.add(cmd)
	o.embedded.add(cmd)
	o.kafka.add(cmd)
	o.store.add(cmd)
	return cmd
}

// runAll is the wiring of everything: it follows an event from the collector to the dashboard.
func runAll(ctx context.Context, o allOptions) (err error) {
	if err := errors.Join(checkListen(o.listen), checkRewind(o.rewind), o.site.validate(), o.collector.validate(), o.web.validate(o.tls.scheme(), o.listen)); err != nil {
		return err
	}
	s, err := begin(ctx, o.listen, o.data, openDataDir, o.log, o.tls)
	if err != nil {
		return err
	}
	defer s.end(ctx, &err)
	if err := o.web.complete(o.tls.scheme(), s.address(o.listen)); err != nil {
		return err
	}
	fmt.Printf("Hindsight %s, data in %s\n", version, s.dir.path)

	at, err := startEmbedded(ctx, s, o.embedded, o.kafka, o.store)
	if err != nil {
		return err
	}
	db, err := openStore(ctx, s.parts, at.store)
	if err != nil {
		return err
	}
	web, err := startAPI(ctx, s, db, apiOptions{adminToken: o.adminToken, web: o.web, site: o.site, demo: o.demo})
	if err != nil {
		return err
	}
	// The key that seals addresses lives in memory only: what waits in the log over a restart loses its region.
	sealer := seal.NewRandomSealer()
	proc, err := startProcessor(ctx, s, at.log, db, sealer, processorOptions{geoip: o.geoip, rewind: o.rewind})
	if err != nil {
		return err
	}
	intake, err := startCollector(ctx, s, at.log, web.api.Sites(), sealer, o.collector)
	if err != nil {
		return err
	}

	checks := append(at.checks, checkLog(at.log), checkStore(db),
		health.Check{Name: "collector", Func: intake.Ready},
		health.Check{Name: "processor", Func: proc.Ready},
		health.Check{Name: "deriver", Func: proc.deriver.Ready},
		health.Check{Name: "api", Func: web.api.Ready})
	mux := newOperationsMux(s.reg, o.log.profiles, checks...)
	mux.Handle("/v1/", intake.Handler())
	if o.demo {
		mux.Handle("/demo/", demo.Handler(demo.HandlerConfig{SiteKey: web.demoKey, Consent: string(site.ModeImplied), SampleRate: 1}))
	}
	// Whoever hears that it is ready finds it.
	if err := s.dir.writeRunInfo(runInfo{API: s.url(), Token: web.localToken, Certificate: s.certificate}); err != nil {
		return err
	}
	s.serve(s.withTracker(web.mount(mux), s.dir.trackerDir()))
	web.greet(os.Stdout, o)
	return s.wait(ctx, proc.failed)
}
