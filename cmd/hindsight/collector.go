package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"hindsight/collector"
	"hindsight/internal/eventlog"
	"hindsight/internal/health"
	"hindsight/internal/seal"
	"hindsight/internal/sitesource"
	trackerjs "hindsight/tracker-js"
)

type collectorOptions struct {
	listen, data string
	api, token   string
	sitesCache   string
	trackerCache string
	sealKeys     string
	log          logFlags
	kafka        brokerFlags
	collector    collectorFlags
	tls          tlsFlags
}

func newCollectorCommand() *cobra.Command {
	var o collectorOptions
	cmd := &cobra.Command{
		Use: "collector", Short: "Run only the collector: browser in, log out", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCollector(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8081", "`ADDRESS` to serve on")
	cmd.Flags().StringVar(&o.data, "data", "./data", "data `DIR` of a hindsight on this machine, for what is not named by other flags")
	cmd.Flags().StringVar(&o.api, "api", "", "address of the API, which knows the sites (default: what runs on --data)")
	cmd.Flags().StringVar(&o.token, "token", "", "API token of scope collector; better given as HINDSIGHT_TOKEN (default: what runs on --data)")
	cmd.Flags().StringVar(&o.sitesCache, "sites-cache", "", "`FILE` that keeps the last answer about the sites, for starts while the API is away (default: in --data, where there is one)")
	cmd.Flags().StringVar(&o.trackerCache, "tracker-cache", "", "`DIR` that keeps the tracker's parts for pages that are open over an upgrade (default: in --data, where there is one)")
	addSealKeys(cmd, &o.sealKeys)
	o.log.add(cmd, "json")
	o.kafka.add(cmd)
	o.collector.add(cmd)
	o.tls.add(cmd)
	return cmd
}

func addSealKeys(cmd *cobra.Command, keys *string) {
	cmd.Flags().StringVar(keys, "seal-keys", "", "keys that seal client addresses on their way, newest first: 64 hexadecimal digits each, the same for collectors and processors; better given as HINDSIGHT_SEAL_KEYS (default: a key in --data)")
}

// findSealer takes the keys from the flag, else the one that `hindsight embedded` left in the data directory.
func findSealer(dir *dataDir, keys string) (*seal.Sealer, error) {
	if keys == "" {
		raw, err := os.ReadFile(dir.sealKeyFile())
		if err != nil {
			return nil, fmt.Errorf("no key to seal client addresses: set HINDSIGHT_SEAL_KEYS (openssl rand -hex 32), the same for collectors and processors (`hindsight all` has one in its memory, and its own processor: to store records again, start it with --rewind)")
		}
		keys = string(raw)
	}
	parsed, err := seal.ParseKeys(keys)
	if err != nil {
		return nil, usagef("--seal-keys: %w", err)
	}
	return seal.NewSealer(parsed)
}

// startCollector wires the collector: sites in, records out to the log.
func startCollector(ctx context.Context, s *service, at eventlog.Config, sites collector.SiteSource, sealer *seal.Sealer, flags collectorFlags) (*collector.Collector, error) {
	cfg, err := flags.config()
	if err != nil {
		return nil, err
	}
	producer, err := eventlog.NewProducer(at, eventlog.ProducerConfig{}, s.reg, s.log.Named("producer"))
	if err != nil {
		return nil, err
	}
	c := collector.New(cfg, collector.Deps{Sites: sites, Log: producer, Sealer: sealer, Metrics: s.reg, Logger: s.log.Named("collector")})
	stop := func(ctx context.Context) error { return errors.Join(c.Stop(ctx), producer.Close(ctx)) }
	return c, s.start(ctx, "collector", producer.Start, stop)
}

// withTracker serves the tracker's script and its parts, and leaves everything else to next. keep names the directory of
// earlier builds' parts; none are kept without.
func (s *service) withTracker(next http.Handler, keep string) http.Handler {
	tracker := trackerjs.Handler()
	if keep != "" {
		var err error
		if tracker, err = trackerjs.KeepingHandler(keep); err != nil {
			s.log.Warn("pages that are open over an upgrade may lack parts of the tracker", zap.Error(err))
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if trackerjs.Owns(r.URL.Path) {
			tracker.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func runCollector(ctx context.Context, o collectorOptions) (err error) {
	if err := o.collector.validate(); err != nil {
		return err
	}
	s, err := begin(ctx, o.listen, o.data, absData, o.log, o.tls)
	if err != nil {
		return err
	}
	defer s.end(ctx, &err)
	at, err := findLog(s.dir, o.kafka)
	if err != nil {
		return err
	}
	sealer, err := findSealer(s.dir, o.sealKeys)
	if err != nil {
		return err
	}
	api, err := findAPI(s.dir, o.api, o.token)
	if err != nil {
		return err
	}
	if err := s.start(ctx, "topics", func(ctx context.Context) error { return ofLog(eventlog.EnsureTopics(ctx, at)) }, nil); err != nil {
		return err
	}
	if o.sitesCache == "" && s.dir.exists() {
		o.sitesCache = filepath.Join(s.dir.runDir(), "sites.json")
	}
	if o.trackerCache == "" && s.dir.exists() {
		o.trackerCache = s.dir.trackerDir()
	}
	client := *api.http
	client.Timeout = 10 * time.Second
	sites := sitesource.New(sitesource.Config{URL: api.base, Token: api.token, File: o.sitesCache, Client: &client}, s.log.Named("sites"))
	stop := func(context.Context) error { sites.Stop(); return nil }
	if err := s.start(ctx, "sites", sites.Start, stop); err != nil {
		return err
	}
	intake, err := startCollector(ctx, s, at, sites, sealer, o.collector)
	if err != nil {
		return err
	}
	mux := newOperationsMux(s.reg, o.log.profiles,
		health.Check{Name: "collector", Func: intake.Ready},
		checkLog(at),
		health.Check{Name: "sites", Func: sites.Ready})
	mux.Handle("/v1/", intake.Handler())
	s.serve(s.withTracker(mux, o.trackerCache))
	fmt.Printf("\nThe collector is ready on %s\n", s.url())
	return s.wait(ctx)
}
