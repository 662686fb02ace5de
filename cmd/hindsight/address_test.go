package main

import (
	"net"
	"testing"
)

// TestAnyPort: where any port would do, what browsers are told names the one that was taken; the host stays as given.
func TestAnyPort(t *testing.T) {
	taken, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.listener.Close() }()
	_, port, _ := net.SplitHostPort(taken.listener.Addr().String())
	s := &service{srv: taken}
	for given, want := range map[string]string{
		"127.0.0.1:0":    "http://127.0.0.1:" + port,
		":0":             "http://127.0.0.1:" + port,
		"localhost:0":    "http://localhost:" + port,
		"localhost:8080": "http://localhost:8080",
	} {
		var web webFlags
		if err := web.validate("http", given); err != nil {
			t.Errorf("%s: %v", given, err)
		}
		if err := web.complete("http", s.address(given)); err != nil || web.publicURL != want || web.trackerURL != want {
			t.Errorf("%s: browsers are told %q and %q, want %q (%v)", given, web.publicURL, web.trackerURL, want, err)
		}
	}
}
