// Package certificate serves TLS from a certificate's files and takes renewed
// ones up without a restart.
package certificate

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/internal/filewatch"
)

// Files are a certificate with its chain and its key, both PEM.
type Files struct {
	cert, key string
	watch     *filewatch.Watch
	pair      atomic.Pointer[tls.Certificate]
}

// Open reads both files, which must belong together.
func Open(cert, key string) (*Files, error) {
	f := &Files{cert: cert, key: key, watch: filewatch.New(cert, key)}
	return f, f.load()
}

func (f *Files) load() error {
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return fmt.Errorf("read the certificate %s and its key: %w", f.cert, err)
	}
	f.pair.Store(&pair) // connections that are open keep theirs
	return nil
}

// Run reads the files again whenever one was replaced, until ctx ends; it looks
// every so often. What cannot be read, or does not belong together (yet),
// leaves the certificate before in use.
func (f *Files) Run(ctx context.Context, every time.Duration, log *zap.Logger, reg prometheus.Registerer) {
	end := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "hindsight_tls_certificate_end_seconds", Help: "Until when the certificate in use is valid, Unix seconds.",
	}, func() float64 { return float64(f.leaf().NotAfter.Unix()) })
	if reg != nil {
		reg.MustRegister(end)
	}
	f.watch.Reload(ctx, every, filewatch.Reload{
		What: "the certificate", Load: f.load, Metric: "hindsight_tls_certificate_loads_total",
		Loaded: func() []zap.Field { return []zap.Field{zap.Time("valid_until", f.leaf().NotAfter)} },
	}, log, reg)
}

func (f *Files) leaf() *x509.Certificate { return f.pair.Load().Leaf }

// Server is the configuration of a server that shows the newest certificate.
func (f *Files) Server() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.pair.Load(), nil },
	}
}

// errOther says that somebody else answers.
var errOther = errors.New("the server does not show the certificate of its files")

// Pinned is the configuration of a client on the same machine, which reaches the
// server by an address that the certificate does not name. It takes the
// certificate in the file and no other, whoever issued it, also when it has
// ended: that the server can prove its key is all that is asked.
func Pinned(cert string) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection insists on one certificate instead
		VerifyConnection: func(state tls.ConnectionState) error {
			own, err := first(cert)
			if err != nil {
				return err
			}
			if len(state.PeerCertificates) == 0 || !bytes.Equal(state.PeerCertificates[0].Raw, own) {
				return errOther
			}
			return nil
		},
	}
}
