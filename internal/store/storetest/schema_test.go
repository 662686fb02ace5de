package storetest_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hindsight/internal/engine/enginetest"
	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// TestEveryTableOfSessionsIsKnown: a table with a session column that Tables
// leaves out would escape the comparisons and the test of DeleteSessions.
func TestEveryTableOfSessionsIsKnown(t *testing.T) {
	s := storetest.Open(t)
	rows, err := s.Conn().Query(context.Background(),
		"SELECT table FROM system.columns WHERE database = currentDatabase() AND name = 'session'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := 0
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		found++
		if !slices.Contains(storetest.Tables(), table) {
			t.Errorf("storetest.Tables leaves out %s", table)
		}
	}
	if found == 0 || rows.Err() != nil {
		t.Fatalf("%d tables, %v", found, rows.Err())
	}
}

// TestTablesAreDurable: every table that is written to is synced to disk by its
// own settings; a volatile column that does not exist hides a mistake.
func TestTablesAreDurable(t *testing.T) {
	s := storetest.Open(t)
	rows, err := s.Conn().Query(context.Background(), "SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase()")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	schema := map[string]string{}
	for rows.Next() {
		var table, query string
		if err := rows.Scan(&table, &query); err != nil {
			t.Fatal(err)
		}
		schema[table] = query
		for _, setting := range []string{"fsync_after_insert = 1", "fsync_part_directory = 1"} {
			if !strings.Contains(query, setting) {
				t.Errorf("table %s lacks %s", table, setting)
			}
		}
	}
	for _, v := range store.VolatileColumns() {
		if !strings.Contains(schema[v.Table], "`"+v.Column+"`") || v.Reason == "" {
			t.Errorf("volatile column %s.%s does not exist or has no reason", v.Table, v.Column)
		}
		_, key, _ := strings.Cut(schema[v.Table], "ORDER BY")
		key, _, _ = strings.Cut(key, "SETTINGS")
		for name := range strings.FieldsFuncSeq(key, func(r rune) bool { return strings.ContainsRune(" (),", r) }) {
			if name == v.Column {
				t.Errorf("%s.%s is part of the sorting key and may differ between two storings", v.Table, v.Column)
			}
		}
	}
}

// TestReadsAreFiltered: every query that serves people and reads a table of
// visits goes through visible.go.
func TestReadsAreFiltered(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "queries", "read_*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no queries found: %v", err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		for _, table := range storetest.Tables() {
			reads := strings.Count(text, "FROM "+table+" FINAL") + strings.Count(text, "FROM "+table+"\n") + strings.Count(text, "JOIN "+table+" ")
			if reads > 0 && strings.Count(text, "$visible(") == 0 {
				t.Errorf("%s reads %s past the view", filepath.Base(name), table)
			}
		}
	}
}

// TestEngineKilled kills the engine under writing: what Write returned for is
// there afterwards, and the connection heals.
func TestEngineKilled(t *testing.T) {
	engine := enginetest.Start(t)
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{DSN: "unix://" + engine.Socket(), Database: "killed"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	records := randomRecords(rand.New(rand.NewPCG(11, 1)), 12)
	d := newDeriver(t, s, store.DeriverConfig{})
	for i, r := range records {
		if i%20 == 10 {
			if err := syscall.Kill(engine.PID(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		for attempt := 0; ; attempt++ { // as the processor does
			_, err := s.Write(ctx, []*store.Record{r})
			if err == nil {
				break
			}
			if attempt > 6000 { // a minute: only a failing test gets there
				t.Fatalf("the store does not come back: %v", err)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	drain(t, d)
	checkDerived(t, s, records)
}
