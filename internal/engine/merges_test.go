package engine_test

import (
	"fmt"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"hindsight/internal/engine/enginetest"
)

// Many small inserts are what a service with few visitors makes. Neither may
// their rows be written anew over and over, nor may their parts pile up for
// whoever reads.
func TestMergesOfManySmallInserts(t *testing.T) {
	conn := enginetest.Open(t, enginetest.Options(enginetest.Start(t).Socket()))
	const inserts, rows = 300, 1000
	ask := func(query string) (n uint64) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	change(t, conn, "CREATE TABLE small (key UInt64, text String) ENGINE = ReplacingMergeTree ORDER BY key")
	most := uint64(0)
	for i := range inserts {
		change(t, conn, fmt.Sprintf("INSERT INTO small SELECT cityHash64(number, %d), hex(cityHash64(number)) FROM numbers(%d)", i, rows))
		// Asking gives a merge the time to begin, so that too many of them are seen.
		for ask("SELECT count() FROM system.merges") > 0 {
			continue
		}
		most = max(most, ask("SELECT count() FROM system.parts WHERE active AND table = 'small'"))
	}
	if n := ask("SELECT count() FROM small"); n != inserts*rows {
		t.Fatalf("%d rows, not %d", n, inserts*rows)
	}
	merged := ask("SELECT sum(value) FROM system.events WHERE event = 'MergedRows'")
	t.Logf("%d merges wrote %.1f times the rows; at most %d parts", ask("SELECT sum(value) FROM system.events WHERE event = 'Merge'"), float64(merged)/(inserts*rows), most)
	if merged > 10*inserts*rows {
		t.Errorf("merges wrote %d rows where %d were inserted: large parts are written anew again and again", merged, inserts*rows)
	}
	if most > 60 {
		t.Errorf("%d parts lay about: they are not merged", most)
	}
}

func change(t *testing.T, conn clickhouse.Conn, statement string) {
	t.Helper()
	if err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
