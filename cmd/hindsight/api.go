package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"hindsight/api"
	"hindsight/api/dashboard"
	"hindsight/internal/health"
	"hindsight/internal/site"
	"hindsight/internal/store"
)

type apiOptions struct {
	listen, data               string
	adminToken, collectorToken string
	cookieKey                  string
	demo                       bool
	log                        logFlags
	store                      storeFlags
	site                       siteFlags
	web                        webFlags
	tls                        tlsFlags
}

func newAPICommand() *cobra.Command {
	var o apiOptions
	cmd := &cobra.Command{
		Use: "api", Short: "Run only API and dashboard", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAPI(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "`ADDRESS` to serve on")
	cmd.Flags().StringVar(&o.data, "data", "./data", "data `DIR` of a hindsight on this machine, for what is not named by other flags")
	cmd.Flags().StringVar(&o.adminToken, "admin-token", "", "bootstrap API `TOKEN` of scope admin; better given as HINDSIGHT_ADMIN_TOKEN")
	cmd.Flags().StringVar(&o.collectorToken, "collector-token", "", "bootstrap API `TOKEN` of scope collector; better given as HINDSIGHT_COLLECTOR_TOKEN")
	cmd.Flags().StringVar(&o.cookieKey, "cookie-key", "", "key that signs logins, 64 hexadecimal digits; better given as HINDSIGHT_COOKIE_KEY (default: kept in --data, else new at every start)")
	cmd.Flags().StringVar(&o.web.trackerURL, "tracker-url", "", "address of the collectors as browsers reach them, for the snippet (default: --public-url)")
	o.log.add(cmd, "json")
	o.web.add(cmd)
	o.tls.add(cmd)
	o.site.add(cmd)
	o.store.add(cmd)
	return cmd
}

// webParts are the API and the dashboard, wired.
type webParts struct {
	api        *api.API
	dashboard  *dashboard.Dashboard
	localToken string // for commands on this machine, through the data directory
	firstKey   string // of the site that the flags made, else ""
	demoKey    string // of the demo shop's site, else ""
}

// startAPI wires API and dashboard over the store, and makes the first sites.
func startAPI(ctx context.Context, s *service, db *store.Store, o apiOptions) (*webParts, error) {
	key, localToken, err := o.secrets(s.dir)
	if err != nil {
		return nil, err
	}
	web := &webParts{localToken: localToken}
	web.api, err = api.New(api.Config{
		PublicURL: o.web.publicURL, TrackerURL: o.web.trackerURL, CookieKey: key,
		AdminToken: o.adminToken, LocalToken: web.localToken, CollectorToken: o.collectorToken,
	}, db, s.log.Named("api"), s.reg)
	if err != nil {
		return nil, err
	}
	web.dashboard, err = dashboard.New(dashboard.Config{PublicURL: o.web.publicURL, ReplayOrigin: o.web.replayOrigin, Version: version, Demo: o.demo})
	if err != nil {
		return nil, usagef("%w", err)
	}
	stop := func(context.Context) error { web.api.Stop(); return nil }
	if err := s.start(ctx, "API", web.api.Start, stop); err != nil {
		return nil, err
	}
	return web, errors.Join(web.makeSites(ctx, o), web.ownSite(ctx, o))
}

// secrets are the key that signs logins, and the token for commands on this machine: as set, else kept in the data
// directory where there is one, so that a restart ends no login and leaves no collector with a token of before.
func (o apiOptions) secrets(dir *dataDir) (cookieKey []byte, localToken string, err error) {
	kept := secrets{CookieKey: o.cookieKey, LocalToken: randomHex(24)}
	if dir.exists() {
		if kept, err = dir.loadSecrets(); err != nil {
			return nil, "", err
		}
		if o.cookieKey != "" {
			kept.CookieKey = o.cookieKey
		}
	}
	cookieKey, err = hex.DecodeString(kept.CookieKey)
	if err != nil || len(cookieKey) != 0 && len(cookieKey) < 32 {
		return nil, "", usagef("--cookie-key must be 64 hexadecimal digits: openssl rand -hex 32")
	}
	return cookieKey, kept.LocalToken, nil
}

// demoSiteName is the name of the site that the demo shop belongs to.
const demoSiteName = "Demo shop"

// makeSites makes the site that the flags name and the demo shop's, where they are missing.
func (w *webParts) makeSites(ctx context.Context, o apiOptions) error {
	if o.site.key != "" {
		mode := site.Mode(o.site.consent)
		name := o.site.name
		if name == "" {
			name = o.site.origins[0]
		}
		made, err := w.api.EnsureSite(ctx, api.SiteSeed{Key: o.site.key, Name: name, Origins: o.site.origins, Consent: mode})
		if err != nil {
			return fmt.Errorf("make the site of --site-key: %w", err)
		}
		w.firstKey = made.Key
	}
	if !o.demo {
		return nil
	}
	made, err := w.api.EnsureSite(ctx, api.SiteSeed{Key: demoKey, Name: demoSiteName, Origins: []string{o.web.publicURL}, Consent: site.ModeImplied})
	if err != nil {
		return fmt.Errorf("make the demo shop's site: %w", err)
	}
	w.demoKey = made.Key
	return nil
}

// demoKey is the public key of the demo shop's site.
const demoKey = "demo-shop"

// mount puts API and dashboard on a mux, and the replay frame's host in front of all of it.
func (w *webParts) mount(mux *http.ServeMux) http.Handler {
	mux.Handle("/api/", w.api.Handler())
	mux.Handle("/", w.dashboard.Handler())
	return w.dashboard.Guard(mux)
}

func runAPI(ctx context.Context, o apiOptions) (err error) {
	if err := errors.Join(checkListen(o.listen), o.site.validate(), o.web.validate(o.tls.scheme(), o.listen)); err != nil {
		return err
	}
	s, err := begin(ctx, o.listen, o.data, absData, o.log, o.tls)
	if err != nil {
		return err
	}
	defer s.end(ctx, &err)
	if err := o.web.complete(o.tls.scheme(), s.address(o.listen)); err != nil {
		return err
	}
	at, err := findStore(s.dir, o.store)
	if err != nil {
		return err
	}
	db, err := openStore(ctx, s.parts, at)
	if err != nil {
		return err
	}
	web, err := startAPI(ctx, s, db, o)
	if err != nil {
		return err
	}
	mux := newOperationsMux(s.reg, o.log.profiles, health.Check{Name: "api", Func: web.api.Ready}, checkStore(db))
	keep := ""
	if s.dir.exists() {
		keep = s.dir.trackerDir()
	}
	// Whoever hears that it is ready finds it.
	if s.dir.exists() {
		if err := s.dir.writeRunInfo(runInfo{API: s.url(), Token: web.localToken, Certificate: s.certificate}); err != nil {
			return err
		}
	}
	s.serve(s.withTracker(web.mount(mux), keep))
	fmt.Printf("\nAPI and dashboard are ready on %s\nLog in, once: %s\n", o.web.publicURL, web.api.NewLogin())
	return s.wait(ctx)
}
