package conformance

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

const manyRows = 100_000

// columns appends 100,000 rows column by column, in every type the program uses.
func (s *suite) columns(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, `CREATE TABLE wide (id UInt64, small UInt8, signed Int32, ratio Float64, name LowCardinality(String),
		hash FixedString(16), at DateTime64(3, 'UTC'), day Date, maybe Nullable(Int64), list Array(UInt32),
		words Array(String), facts Map(String, String), flag Bool) ENGINE = MergeTree ORDER BY id`)
	batch, err := conn.PrepareBatch(ctx(t), "INSERT INTO wide")
	if err != nil {
		t.Fatal(err)
	}
	base := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	for i, col := range []any{
		fillSlice(func(i int) uint64 { return uint64(i) }), fillSlice(func(i int) uint8 { return uint8(i) }),
		fillSlice(func(i int) int32 { return int32(-i) }), fillSlice(func(i int) float64 { return float64(i) / 8 }),
		fillSlice(func(i int) string { return fmt.Sprint("n", i%50) }), fillSlice(func(i int) string { return fmt.Sprintf("%016d", i) }),
		fillSlice(func(i int) time.Time { return base.Add(time.Duration(i) * time.Millisecond) }),
		fillSlice(func(i int) time.Time { return base.AddDate(0, 0, i%30) }),
		fillSlice(func(i int) *int64 {
			if i%3 == 0 {
				return nil
			}
			v := int64(i)
			return &v
		}),
		fillSlice(func(i int) []uint32 { return []uint32{uint32(i), 7}[:i%3] }),
		fillSlice(func(i int) []string { return []string{"é", "\x00'\\"} }),
		fillSlice(func(i int) map[string]string { return map[string]string{"k": fmt.Sprint(i)} }),
		fillSlice(func(i int) bool { return i%2 == 1 }),
	} {
		if err := batch.Column(i).Append(col); err != nil {
			t.Fatalf("column %d: %v", i, err)
		}
	}
	if err := batch.Send(); err != nil {
		t.Fatal(err)
	}
	s.want(t, conn, "(100000,4999950000,-4999950000,33334,99999,1)", `SELECT toString((count(), sum(id), sum(signed), countIf(maybe IS NULL),
		sum(length(list)), min(at) = toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC'))) FROM wide`)
	s.want(t, conn, "('n17','0000000000000017',17,[17,7],['é','\\0\\'\\\\'],'17',true)",
		"SELECT toString((name, hash, maybe, list, words, facts['k'], flag)) FROM wide WHERE id = 17")

	var got struct {
		ID    uint64            `ch:"id"`
		At    time.Time         `ch:"at"`
		Maybe *int64            `ch:"maybe"`
		Words []string          `ch:"words"`
		Facts map[string]string `ch:"facts"`
	}
	if err := conn.QueryRow(ctx(t), "SELECT id, at, maybe, words, facts FROM wide WHERE id = 30").ScanStruct(&got); err != nil {
		t.Fatal(err)
	}
	if !got.At.Equal(base.Add(30*time.Millisecond)) || got.Maybe != nil || got.Words[1] != "\x00'\\" || got.Facts["k"] != "30" {
		t.Errorf("read back %+v", got)
	}
}

