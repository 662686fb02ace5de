package storetest_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

func TestMigrate(t *testing.T) {
	s := storetest.Open(t) // migrates
	ctx := context.Background()
	if steps, err := s.Migrate(ctx); err != nil || steps != 0 {
		t.Errorf("a second Migrate took %d steps, %v; want none", steps, err)
	}
	if err := s.CheckSchema(ctx); err != nil {
		t.Error(err)
	}

	t.Run("every statement may run twice", func(t *testing.T) {
		if err := s.Conn().Exec(ctx, "TRUNCATE TABLE schema_migrations"); err != nil {
			t.Fatal(err)
		}
		if err := s.CheckSchema(ctx); err == nil {
			t.Error("CheckSchema is content with a store that no migration is recorded in")
		}
		// Several processes at once, on tables that are there already.
		var wg sync.WaitGroup
		errs := make([]error, 3)
		for i := range errs {
			wg.Go(func() { _, errs[i] = s.Migrate(ctx) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		var left, records uint64
		files, err := filepath.Glob(filepath.Join("..", "migrations", "*.sql"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no migrations found: %v", err)
		}
		if err := s.Conn().QueryRow(ctx, "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migration_lock'").Scan(&left); err != nil || left != 0 {
			t.Errorf("the lock is left behind (%d, %v)", left, err)
		}
		if err := s.Conn().QueryRow(ctx, "SELECT count() FROM schema_migrations").Scan(&records); err != nil || records != uint64(len(files)) {
			t.Errorf("%d migrations of %d recorded, %v; want each once", records, len(files), err)
		}
	})

	t.Run("a newer schema is refused", func(t *testing.T) {
		if err := s.Conn().Exec(ctx, "INSERT INTO schema_migrations VALUES (999, 'from_the_future', now64(3))"); err != nil {
			t.Fatal(err)
		}
		_, err := s.Migrate(ctx)
		if !errors.Is(err, store.ErrNewerSchema) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Migrate says %v; want ErrNewerSchema in one sentence", err)
		}
	})
}

// TestTracesFromPoints: a store that has movement and attention as heat points, a row for each cell, has them as traces
// after the migration: those that the same batch makes when it is stored again.
func TestTracesFromPoints(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	exec := func(text string) {
		t.Helper()
		if err := s.Conn().Exec(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	const columns = "day, site, path, kind, viewport_w, session, document, sequence, idx, part, view, at, x, y, viewport_h, document_w, document_h, weight, device"
	const rest = "2, '2026-03-01 10:00:00.250', "
	for range 2 { // stored twice: in two parts that nothing has merged
		for _, day := range []string{"2026-03-01", "2026-03-02"} {
			key := "'" + day + "', 'shop', '/p', "
			exec("INSERT INTO heat_points (" + columns + ") VALUES " +
				"(" + key + "'move', 1280, 's', 'd', 1, 4, 1, " + rest + "64, 80, 800, 1265, 3000, 60, 'desktop'), " +
				"(" + key + "'move', 1280, 's', 'd', 1, 4, 0, " + rest + "16, 32, 800, 1265, 3000, 30, 'desktop'), " +
				"(" + key + "'attention', 1280, 's', 'd', 1, 5, 0, " + rest + "100, 700, 800, 0, 3000, 900, 'desktop'), " +
				"(" + key + "'click', 1280, 's', 'd', 1, 6, 0, " + rest + "5, 6, 800, 1265, 3000, 1, 'desktop')")
		}
	}
	exec("TRUNCATE TABLE schema_migrations")
	if _, err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]string{
		"heat_points": "1 2026-03-01 click 6, 1 2026-03-02 click 6",
		"heat_traces": "1 2026-03-01 attention 5 2 250 [100] [700] [900] 800 0 3000 desktop, 1 2026-03-01 move 4 2 250 [16,64] [32,80] [30,60] 800 1265 3000 desktop, " +
			"1 2026-03-02 attention 5 2 250 [100] [700] [900] 800 0 3000 desktop, 1 2026-03-02 move 4 2 250 [16,64] [32,80] [30,60] 800 1265 3000 desktop",
	} {
		row := "concat(toString(count()), ' ', toString(day), ' ', toString(kind), ' ', toString(idx)"
		if table == "heat_traces" {
			row += ", ' ', toString(any(view)), ' ', toString(toUnixTimestamp64Milli(any(at)) % 1000), ' ', toString(any(x)), ' ', toString(any(y)), ' ', toString(any(weight))" +
				", ' ', toString(any(viewport_h)), ' ', toString(any(document_w)), ' ', toString(any(document_h)), ' ', any(device)"
		}
		var got string
		err := s.Conn().QueryRow(ctx, "SELECT arrayStringConcat(arraySort(groupArray(r)), ', ') FROM (SELECT "+row+") AS r FROM "+table+
			" FINAL GROUP BY day, site, path, kind, viewport_w, session, document, sequence, idx)").Scan(&got)
		if err != nil || got != want {
			t.Errorf("%s holds %s\nwant %s (%v)", table, got, want, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	ctx := context.Background()
	for _, dsn := range []string{"", "unix://relative.sock", "ftp://u:verysecret@host/db", "clickhouse://u:verysecret@127.0.0.1:1/db", "http://u:verysecret@127.0.0.1:1/db", "unix:///nowhere/engine.sock"} {
		s, err := store.Open(ctx, store.Config{DSN: dsn})
		if err == nil {
			_ = s.Close()
			t.Errorf("Open(%q) gives no error", dsn)
		} else if strings.Contains(err.Error(), "verysecret") {
			t.Errorf("Open(%q) repeats the password: %v", dsn, err)
		}
	}
	if _, err := store.Open(ctx, store.Config{DSN: "http://127.0.0.1:1", Database: "a; DROP"}); err == nil || !strings.Contains(err.Error(), "database name") {
		t.Errorf("a database name with SQL in it: %v", err)
	}
}
