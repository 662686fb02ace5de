package main

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"hindsight/internal/certificate"
	"hindsight/internal/site"
	"hindsight/internal/store"
)

// Groups of flags. Each group is a struct that a command fills by its add method; commands share groups, so that a
// setting has one name and one meaning everywhere.

// logFlags say how the program reports.
type logFlags struct {
	level, format string
	profiles      bool
}

func (f *logFlags) add(cmd *cobra.Command, format string) {
	cmd.Flags().StringVar(&f.level, "log-level", "info", "debug, info, warn or error")
	cmd.Flags().StringVar(&f.format, "log-format", format, "json or console")
	cmd.Flags().BoolVar(&f.profiles, "profiles", false, "serve Go's profiles under /debug/pprof/ (for people you trust)")
}

func (f *logFlags) logger() (*zap.Logger, error) { return newLogger(f.level, f.format) }

// storeFlags say where ClickHouse is and how to get in.
type storeFlags struct {
	dsn                      string
	authority, cert, certKey string // files; each of them means TLS
}

func (f *storeFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.dsn, "clickhouse-dsn", "", "ClickHouse server, for example clickhouse://user:password@host:9000/hindsight (default: the embedded engine in --data)")
	cmd.Flags().StringVar(&f.authority, "clickhouse-tls-ca", "", "PEM `FILE` of the authority that issued ClickHouse's certificate, in place of this machine's (means TLS)")
	cmd.Flags().StringVar(&f.cert, "clickhouse-tls-cert", "", "PEM `FILE` of a client's certificate, where ClickHouse asks for one (means TLS; read at every connection)")
	cmd.Flags().StringVar(&f.certKey, "clickhouse-tls-key", "", "PEM `FILE` of its key")
}

// config reads what the flags name. Without a server it names none.
func (f *storeFlags) config() (store.Config, error) {
	cfg := store.Config{DSN: f.dsn}
	if f.authority == "" && f.cert == "" && f.certKey == "" {
		return cfg, nil
	}
	if f.dsn == "" {
		return cfg, usagef("--clickhouse-tls-ca, --clickhouse-tls-cert and --clickhouse-tls-key are for the server of --clickhouse-dsn; the embedded engine is reached by this user alone")
	}
	var err error
	if cfg.TLS, err = certificate.Client(f.authority, f.cert, f.certKey); err != nil {
		return cfg, usagef("--clickhouse-tls-ca, --clickhouse-tls-cert, --clickhouse-tls-key: %w", err)
	}
	return cfg, nil
}

// embeddedFlags shape the embedded log and engine.
type embeddedFlags struct {
	library   string
	logSync   bool
	logKeep   time.Duration
	maxMemory int64
	maxDisk   byteSize
}

// addLibrary gives a command that only looks for the engine's library its place.
func (f *embeddedFlags) addLibrary(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.library, "engine-library", "", "`PATH` of the ClickHouse engine library (default: where make build puts it)")
}

// addDisk is shared with the command that looks whether there is room.
func (f *embeddedFlags) addDisk(cmd *cobra.Command) {
	cmd.Flags().Var(&f.maxDisk, "max-disk", "most `BYTES` that --data may take, for example 50GB: at that nothing more is taken in, until there is room (0: all of the disk)")
}

func (f *embeddedFlags) add(cmd *cobra.Command) {
	f.addLibrary(cmd)
	f.addDisk(cmd)
	cmd.Flags().BoolVar(&f.logSync, "log-sync", false, "acknowledge only what also survives a power loss (fsync; slower)")
	cmd.Flags().DurationVar(&f.logKeep, "log-keep", 0, "keep frames in the embedded log for so long after they were written, for example 24h, although they are stored: so far --rewind reaches (default: until they are stored, by 4 MiB)")
	cmd.Flags().Int64Var(&f.maxMemory, "engine-memory", 0, "most `BYTES` of memory the embedded engine may use (default 1 GiB)")
}

