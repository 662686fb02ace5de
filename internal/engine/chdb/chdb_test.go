package chdb

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// open loads the library that npm installed and opens a connection. A process
// bears one engine only, so one test does everything here.
func open(t *testing.T) (*Library, *Conn) {
	t.Helper()
	path := os.Getenv("HINDSIGHT_ENGINE_LIBRARY")
	if path == "" {
		found, err := filepath.Glob(filepath.Join("..", "..", "..", "deploy", "engine", "node_modules", "@chdb", "lib-*", "libchdb.*"))
		if err != nil || len(found) == 0 {
			t.Fatal("the engine library is missing: run `npm ci --prefix deploy/engine` in the repository's root")
		}
		path = found[0]
	}
	lib, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := lib.Connect("--path=" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return lib, conn
}

func TestBinding(t *testing.T) {
	lib, conn := open(t)
	if lib.Version() == "" {
		t.Error("the library has no version")
	}
	t.Run("signals", func(t *testing.T) {
		if changed := lib.signals.changed(); changed != nil {
			t.Errorf("the engine keeps the signals %v", changed)
		}
		if !survivesFault() {
			t.Error("a fault did not become a panic")
		}
	})
	t.Run("query", func(t *testing.T) {
		got, _, err := conn.Query("SELECT {a:String} || {b:String}", "TSVRaw", map[string]string{"a": "x", "b": ""})
		if err != nil || string(got) != "x\n" {
			t.Errorf("%q, %v", got, err)
		}
		if _, _, err := conn.Query("SELECT nothing", "TSV", nil); err == nil || !strings.HasPrefix(err.Error(), "Code: 47.") {
			t.Errorf("unknown column: %v", err)
		}
	})
	t.Run("insert", func(t *testing.T) { testInsert(t, conn) })
	t.Run("stream", func(t *testing.T) { testStream(t, conn) })
	t.Run("classify", func(t *testing.T) {
		for sql, want := range map[string]Analysis{
			"SELECT 1": {ReadOnly, 1}, "DROP TABLE t": {Mutating, 1}, "SYSTEM SHUTDOWN": {Control, 1},
			"CREATE USER u": {MutatingGlobal, 1}, "SELECT 1 +": {Unknown, 0}, "SELECT 1; SELECT 2": {ReadOnly, 2},
		} {
			if got, err := conn.Classify(sql); err != nil || got != want {
				t.Errorf("%s: %+v, %v; want %+v", sql, got, err, want)
			}
		}
	})
	t.Run("shutdown", func(t *testing.T) {
		if err := lib.Shutdown(); err == nil {
			t.Error("the engine shut down under an open connection")
		}
		conn.Close()
		if err := lib.Shutdown(); err != nil {
			t.Error(err)
		}
	})
}

func testInsert(t *testing.T, conn *Conn) {
	if _, _, err := conn.Query("CREATE TABLE t (n UInt64) ENGINE = Memory", "Null", nil); err != nil {
		t.Fatal(err)
	}
	for _, commit := range []bool{false, true} {
		ins, err := conn.Insert("INSERT INTO t", "TSV", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ins.Write([]byte("1\n2\n")); err != nil {
			t.Fatal(err)
		}
		if commit {
			if st, err := ins.Done(); err != nil || st.WrittenRows != 2 {
				t.Errorf("%+v, %v", st, err)
			}
		} else {
			ins.Cancel()
		}
		ins.Close()
	}
	if got, _, err := conn.Query("SELECT count() FROM t", "TSV", nil); err != nil || string(got) != "2\n" {
		t.Errorf("%q rows, %v", got, err)
	}
}

func testStream(t *testing.T, conn *Conn) {
	st, err := conn.Stream("SELECT number FROM numbers(500000)", "RowBinary", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	total, chunks := 0, 0
	for more := true; more; chunks++ {
		if more, err = st.Next(func(b []byte) error { total += len(b); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if total != 8*500_000 || chunks < 3 {
		t.Errorf("%d bytes in %d chunks", total, chunks)
	}
	if _, err := conn.Stream("SHOW TABLES", "TSV", nil); err == nil {
		t.Error("SHOW was streamed")
	}
}

// survivesFault dereferences nil, which the runtime turns into a panic by its
// SIGSEGV handler.
func survivesFault() (ok bool) {
	defer func() { ok = recover() != nil }()
	var p *int
	*p = 1
	return false
}
