package storetest_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/internal/certificate"
	"hindsight/internal/certificate/certtest"
	"hindsight/internal/engine/enginetest"
	"hindsight/internal/store"
)

const storePassword = "CANARY-password"

// terminator takes TLS off connections before the engine's socket, as a ClickHouse server does by itself, and asks for
// a client's certificate.
type terminator struct {
	address string // host:port, the host by its name
	let     atomic.Int64
}

func terminate(t *testing.T, authority *certtest.Authority, name, socket string) *terminator {
	t.Helper()
	l := listenTLS(t, authority, name)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	p := &terminator{address: net.JoinHostPort(name, port)}
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(func() { _ = l.Close(); stop(); wg.Wait() })
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { p.join(ctx, conn.(*tls.Conn), socket) })
		}
	})
	return p
}

func (p *terminator) join(ctx context.Context, client *tls.Conn, socket string) {
	defer client.Close()
	if client.HandshakeContext(ctx) != nil {
		return
	}
	engine, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		return
	}
	defer engine.Close()
	p.let.Add(1)
	end := sync.OnceFunc(func() { _ = client.Close(); _ = engine.Close() })
	defer context.AfterFunc(ctx, end)()
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(engine, client); end() })
	both.Go(func() { _, _ = io.Copy(client, engine); end() })
	both.Wait()
}

// listenTLS asks for a client's certificate of the same authority.
func listenTLS(t *testing.T, authority *certtest.Authority, name string) net.Listener {
	t.Helper()
	cert, key, _ := authority.Issue(name)
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authority.Pool(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func client(t *testing.T, authority, cert, key string) *tls.Config {
	t.Helper()
	c, err := certificate.Client(authority, cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestStoreByTLS: the engine is reached through TLS with an authority and a client's certificate of the operator's own,
// and by nothing less; an operator is told what to do.
func TestStoreByTLS(t *testing.T) {
	ctx := t.Context()
	socket := enginetest.Start(t).Socket()
	authority, foreign := certtest.New(t), certtest.New(t)
	ca, otherCA := authority.File(t.TempDir()), foreign.File(t.TempDir())
	cert, key, _ := authority.Files(t.TempDir(), "hindsight")
	stranger, strangerKey, _ := foreign.Files(t.TempDir(), "hindsight")
	server := terminate(t, authority, "localhost", socket)
	dsn := "https://" + server.address
	good := store.Config{DSN: dsn, Database: "by_tls", TLS: client(t, ca, cert, key)}

	s, err := store.Open(ctx, good)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	in, err := store.Inspect(ctx, good)
	if err != nil || !in.Database || in.Schema != in.Known || server.let.Load() == 0 {
		t.Fatalf("%+v, %v, %d connections", in, err, server.let.Load())
	}

	// A DSN that says http has none, whatever else is given: nothing may go out in the clear.
	if _, err := store.Open(ctx, store.Config{DSN: strings.Replace(dsn, "https", "http", 1), TLS: good.TLS}); err == nil || !strings.Contains(err.Error(), "https://") {
		t.Errorf("http with TLS: %v", err)
	}
	let := server.let.Load()
	for what, c := range map[string]store.Config{
		"this machine's authorities":      {DSN: dsn},
		"another authority":               {DSN: dsn, TLS: client(t, otherCA, cert, key)},
		"no certificate of its own":       {DSN: dsn, TLS: client(t, ca, "", "")},
		"a stranger's certificate":        {DSN: dsn, TLS: client(t, ca, stranger, strangerKey)},
		"a name that is not the server's": {DSN: strings.Replace(dsn, "localhost", "127.0.0.1", 1), TLS: client(t, ca, cert, key)},
		"native, for the name":            {DSN: "clickhouse://u:" + storePassword + "@127.0.0.1:" + port(server.address) + "/by_tls?secure=true", TLS: client(t, ca, cert, key)},
		"native, without TLS":             {DSN: "clickhouse://u:" + storePassword + "@" + server.address + "/by_tls"},
	} {
		c.DialTimeout = 5 * time.Second
		opened, err := store.Open(ctx, c)
		if err == nil {
			_ = opened.Close()
			t.Errorf("%s: it is let in", what)
			continue
		}
		if store.Advice(err) == "" || strings.Contains(err.Error(), storePassword) {
			t.Errorf("%s: %v, and the advice is %q", what, err, store.Advice(err))
		}
	}
	if now := server.let.Load(); now != let {
		t.Errorf("%d connections came as far as the engine", now-let)
	}
}

func port(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// TestNativeByTLS: the native protocol begins inside TLS, with the client's certificate and for the host's name. No
// server of it can be had here; what it says first is looked at.
func TestNativeByTLS(t *testing.T) {
	authority := certtest.New(t)
	cert, key, serial := authority.Files(t.TempDir(), "hindsight")
	config := client(t, authority.File(t.TempDir()), cert, key)
	for _, query := range []string{"?secure=true", ""} { // the files alone mean TLS too
		l := listenTLS(t, authority, "localhost")
		type seen struct {
			first byte
			name  string
			of    int64
			err   error
		}
		heard := make(chan seen, 1)
		go func() {
			conn, err := l.Accept()
			if err != nil {
				heard <- seen{err: err}
				return
			}
			defer conn.Close()
			first := make([]byte, 1)
			if _, err := io.ReadFull(conn, first); err != nil {
				heard <- seen{err: err}
				return
			}
			state := conn.(*tls.Conn).ConnectionState()
			heard <- seen{first: first[0], name: state.ServerName, of: state.PeerCertificates[0].SerialNumber.Int64()}
		}()
		_, err := store.Open(t.Context(), store.Config{DSN: "clickhouse://u:" + storePassword + "@localhost:" + port(l.Addr().String()) + "/d" + query, TLS: config, DialTimeout: 5 * time.Second})
		if err == nil || strings.Contains(err.Error(), storePassword) {
			t.Errorf("a server that says nothing: %v", err)
		}
		got := <-heard
		if got.err != nil || got.first != 0 || got.name != "localhost" || got.of != serial { // 0 is the client's hello
			t.Errorf("%q: %+v", query, got)
		}
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	}
}