// siteFlags make a first site.
type siteFlags struct {
	key, name, consent string
	origins            []string
}

func (f *siteFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.key, "site-key", "", "make a site with this key, if there is none")
	cmd.Flags().StringSliceVar(&f.origins, "site-origin", nil, "its origin, for example https://shop.example.com or https://*.example.com (may be repeated)")
	cmd.Flags().StringVar(&f.consent, "site-consent", "ask", "its consent mode: ask, required, implied or none")
	cmd.Flags().StringVar(&f.name, "site-name", "", "its name (default: the first origin)")
}

func (f *siteFlags) validate() error {
	if f.key != "" && len(f.origins) == 0 {
		return usagef("--site-key needs --site-origin: which pages belong to the site?")
	}
	if f.key == "" && len(f.origins) > 0 {
		return usagef("--site-origin needs --site-key")
	}
	if !slices.Contains(site.Modes(), site.Mode(f.consent)) {
		return usagef("--site-consent %q is none of ask, required, implied, none", f.consent)
	}
	for _, origin := range f.origins {
		if _, err := site.NormalizeOrigin(origin); err != nil {
			return usagef("--site-origin: %w", err)
		}
	}
	if f.key == "" {
		return nil
	}
	first := site.New(cmp.Or(f.name, f.key))
	first.Key, first.Origins = f.key, []string{"https://shop.example"} // the origins have been judged
	if err := first.Validate(); err != nil {
		return usagef("--site-key or --site-name: %w", err)
	}
	return nil
}

// webFlags say how browsers reach the dashboard and the replay frame.
type webFlags struct {
	publicURL, replayOrigin, trackerURL string
}

func (f *webFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.publicURL, "public-url", "", "address by which browsers reach this server, also behind a proxy (default: the listening address)")
	cmd.Flags().StringVar(&f.replayOrigin, "replay-origin", "", "another origin of this server, for the replay frame alone (default: localhost beside 127.0.0.1)")
}

// validate finds what is wrong before anything is started; complete may still be told another port.
func (f webFlags) validate(scheme, listenAddress string) error {
	return f.complete(scheme, listenAddress)
}

// complete derives what was not set from the address we listen on.
func (f *webFlags) complete(scheme, listenAddress string) error {
	if f.publicURL == "" {
		f.publicURL = baseURL(scheme, listenAddress)
	}
	public, err := checkURL("--public-url", f.publicURL)
	if err != nil {
		return err
	}
	f.publicURL = public.String()
	if f.replayOrigin == "" {
		switch host := public.Hostname(); host {
		case "127.0.0.1", "::1":
			f.replayOrigin = public.Scheme + "://" + joinPort("localhost", public.Port())
		case "localhost":
			f.replayOrigin = public.Scheme + "://" + joinPort("127.0.0.1", public.Port())
		default:
			return usagef("--public-url %s needs --replay-origin: a second name of this server, for example https://replay-frame.%s, where recorded pages are shown apart from the dashboard", f.publicURL, host)
		}
	}
	replay, err := checkURL("--replay-origin", f.replayOrigin)
	if err != nil {
		return err
	}
	if replay.Host == public.Host {
		return usagef("--replay-origin must be another origin than --public-url: recorded pages are shown apart from the dashboard")
	}
	f.replayOrigin = replay.String()
	if f.trackerURL == "" {
		f.trackerURL = f.publicURL
	}
	_, err = checkURL("--tracker-url", f.trackerURL)
	return err
}

func joinPort(host, port string) string {
	if port == "" {
		return host
	}
	return net.JoinHostPort(host, port)
}

func checkURL(flag, text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, usagef("%s: %q is no origin such as https://replay.example.com", flag, text)
	}
	return u, nil
}

// checkListen refuses an address that net.Listen could not mean, before anything is started.
func checkListen(address string) error {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return usagef("--listen: %q is no address such as 127.0.0.1:8080", address)
	}
	return nil
}
