package collector

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// FuzzClientAddr: whatever a client writes into X-Forwarded-For, nobody who is no trusted proxy is believed, and what a
// trusted one appends is what counts.
func FuzzClientAddr(f *testing.F) {
	for _, text := range []string{"", "198.51.100.1", "10.0.0.1, ::1", "unknown,,", "[fe80::1%eth0]:80", "\x00", "10.0.0.1\r\n", ", 10.0.0.1"} {
		f.Add(text, "203.0.113.9:1")
	}
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	f.Fuzz(func(t *testing.T, invented, remote string) {
		if own := parseAddr(remote); !isTrusted(own, trusted) {
			r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {invented}}}
			if got := clientAddr(r, trusted); got != own {
				t.Errorf("%q of a stranger makes it %v", invented, got)
			}
		}
		const client = "198.51.100.7"
		for _, hops := range [][]string{{invented, client}, {invented + ", " + client}, {invented, client + ", 10.1.1.1"}} {
			r := &http.Request{RemoteAddr: "10.0.0.1:1", Header: http.Header{"X-Forwarded-For": hops}}
			if got := clientAddr(r, trusted); got.String() != client {
				t.Errorf("%q makes it %v", hops, got)
			}
		}
	})
}

// FuzzReadVisitor: an order to erase names a visitor's id and nothing else passes for one.
func FuzzReadVisitor(f *testing.F) {
	for _, text := range []string{`{"visitor":"` + strings.Repeat("a", 32) + `"}`, `{"visitor":null}`, `{"visitor":1}`, `[]`, "", `{"visitor":"` + strings.Repeat("é", 16) + `"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/v1/erase", strings.NewReader(string(body)))
		hash, _, err := readVisitor(httptest.NewRecorder(), r)
		if err != nil {
			return
		}
		tokens := json.NewDecoder(strings.NewReader(string(body)))
		for {
			token, err := tokens.Token()
			if err != nil {
				break
			}
			id, text := token.(string)
			if sum := sha256.Sum256([]byte(id)); text && len(id) == 32 && hash == [16]byte(sum[:16]) {
				return
			}
		}
		t.Errorf("%q names %x", body, hash)
	})
}
