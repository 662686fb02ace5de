package certificate_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"hindsight/internal/certificate"
	"hindsight/internal/certificate/certtest"
)

// serve answers over TLS with the files' certificate.
func serve(t *testing.T, files *certificate.Files) (address string) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", files.Server())
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return l.Addr().String()
}

// shown is the serial number of what a client is shown that trusts the authority.
func shown(t *testing.T, address string, config *tls.Config) (int64, error) {
	t.Helper()
	conn, err := (&tls.Dialer{Config: config}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
}

func TestRenewal(t *testing.T) {
	authority, dir := certtest.New(t), t.TempDir()
	cert, key, serial := authority.Files(dir, "127.0.0.1")
	files, err := certificate.Open(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	address := serve(t, files)
	trusting := &tls.Config{RootCAs: authority.Pool(), MinVersion: tls.VersionTLS12}
	expect := func(want int64) {
		t.Helper()
		var got int64
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
			var err error
			if got, err = shown(t, address, trusting); err != nil {
				t.Fatal(err)
			}
			if got == want {
				return
			}
		}
		t.Fatalf("certificate %d is shown, not %d", got, want)
	}
	expect(serial)

	core, logs := observer.New(zap.InfoLevel)
	reg := prometheus.NewRegistry()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); files.Run(ctx, time.Millisecond, zap.New(core), reg) }()
	open, err := tls.Dial("tcp", address, trusting)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = open.Close() }()

	_, _, renewed := authority.Files(dir, "127.0.0.1")
	expect(renewed)

	// A certificate whose key has not come yet is not used; then it is.
	newCert, newKey, last := authority.Issue("127.0.0.1")
	warned := logs.FilterLevelExact(zap.WarnLevel).Len() // the renewal may have been seen half done
	if err := os.WriteFile(cert, newCert, 0o600); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); logs.FilterLevelExact(zap.WarnLevel).Len() == warned; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no word about a certificate without its key")
		}
	}
	expect(renewed)
	if err := os.WriteFile(key, newKey, 0o600); err != nil {
		t.Fatal(err)
	}
	expect(last)

	if _, err := io.WriteString(open, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		t.Errorf("a connection from before was ended: %v", err)
	}
	if _, err := open.Read(make([]byte, 1)); err != nil {
		t.Errorf("a connection from before was ended: %v", err)
	}
	stop()
	<-done
	if n, err := testutil.GatherAndCount(reg, "hindsight_tls_certificate_loads_total", "hindsight_tls_certificate_end_seconds"); n != 3 || err != nil {
		t.Errorf("%d figures, %v", n, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	authority := certtest.New(t)
	cert, _, _ := authority.Files(t.TempDir(), "a.example")
	_, other, _ := authority.Files(t.TempDir(), "b.example")
	for _, pair := range [][2]string{{cert, other}, {cert, cert}, {cert, cert + ".none"}, {other, other}} {
		if _, err := certificate.Open(pair[0], pair[1]); err == nil {
			t.Errorf("%v is taken for a certificate and its key", pair)
		}
	}
}

// A client on the same machine knows the server by its certificate, whatever
// name that is for; nobody else can pretend.
func TestPinned(t *testing.T) {
	authority := certtest.New(t)
	cert, key, serial := authority.Files(t.TempDir(), "replay.example.com")
	files, err := certificate.Open(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	address := serve(t, files)
	if got, err := shown(t, address, certificate.Pinned(cert)); err != nil || got != serial {
		t.Errorf("its own server: %d, %v", got, err)
	}
	if _, err := shown(t, address, &tls.Config{RootCAs: authority.Pool(), MinVersion: tls.VersionTLS12}); err == nil {
		t.Error("the test is void: the name is right")
	}
	other, _, _ := authority.Files(t.TempDir(), "replay.example.com")
	if _, err := shown(t, address, certificate.Pinned(other)); err == nil {
		t.Error("another certificate of the same name is taken")
	}
	if _, err := shown(t, address, certificate.Pinned(cert+".none")); err == nil {
		t.Error("without a file everything is taken")
	}
}
