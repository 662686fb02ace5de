package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// exceptions are typed and carry the codes of a server.
func (s *suite) exceptions(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, "CREATE TABLE strict (n UInt8) ENGINE = MergeTree ORDER BY n")
	for _, c := range []struct {
		sql  string
		code int32
		name string
	}{
		{"SELECT * FROM nowhere", 60, "UNKNOWN_TABLE"},
		{"SELECT no_such_column FROM strict", 47, "UNKNOWN_IDENTIFIER"},
		{"SELECT no_such_function(1)", 46, "UNKNOWN_FUNCTION"},
		{"SELEC 1", 62, "SYNTAX_ERROR"},
		{"SELECT 1 +", 62, "SYNTAX_ERROR"},
		{"SELECT throwIf(1, 'as asked')", 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"},
		{"CREATE TABLE strict (n UInt8) ENGINE = MergeTree ORDER BY n", 57, "TABLE_ALREADY_EXISTS"},
		{"SELECT toUInt8('x')", 6, "CANNOT_PARSE_TEXT"},
		{"SELECT 1 SETTINGS max_execution_time = 'x'", 0, ""},
		{"SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 10000000", 241, "MEMORY_LIMIT_EXCEEDED"},
		{"SELECT sum(sleepEachRow(0.1)) FROM numbers(1000) SETTINGS max_block_size = 1, max_execution_time = 1, function_sleep_max_microseconds_per_block = 0", 159, "TIMEOUT_EXCEEDED"},
	} {
		_, err := rows(ctx(t), conn, c.sql)
		var e *clickhouse.Exception
		if !errors.As(err, &e) || c.code != 0 && (e.Code != c.code || e.CodeName != c.name) {
			t.Errorf("%s: %v; want code %d %s", c.sql, err, c.code, c.name)
			continue
		}
		if strings.Contains(e.Message, "DB::Exception") {
			t.Errorf("%s: the message is wrapped: %s", c.sql, e.Message)
		}
	}
	other := s.open(t, func(o *clickhouse.Options) { o.Auth.Database = "no_such_database" })
	if err := other.Exec(ctx(t), "CREATE TABLE x (n UInt8) ENGINE = Memory"); code(err) != 81 {
		t.Errorf("unknown database: %v", err)
	}
	batch, err := conn.PrepareBatch(ctx(t), "INSERT INTO strict")
	if err != nil {
		t.Fatal(err)
	}
	if err := batch.Append(uint8(1)); err != nil {
		t.Fatal(err)
	}
	s.exec(t, conn, "DROP TABLE strict SYNC")
	if err := batch.Send(); code(err) != 60 {
		t.Errorf("insert into a dropped table: %v", err)
	}
	s.want(t, conn, "1", "SELECT '1'") // the connection is good still
}

// lateException comes after the first rows were sent: it must not look like the
// end of the result, whatever the compression.
func (s *suite) lateException(t *testing.T) {
	for name, method := range map[string]clickhouse.CompressionMethod{
		"none": clickhouse.CompressionNone, "lz4": clickhouse.CompressionLZ4,
		"zstd": clickhouse.CompressionZSTD, "gzip": clickhouse.CompressionGZIP,
	} {
		t.Run(name, func(t *testing.T) {
			conn := s.open(t, func(o *clickhouse.Options) { o.Compression = &clickhouse.Compression{Method: method} })
			r, err := conn.Query(ctx(t), "SELECT number, throwIf(number = 500000, 'far behind') FROM numbers(1000000) SETTINGS max_threads = 1")
			n := 0
			if err == nil {
				for r.Next() {
					n++
				}
				err = errors.Join(r.Err(), r.Close())
			}
			if code(err) != 395 {
				t.Errorf("after %d rows: %v; want code 395", n, err)
			}
		})
	}
}

// running counts the statements that hold the marker and run now.
func (s *suite) running(t *testing.T, conn clickhouse.Conn, marker string) string {
	t.Helper()
	got, err := rows(ctx(t), conn, "SELECT toString(countIf(position(query, {m:String}) > 0 AND position(query, 'system.processes') = 0)) FROM system.processes",
		clickhouse.Named("m", marker))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// until waits for a condition; the test's deadline ends it.
func until(t *testing.T, what string, reached func() bool) {
	t.Helper()
	end := time.Now().Add(patience)
	for !reached() {
		if time.Now().After(end) {
			t.Fatalf("%s: not in %v", what, patience)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

const endless = "SELECT count() FROM numbers(10000000000000) WHERE NOT ignore(sipHash64(number), '%s')"

// cancel: a context that ends stops the statement in the engine too.
func (s *suite) cancel(t *testing.T) {
	conn := s.in(t)
	for name, sql := range map[string]string{
		"counting":  endless,
		"streaming": "SELECT number, sipHash64(number) FROM numbers(10000000000000) WHERE NOT ignore('%s')",
	} {
		t.Run(name, func(t *testing.T) {
			c, cancel := context.WithCancel(t.Context())
			failed := make(chan error, 1)
			go func() {
				r, err := conn.Query(c, fmt.Sprintf(sql, "mark-"+name))
				for err == nil && r.Next() {
				}
				if err == nil {
					err = r.Err()
				}
				failed <- err
			}()
			until(t, "the statement runs", func() bool { return s.running(t, conn, "mark-"+name) == "1" })
			cancel()
			if err := <-failed; !errors.Is(err, context.Canceled) {
				t.Errorf("the client got %v", err)
			}
			until(t, "the statement is gone", func() bool { return s.running(t, conn, "mark-"+name) == "0" })
		})
	}
}

// kill: KILL QUERY SYNC by the client's own query id returns when it is done.
func (s *suite) kill(t *testing.T) {
	conn := s.in(t)
	for _, where := range []string{"query_id = 'victim-1'", "query_id IN ('nobody', 'victim-1')"} {
		failed := make(chan error, 1)
		go func() {
			c := clickhouse.Context(t.Context(), clickhouse.WithQueryID("victim-1"))
			failed <- conn.QueryRow(c, fmt.Sprintf(endless, "mark-kill")).Err()
		}()
		until(t, "the victim runs", func() bool { return s.running(t, conn, "mark-kill") == "1" })
		s.exec(t, conn, "KILL QUERY WHERE "+where+" SYNC")
		if got := s.running(t, conn, "mark-kill"); got != "0" {
			t.Errorf("after KILL SYNC %s statements run", got)
		}
		if err := <-failed; code(err) != 394 {
			t.Errorf("the victim got %v; want code 394", err)
		}
	}
	s.exec(t, conn, "KILL QUERY WHERE query_id = 'nobody' SYNC")
}
