package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// options turns the configuration into the driver's, the same for a socket and
// a server but for the address.
func (c Config) options() (*clickhouse.Options, error) {
	opt, err := parseDSN(c.DSN)
	if err != nil {
		return nil, err
	}
	if c.Database != "" {
		opt.Auth.Database = c.Database
	}
	if opt.Auth.Database == "" {
		opt.Auth.Database = defaultDatabase
	}
	if c.TLS != nil && opt.DialContext == nil {
		if strings.HasPrefix(c.DSN, "http://") { // the driver would leave TLS out
			return nil, errors.New("the store's DSN says http://, which has no TLS: write https://")
		}
		name := ""
		if opt.TLS != nil {
			name = opt.TLS.ServerName
		}
		opt.TLS = c.TLS.Clone()
		opt.TLS.ServerName = name // else the host's
	}
	opt.MaxOpenConns = c.MaxConns
	if opt.MaxOpenConns == 0 {
		opt.MaxOpenConns = 12
	}
	opt.MaxIdleConns = opt.MaxOpenConns
	opt.DialTimeout = c.DialTimeout
	if opt.DialTimeout == 0 {
		opt.DialTimeout = 5 * time.Second
	}
	opt.ClientInfo.Products = append(opt.ClientInfo.Products, struct{ Name, Version string }{"hindsight", "1"})
	if opt.Settings == nil {
		opt.Settings = clickhouse.Settings{}
	}
	for name, value := range settings() {
		opt.Settings[name] = value
	}
	return opt, nil
}

// settings are what the product's promises rest on.
func settings() clickhouse.Settings {
	return clickhouse.Settings{
		// An insert returns when it is stored (and, by the tables' own settings, on disk):
		// an offset committed after it means kept.
		"async_insert": 0,
		// The deduplication log is written before the part is renamed: a kill between
		// the two would lose the rows and drop the retry. Identity does the work here.
		"insert_deduplicate": 0,
		// Rows of one name are made one by merges and by FINAL; within one insert there
		// are hardly any.
		"optimize_on_insert": 0,
		// A partition is a day of sessions, and no identity lies in two of them.
		"do_not_merge_across_partitions_select_final": 1,
		// Deletions are over when they return.
		"mutations_sync":           2,
		"lightweight_deletes_sync": 2,
	}
}

func parseDSN(dsn string) (*clickhouse.Options, error) {
	if path, ok := strings.CutPrefix(dsn, "unix://"); ok {
		return socketOptions(path)
	}
	opt, err := clickhouse.ParseDSN(sayingSecure(dsn))
	if err != nil {
		return nil, errors.New("the store's DSN is neither unix:///absolute/path nor clickhouse://user:password@host:9000/database (or http, https)")
	}
	if opt.Protocol == clickhouse.Native && opt.Compression == nil {
		opt.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}
	}
	return opt, nil
}

// sayingSecure adds to an https address that it is secure: the driver refuses
// one that does not say so itself.
func sayingSecure(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme != "https" {
		return dsn
	}
	query := u.Query()
	query.Set("secure", "true")
	u.RawQuery = query.Encode()
	return u.String()
}

func socketOptions(path string) (*clickhouse.Options, error) {
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("the store's socket must be an absolute path, as in unix:///run/hindsight/engine.sock")
	}
	return &clickhouse.Options{
		Protocol: clickhouse.HTTP,
		Addr:     []string{"engine"}, // only a Host header: the socket is dialled whatever it says
		DialContext: func(ctx context.Context, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", path)
		},
		TransportFunc: func(t *http.Transport) (http.RoundTripper, error) {
			t.Proxy = nil                // whatever HTTP_PROXY says: this is a file on this machine
			t.WriteBufferSize = 64 << 10 // an insert is megabytes: fewer, larger writes
			return t, nil
		},
	}, nil
}
