package conformance

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// raw posts to the target's HTTP interface without clickhouse-go.
func (s *suite) raw(t *testing.T, query url.Values, body io.Reader) (int, string, error) {
	o := s.Options()
	transport := &http.Transport{DisableCompression: true}
	if o.DialContext != nil {
		transport.DialContext = func(c context.Context, _, addr string) (net.Conn, error) { return o.DialContext(c, addr) }
	}
	defer transport.CloseIdleConnections()
	query.Set("database", s.Database)
	r, err := http.NewRequestWithContext(ctx(t), http.MethodPost, "http://"+o.Addr[0]+"/?"+query.Encode(), body)
	if err != nil {
		t.Fatal(err)
	}
	if o.Auth.Username != "" {
		r.SetBasicAuth(o.Auth.Username, o.Auth.Password)
	}
	answer, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(b), err
}

// truncated: a body that does not come whole leaves no row behind.
func (s *suite) truncated(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, "CREATE TABLE cut (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
	var rows strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&rows, "%d\tsome text of row %d\n", i, i)
	}
	insert := url.Values{"query": {"INSERT INTO cut FORMAT TSV"}}

	t.Run("connection broken off", func(t *testing.T) {
		for _, at := range []int{10, 100_000, rows.Len() - 1} {
			broken := io.MultiReader(strings.NewReader(rows.String()[:at]), failingReader{})
			if status, _, err := s.raw(t, insert, broken); err == nil {
				t.Errorf("cut at %d: status %d, want an error of the transport", at, status)
			}
		}
	})
	t.Run("native block cut", func(t *testing.T) {
		status, native, err := s.raw(t, url.Values{"query": {"SELECT number AS n, toString(number) AS s FROM numbers(5000) FORMAT Native"}}, nil)
		if err != nil || status != http.StatusOK {
			t.Fatalf("status %d, %v", status, err)
		}
		for _, at := range []int{1, 20, len(native) / 2, len(native) - 1} {
			status, _, err := s.raw(t, url.Values{"query": {"INSERT INTO cut FORMAT Native"}}, strings.NewReader(native[:at]))
			if err != nil || status == http.StatusOK {
				t.Errorf("cut at %d: status %d, %v; want an HTTP error", at, status, err)
			}
		}
	})
	t.Run("compressed frame cut", func(t *testing.T) {
		q := url.Values{"query": {"SELECT number AS n, toString(number) AS s FROM numbers(5000) FORMAT Native"}, "compress": {"1"}}
		status, packed, err := s.raw(t, q, nil)
		if err != nil || status != http.StatusOK {
			t.Fatalf("status %d, %v", status, err)
		}
		for _, at := range []int{10, 30, len(packed) / 2, len(packed) - 1} {
			q := url.Values{"query": {"INSERT INTO cut FORMAT Native"}, "decompress": {"1"}}
			status, _, err := s.raw(t, q, strings.NewReader(packed[:at]))
			if err != nil || status == http.StatusOK {
				t.Errorf("cut at %d: status %d, %v; want an HTTP error", at, status, err)
			}
		}
	})
	s.want(t, conn, "0", "SELECT toString(count()) FROM cut")
	t.Run("whole", func(t *testing.T) {
		if status, text, err := s.raw(t, insert, strings.NewReader(rows.String())); err != nil || status != http.StatusOK {
			t.Fatalf("status %d: %s, %v", status, text, err)
		}
	})
	s.want(t, conn, "50000", "SELECT toString(count()) FROM cut")
}

// failingReader makes the HTTP client break the request off.
type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }
