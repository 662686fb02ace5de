package conformance

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

func (s *suite) parameters(t *testing.T) {
	conn := s.in(t)
	awkward := "it's \\ a \"test\"\twith\nlines, {x:String}, ?, $1 and é\x01"
	s.want(t, conn, awkward, "SELECT {v:String}", clickhouse.Named("v", awkward))
	s.want(t, conn, "[1,2,3] 6", "SELECT concat(toString({a:Array(UInt64)}), ' ', toString(arraySum({a:Array(UInt64)})))",
		clickhouse.Named("a", []uint64{1, 2, 3}))
	s.want(t, conn, "yes", "SELECT if({n:Nullable(String)} IS NULL, 'yes', 'no')", clickhouse.Named("n", nil))
	at := time.Date(2026, 3, 4, 5, 6, 7, 891e6, time.UTC)
	s.want(t, conn, "2026-03-04 05:06:07.891", "SELECT toString({at:DateTime64(3, 'UTC')})", clickhouse.DateNamed("at", at, clickhouse.MilliSeconds))
	s.exec(t, conn, "CREATE TABLE named (a String) ENGINE = MergeTree ORDER BY a")
	s.want(t, conn, "0", "SELECT toString(count()) FROM {t:Identifier}", clickhouse.Named("t", "named"))
	s.want(t, conn, "('a','b')", "SELECT toString(({x:String}, {y:String}))", clickhouse.Named("x", "a"), clickhouse.Named("y", "b"))
	s.want(t, conn, "5", "SELECT toString(?)", 5) // bound by the client
	long := strings.Repeat("x", 100_000)
	s.want(t, conn, "100000", "SELECT toString(length({v:String}))", clickhouse.Named("v", long))
}

// streaming reads more rows than any one side would hold at once.
func (s *suite) streaming(t *testing.T) {
	conn := s.in(t)
	r, err := conn.Query(ctx(t), "SELECT number, toString(number) FROM numbers(2000000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var n, sum uint64
	for r.Next() {
		var v uint64
		var text string
		if err := r.Scan(&v, &text); err != nil {
			t.Fatal(err)
		}
		n, sum = n+1, sum+v
	}
	if r.Err() != nil || n != 2_000_000 || sum != 1999999000000 {
		t.Errorf("%d rows, sum %d, %v", n, sum, r.Err())
	}
	s.want(t, conn, "", "SELECT toString(number) FROM numbers(10) WHERE number > 100")
	s.want(t, conn, "1|2", "(SELECT '1') UNION ALL (SELECT '2') SETTINGS max_threads = 1")
	s.want(t, conn, "7", "/* a comment */ WITH 7 AS n -- another\nSELECT toString(n);")
}

func (s *suite) metadata(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, "CREATE TABLE described (a UInt8, b LowCardinality(String)) ENGINE = MergeTree ORDER BY a")
	s.want(t, conn, "described", "SHOW TABLES LIKE 'descr%'")
	var create string
	if err := conn.QueryRow(ctx(t), "SHOW CREATE TABLE described").Scan(&create); err != nil || !strings.Contains(create, "LowCardinality(String)") {
		t.Errorf("SHOW CREATE TABLE: %q, %v", create, err)
	}
	r, err := conn.Query(ctx(t), "DESCRIBE TABLE described")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var names []string
	for r.Next() {
		var name, kind, x string
		if err := r.Scan(&name, &kind, &x, &x, &x, &x, &x); err != nil {
			t.Fatal(err)
		}
		names = append(names, name+" "+kind)
	}
	if got := strings.Join(names, ", "); got != "a UInt8, b LowCardinality(String)" || r.Err() != nil {
		t.Errorf("DESCRIBE: %s, %v", got, r.Err())
	}
	s.exec(t, conn, "INSERT INTO described SELECT 1, 'x'")
	plan, err := rows(ctx(t), conn, "EXPLAIN indexes = 1 SELECT * FROM described WHERE a = 1")
	if err != nil || !strings.Contains(plan, "PrimaryKey") {
		t.Errorf("EXPLAIN: %s, %v", plan, err)
	}
	s.want(t, conn, "2", "SELECT toString(count()) FROM system.columns WHERE database = {d:String} AND table = 'described'",
		clickhouse.Named("d", s.Database))
	v, err := conn.ServerVersion()
	if err != nil || v.Version.Major < 24 || v.Timezone == nil {
		t.Errorf("server version %v, %v", v, err)
	}
}

// settings hold for their own request and leave nothing to the next one.
func (s *suite) settings(t *testing.T) {
	conn := s.open(t, func(o *clickhouse.Options) { o.MaxOpenConns, o.MaxIdleConns = 1, 1 })
	before, err := rows(ctx(t), conn, "SELECT concat(toString(getSetting('max_block_size')), ' ', toString(getSetting('max_memory_usage')))")
	if err != nil {
		t.Fatal(err)
	}
	with := clickhouse.Context(ctx(t), clickhouse.WithSettings(clickhouse.Settings{"max_block_size": 1234, "max_memory_usage": 99_000_000}))
	got, err := rows(with, conn, "SELECT concat(toString(getSetting('max_block_size')), ' ', toString(getSetting('max_memory_usage')))")
	if err != nil || got != "1234 99000000" {
		t.Errorf("with settings: %s, %v", got, err)
	}
	s.want(t, conn, "77", "SELECT toString(getSetting('max_block_size')) SETTINGS max_block_size = 77")
	s.exec(t, conn, "CREATE TABLE "+s.Database+".leak (n UInt8) ENGINE = MergeTree ORDER BY n")
	s.exec(t, conn, "INSERT INTO "+s.Database+".leak SETTINGS max_block_size = 78 SELECT 1")
	s.exec(t, conn, "ALTER TABLE "+s.Database+".leak DELETE WHERE n = 1 SETTINGS max_block_size = 79")
	for range 40 { // whichever connection of a pool it meets
		s.want(t, conn, before, "SELECT concat(toString(getSetting('max_block_size')), ' ', toString(getSetting('max_memory_usage')))")
	}
	bad := clickhouse.Context(ctx(t), clickhouse.WithSettings(clickhouse.Settings{"no_such_setting": 1}))
	if _, err := rows(bad, conn, "SELECT '1'"); code(err) != 115 {
		t.Errorf("unknown setting: %v", err)
	}
	s.want(t, conn, "1", "SELECT '1'")
}

// concurrency: more statements at a time than there are connections.
func (s *suite) concurrency(t *testing.T) {
	conn := s.open(t, func(o *clickhouse.Options) { o.MaxOpenConns, o.DialTimeout = 50, patience })
	c := ctx(t)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			want := fmt.Sprint(i * 3)
			if got, err := rows(c, conn, "SELECT toString({i:UInt64} * 3 + sleep(0.01))", clickhouse.Named("i", i)); err != nil || got != want {
				t.Errorf("%s, %v; want %s", got, err, want)
			}
		})
	}
	wg.Wait()
	if _, err := rows(context.Background(), conn, "SELECT '1'"); err != nil {
		t.Error(err)
	}
}
