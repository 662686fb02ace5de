package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/api/recording"
)

// API serves the HTTP API. It is inert until Start.
type API struct {
	cfg     Config
	store   Store
	log     *zap.Logger
	metrics *metrics

	sites    *Sites
	tokens   *tokens
	cookies  cookies
	logins   *logins
	attempts *attempts
	inflater *recording.Inflater
	handler  http.Handler

	stop    context.CancelFunc
	polling sync.WaitGroup
	mu      sync.Mutex
	lastErr error // of reading sites and tokens
}

// New returns an API over a store. It refuses a configuration that cannot work.
func New(cfg Config, st Store, log *zap.Logger, reg prometheus.Registerer) (*API, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	a := &API{
		cfg: cfg, store: st, log: log, metrics: newMetrics(reg),
		sites:    newSites(st, cfg.Now),
		tokens:   newTokens(st, cfg),
		cookies:  cookies{key: cfg.CookieKey, secure: strings.HasPrefix(cfg.PublicURL, "https://")},
		logins:   newLogins(cfg.Now),
		attempts: newAttempts(cfg.Now),
		lastErr:  errors.New("not started"),
	}
	if a.inflater, err = recording.NewInflater(); err != nil {
		return nil, err
	}
	// Both codings stream: an answer leaves while it is made.
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.EnableZstd(true), gzhttp.PreferZstd(true))
	if err != nil {
		return nil, err
	}
	a.handler = compress(a.newMux())
	return a, nil
}

// Handler serves everything below /api/v1/.
func (a *API) Handler() http.Handler { return a.handler }

// Sites is the memory of sites, for a collector in the same process.
func (a *API) Sites() *Sites { return a.sites }

// NewLogin makes a one-time login, valid for 15 minutes, and returns its address.
func (a *API) NewLogin() (url string) {
	url, _ = a.newLogin()
	return url
}

func (a *API) newLogin() (url string, expires time.Time) {
	token, expires := a.logins.issue()
	return a.cfg.PublicURL + "/#/login?token=" + token, expires
}

// Start reads sites and tokens and keeps reading them until Stop.
func (a *API) Start(ctx context.Context) error {
	if err := a.refresh(ctx); err != nil {
		return err
	}
	// The polling outlives the context of the start, and ends with Stop.
	polling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	a.stop = cancel
	a.polling.Go(func() { a.poll(polling) })
	return nil
}

// Stop ends the polling. Shut the HTTP server down first: it waits for the
// requests under way.
func (a *API) Stop() {
	if a.stop != nil {
		a.stop()
	}
	a.polling.Wait()
	a.inflater.Close()
}

// Ready says whether sites and tokens could be read the last time.
func (a *API) Ready() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lastErr
}

func (a *API) poll(ctx context.Context) {
	tick := time.NewTicker(a.cfg.Refresh)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		was := a.Ready()
		// What was read before stays in use: an outage of the store logs nobody out.
		if err := a.refresh(ctx); err != nil && was == nil && ctx.Err() == nil {
			a.log.Warn("cannot read sites and tokens; going on with what is known", zap.Error(err))
		}
	}
}

func (a *API) refresh(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	err := errors.Join(a.sites.refresh(ctx), a.tokens.refresh(ctx))
	a.mu.Lock()
	a.lastErr = err
	a.mu.Unlock()
	return err
}
