package conformance

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// freeAfter bounds the dropping of a table. A table that a failed statement
// holds is not dropped ever, so the bound only ends the wait for that.
const freeAfter = 30 * time.Second

// locks: a statement that fails leaves its table free. DROP … SYNC waits until
// nobody holds the table, so it tells.
func (s *suite) locks(t *testing.T) {
	conn := s.in(t)
	many := strings.Repeat("7\n", 100_000)
	for _, c := range []struct {
		name string
		fail func(t *testing.T, table string)
	}{
		{"held_broken", func(t *testing.T, table string) {
			body := io.MultiReader(strings.NewReader(many), failingReader{})
			if status, _, err := s.raw(t, insertTSV(table), body); err == nil {
				t.Errorf("status %d, want an error of the transport", status)
			}
		}},
		{"held_text", func(t *testing.T, table string) {
			status, text, err := s.raw(t, insertTSV(table), strings.NewReader(many+"no number\n"))
			if err != nil || status == http.StatusOK {
				t.Errorf("status %d: %s, %v; want an HTTP error", status, text, err)
			}
		}},
		{"held_native", func(t *testing.T, table string) {
			q := url.Values{"query": {"INSERT INTO " + table + " FORMAT Native"}}
			if status, text, err := s.raw(t, q, strings.NewReader("\x01\x05\x01n")); err != nil || status == http.StatusOK {
				t.Errorf("status %d: %s, %v; want an HTTP error", status, text, err)
			}
		}},
		{"held_constraint", func(t *testing.T, table string) {
			status, text, err := s.raw(t, insertTSV(table), strings.NewReader("1000\n"))
			if err != nil || status == http.StatusOK {
				t.Errorf("status %d: %s, %v; want an HTTP error", status, text, err)
			}
		}},
		{"held_select", func(t *testing.T, table string) {
			if err := conn.Exec(ctx(t), "INSERT INTO "+table+" SELECT throwIf(number = 9) FROM numbers(10)"); code(err) != 395 {
				t.Errorf("%v; want code 395", err)
			}
		}},
		{"held_cancelled", func(t *testing.T, table string) {
			body, feed := io.Pipe()
			failed := make(chan error, 1)
			go func() {
				_, _, err := s.raw(t, insertTSV(table), body)
				failed <- err
			}()
			if _, err := io.WriteString(feed, many); err != nil {
				t.Error(err)
			}
			until(t, "the insert runs", func() bool { return s.running(t, conn, table) == "1" })
			_ = feed.CloseWithError(context.Canceled) // its contract: never an error
			if err := <-failed; !errors.Is(err, context.Canceled) {
				t.Errorf("the client got %v", err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.exec(t, conn, "CREATE TABLE "+c.name+" (n UInt64, CONSTRAINT small CHECK n < 1000) ENGINE = MergeTree ORDER BY n")
			c.fail(t, c.name)
			end, cancel := context.WithTimeout(t.Context(), freeAfter)
			defer cancel()
			if err := conn.Exec(end, "DROP TABLE "+c.name+" SYNC"); err != nil {
				t.Errorf("the table is held: %v", err)
			}
		})
	}
}

func insertTSV(table string) url.Values {
	return url.Values{"query": {"INSERT INTO " + table + " FORMAT TSV"}}
}
