package storetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"testing"

	"hindsight/internal/engine/enginetest"
	"hindsight/internal/store"
)

// EnvDSN names a store to test on instead of the embedded engine: a ClickHouse
// server, whose user may make and drop databases.
const EnvDSN = "HINDSIGHT_TEST_CLICKHOUSE_DSN"

// Open gives a test a migrated database of its own on a real engine, dropped
// when the test ends.
func Open(t testing.TB) *store.Store {
	t.Helper()
	s, _ := OpenConfig(t)
	return s
}

// OpenConfig is Open, and tells how to connect to the same database again.
func OpenConfig(t testing.TB) (*store.Store, store.Config) {
	t.Helper()
	ctx := context.Background()
	cfg := store.Config{DSN: dsn(t), Database: databaseName()}
	s, err := store.Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Conn().Exec(ctx, "DROP DATABASE "+s.Database()); err != nil {
			t.Error("drop the test's database:", err)
		}
		_ = s.Close()
	})
	if _, err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	return s, cfg
}

func databaseName() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return "test_" + hex.EncodeToString(b[:])
}

// dsn is the server named by the environment, else an embedded engine started
// for this test. The test's package needs a TestMain that calls enginetest.Main.
func dsn(t testing.TB) string {
	t.Helper()
	if dsn := os.Getenv(EnvDSN); dsn != "" {
		return dsn
	}
	return "unix://" + enginetest.Start(t).Socket()
}
