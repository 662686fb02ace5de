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