func fillSlice[T any](f func(int) T) []T {
	out := make([]T, manyRows)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

// blobs: values of 200 KB that do not compress come back byte by byte.
func (s *suite) blobs(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, "CREATE TABLE blobs (n UInt32, b String CODEC(NONE)) ENGINE = MergeTree ORDER BY n")
	random := rand.NewChaCha8([32]byte{1})
	want := make([][]byte, 100)
	batch, err := conn.PrepareBatch(ctx(t), "INSERT INTO blobs (n, b)")
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		want[i] = make([]byte, 200<<10)
		_, _ = random.Read(want[i]) // never fails, by its contract
		if err := batch.Append(uint32(i), want[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Send(); err != nil {
		t.Fatal(err)
	}
	r, err := conn.Query(ctx(t), "SELECT n, b FROM blobs ORDER BY n")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	count := 0
	for ; r.Next(); count++ {
		var n uint32
		var b string
		if err := r.Scan(&n, &b); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal([]byte(b), want[n]) {
			t.Fatalf("blob %d differs", n)
		}
	}
	if r.Err() != nil || count != len(want) {
		t.Fatalf("%d blobs, %v", count, r.Err())
	}
}

// compression: every method both ways.
func (s *suite) compression(t *testing.T) {
	plain := s.in(t)
	s.exec(t, plain, "CREATE TABLE packed (method String, n UInt64, s String) ENGINE = MergeTree ORDER BY (method, n)")
	for name, method := range map[string]clickhouse.CompressionMethod{
		"none": clickhouse.CompressionNone, "lz4": clickhouse.CompressionLZ4, "zstd": clickhouse.CompressionZSTD,
		"gzip": clickhouse.CompressionGZIP, "deflate": clickhouse.CompressionDeflate,
	} {
		t.Run(name, func(t *testing.T) {
			conn := s.open(t, func(o *clickhouse.Options) {
				o.Auth.Database = s.Database
				o.Compression = &clickhouse.Compression{Method: method, Level: 3}
			})
			batch, err := conn.PrepareBatch(ctx(t), "INSERT INTO packed")
			if err != nil {
				t.Fatal(err)
			}
			for i := range 50_000 {
				if err := batch.Append(name, uint64(i), fmt.Sprint("row ", i)); err != nil {
					t.Fatal(err)
				}
			}
			if err := batch.Send(); err != nil {
				t.Fatal(err)
			}
			var n, sum uint64
			r, err := conn.Query(ctx(t), "SELECT n, s FROM packed WHERE method = {m:String}", clickhouse.Named("m", name))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			for r.Next() {
				var i uint64
				var text string
				if err := r.Scan(&i, &text); err != nil {
					t.Fatal(err)
				}
				if text != fmt.Sprint("row ", i) {
					t.Fatalf("row %d holds %q", i, text)
				}
				n, sum = n+1, sum+i
			}
			if r.Err() != nil || n != 50_000 || sum != 1249975000 {
				t.Errorf("%d rows, sum %d, %v", n, sum, r.Err())
			}
		})
	}
}

// synced: the way in which the processor stores.
func (s *suite) synced(t *testing.T) {
	conn := s.open(t, func(o *clickhouse.Options) {
		o.Auth.Database = s.Database
		o.Settings = clickhouse.Settings{"insert_deduplicate": 0, "async_insert": 0}
	})
	s.exec(t, conn, `CREATE TABLE synced (day Date, n UInt64) ENGINE = ReplacingMergeTree PARTITION BY day ORDER BY n
		SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
		min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1`)
	for range 2 {
		batch, err := conn.PrepareBatch(ctx(t), "INSERT INTO synced")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 1000 {
			if err := batch.Append(time.Date(2026, 1, 1+i%5, 0, 0, 0, 0, time.UTC), uint64(i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := batch.Send(); err != nil {
			t.Fatal(err)
		}
	}
	s.want(t, conn, "1000", "SELECT toString(count()) FROM synced FINAL")
}

func (s *suite) insertSelect(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, "CREATE TABLE derived (k String, n UInt64) ENGINE = MergeTree ORDER BY k")
	s.exec(t, conn, "INSERT INTO derived SELECT 'plain', number FROM numbers(3)")
	s.exec(t, conn, "INSERT INTO derived WITH 10 AS ten SELECT 'with behind', number * ten FROM numbers(3)")
	s.exec(t, conn, "WITH q AS (SELECT 'with before' AS k, toUInt64(5) AS n) INSERT INTO derived SELECT k, n FROM q")
	s.exec(t, conn, "INSERT INTO derived SELECT {k:String}, {n:UInt64}", clickhouse.Named("k", "it's"), clickhouse.Named("n", 9))
	s.want(t, conn, "('it\\'s',9)|('plain',3)|('with before',5)|('with behind',30)",
		"SELECT toString((k, sum(n))) FROM derived GROUP BY k ORDER BY k")
}

func (s *suite) inlineValues(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, "CREATE TABLE inline (n UInt8, s String, at DateTime) ENGINE = MergeTree ORDER BY n")
	s.exec(t, conn, "INSERT INTO inline VALUES (1, 'a;b', now()), (2, 'it''s', toDateTime(0))")
	s.exec(t, conn, "INSERT INTO inline (n, s) VALUES (3, 'SELECT')")
	s.exec(t, conn, "INSERT INTO inline (n, s) FORMAT JSONEachRow\n{\"n\": 4, \"s\": \"VALUES ' FORMAT\"}")
	s.want(t, conn, "a;b|it's|SELECT|VALUES ' FORMAT", "SELECT s FROM inline ORDER BY n")
}
