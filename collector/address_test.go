package collector

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/wire"
)

func TestClientAddr(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	cases := []struct {
		remote    string
		forwarded []string
		want      string // "" is unknown
	}{
		{"203.0.113.9:4000", nil, "203.0.113.9"},
		{"203.0.113.9:4000", []string{"198.51.100.1"}, "203.0.113.9"},
		{"10.0.0.1:4000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:4000", []string{"192.0.2.66, 198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:4000", []string{"192.0.2.66, 198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
		{"10.0.0.1:4000", []string{"192.0.2.66", "198.51.100.1,10.9.9.9"}, "198.51.100.1"},
		{"10.0.0.1:4000", []string{"10.0.0.7, 10.9.9.9"}, "10.0.0.7"},
		{"10.0.0.1:4000", nil, "10.0.0.1"},
		{"10.0.0.1:4000", []string{"unknown"}, ""},
		{"10.0.0.1:4000", []string{"198.51.100.1, garbage"}, ""},
		{"10.0.0.1:4000", []string{"198.51.100.1:55"}, "198.51.100.1"},
		{"[fd00::1]:4000", []string{"[2001:db8::5]:80"}, "2001:db8::5"},
		{"[fd00::1]:4000", []string{"2001:db8::5"}, "2001:db8::5"},
		{"[::ffff:10.0.0.1]:4000", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"[fe80::1%eth0]:4000", nil, "fe80::1"},
		{"@", []string{"198.51.100.1"}, ""},
	}
	for _, c := range cases {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		got := clientAddr(r, trusted)
		if want, _ := netip.ParseAddr(c.want); got != want {
			t.Errorf("%s %q: got %v, want %q", c.remote, c.forwarded, got, c.want)
		}
	}
}

// The address goes into the sealed header, bound to its batch, and nowhere
// else: not into a log line, a metric or another field of the record.
func TestAddressIsSealedAndNowhereElse(t *testing.T) {
	const canary = "198.51.100.77"
	for _, trusted := range []bool{true, false} {
		t.Run(fmt.Sprint("trusted=", trusted), func(t *testing.T) {
			log := newFaultyLog()
			g := newRig(t, log, func(c *Config, _ *Deps) {
				if trusted {
					c.TrustedProxies = []netip.Prefix{loopback}
				}
			})
			header := http.Header{"X-Forwarded-For": {canary}}
			if got := g.request(t, http.MethodPost, testKey, testOrigin, g.frame(1, nil), header); got.StatusCode != 204 {
				t.Fatal(got.StatusCode)
			}
			log.set(func(l *faultyLog) { l.err = eventlog.ErrClosed }) // something to log about
			g.request(t, http.MethodPost, testKey, testOrigin, g.frame(1, nil), header)
			g.request(t, http.MethodPost, testKey, "https://evil.example", []byte(canary), header)

			r := log.all()[0]
			opened, err := g.sealer.Open(r.Address, seal.Binding{Site: r.Site, Document: r.Document, Sequence: r.Sequence})
			if err != nil {
				t.Fatal(err)
			}
			if got := addressOf(t, opened); got != canary == trusted {
				t.Errorf("sealed the right address: %v", !trusted)
			}
			r.Address = nil
			families, err := g.registry.Gather()
			if err != nil {
				t.Fatal(err)
			}
			texts := []string{fmt.Sprintf("%+v %q", r, r.Frame), fmt.Sprint(families)}
			for _, entry := range g.logs.All() {
				texts = append(texts, fmt.Sprint(entry.Message, entry.ContextMap()))
			}
			if len(texts) < 3 {
				t.Fatal("nothing was logged: the search proves nothing")
			}
			for _, text := range texts {
				if strings.Contains(text, canary) || strings.Contains(text, "127.0.0.1") || strings.Contains(text, testKey) {
					t.Errorf("address or key in %s", text)
				}
			}
		})
	}
}

// TestStreamSealsTheAddress: the same by WebSocket.
func TestStreamSealsTheAddress(t *testing.T) {
	log := newFaultyLog()
	g := newRig(t, log, nil)
	c := g.connect()
	c.send(g.frame(1, nil))
	c.send(g.frame(2, nil))
	c.ack(2)
	for _, r := range log.all() {
		b := seal.Binding{Site: r.Site, Document: r.Document, Sequence: r.Sequence}
		opened, err := g.sealer.Open(r.Address, b)
		if err != nil || addressOf(t, opened) != "127.0.0.1" {
			t.Errorf("%v", err)
		}
		b.Sequence++
		if _, err := g.sealer.Open(r.Address, b); err == nil {
			t.Error("the address opens for another batch")
		}
	}
	c.send([]byte("bad"))
	c.refused(3, wire.ReasonMalformed)
}

func addressOf(t *testing.T, a seal.Address) string {
	t.Helper()
	return a.ForRegionLookup().String()
}
