package engine_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"hindsight/internal/engine"
	"hindsight/internal/engine/enginetest"
)

// TestRefusals runs, against the real library, what must not run: each has to
// fail with a typed exception, touch no file and call no host.
func TestRefusals(t *testing.T) {
	s := enginetest.Start(t)
	conn := enginetest.Open(t, enginetest.Options(s.Socket()))
	ctx := context.Background()
	for _, sql := range []string{
		"CREATE DATABASE h", "CREATE TABLE h.t (n UInt64, s String) ENGINE = MergeTree ORDER BY n",
		"INSERT INTO h.t SELECT number, 'x' FROM numbers(10)",
	} {
		if err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret.tsv")
	if err := os.WriteFile(secret, []byte("42\tcanary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	host := listen(t)
	fill := strings.NewReplacer("$secret", secret, "$new", filepath.Join(outside, "new"), "$host", host.addr)

	for _, c := range refused {
		var err error
		rows, err := conn.Query(ctx, fill.Replace(c))
		for err == nil && rows.Next() {
		}
		if err == nil {
			err = rows.Err()
		}
		var e *clickhouse.Exception
		switch {
		case !errors.As(err, &e):
			t.Errorf("not refused with a typed exception: %s: %v", c, err)
		case e.Code != 497 && e.Code != 452 && e.Code != 62:
			t.Errorf("refused for another reason: %s: %v", c, err)
		case strings.Contains(e.Message, "canary"):
			t.Errorf("the refusal shows the file: %s: %v", c, err)
		}
	}
	if left, _ := os.ReadDir(outside); len(left) != 1 {
		t.Errorf("files were made: %v", left)
	}
	if n := host.close(); n != 0 {
		t.Errorf("%d connections were made to another host", n)
	}
	var n uint64
	if err := conn.QueryRow(ctx, "SELECT count() FROM h.t").Scan(&n); err != nil || n != 10 {
		t.Errorf("afterwards the engine says %d, %v", n, err)
	}
	if s.Ready() != nil {
		t.Errorf("afterwards: %v", s.Ready())
	}
}

var refused = []string{
	"SELECT 1 INTO OUTFILE '$new'",
	"SELECT 1 INTO/**/OUTFILE '$new' FORMAT TSV",
	"INSERT INTO h.t FROM INFILE '$secret' FORMAT TSV",
	"INSERT INTO h.t VALUES (1, file('$secret'))",
	"SELECT file('$secret')",
	"SELECT file/* */('$secret')",
	"SELECT `file`('$secret')",
	`SELECT "file"('$secret')`,
	`SELECT "fi\x6ce"('$secret')`,
	"SELECT h.file('$secret')",
	"SELECT * FROM h.file('$secret', 'TSV', 'n UInt64, s String')",
	"SELECT arrayMap(file, ['$secret'])",
	"SELECT * APPLY file FROM (SELECT '$secret')",
	"SELECT * APPLY(file) FROM (SELECT '$secret')",
	"SELECT 1 // '\n, file('$secret') // '",
	"SELECT 1 # '\n, file('$secret') # '",
	"SELECT $$'$$, file('$secret'), $$'$$",
	"SELECT 1 /* /* */ ' */, file('$secret') /* ' */",
	"SELECT ‘ ' ’, file('$secret') AS ‘ ' ’",
	"CREATE VIEW h.v AS SELECT file('$secret')",
	"CREATE TABLE h.d (n UInt8, s String DEFAULT file('$secret')) ENGINE = MergeTree ORDER BY n",
	"SELECT * FROM file('$secret', 'TSV', 'n UInt64, s String')",
	"SELECT * FROM fileCluster('default', '$secret', 'TSV', 'n UInt64, s String')",
	"SELECT * FROM filesystem('/')",
	"SELECT * FROM eval('SELECT 1')",
	"INSERT INTO FUNCTION file('$new', 'TSV', 'n UInt64') SELECT 1",
	"INSERT INTO TABLE FUNCTION file('$new', 'TSV', 'n UInt64') SELECT 1",
	"INSERT INTO FUNCTION null('n UInt64') SETTINGS max_threads = 1 SELECT 1",
	"DESCRIBE TABLE file('$secret')",
	"EXPLAIN SELECT * FROM file('$secret', 'TSV', 'n UInt64, s String')",
	"SELECT * FROM url('http://$host/', 'TSV', 'a String')",
	"SELECT * FROM urlCluster('default', 'http://$host/', 'TSV', 'a String')",
	"SELECT * FROM s3('http://$host/bucket/key', 'TSV', 'a String')",
	"SELECT * FROM gcs('http://$host/bucket/key', 'TSV', 'a String')",
	"SELECT * FROM azureBlobStorage('http://$host/a', 'c', 'p')",
	"SELECT * FROM hdfs('hdfs://$host/x', 'TSV', 'a String')",
	"SELECT * FROM iceberg('http://$host/bucket/a')",
	"SELECT * FROM deltaLakeLocal('$new')",
	"SELECT * FROM remote('$host', system.one)",
	"SELECT * FROM remoteSecure('$host', system.one)",
	"SELECT * FROM cluster('default', system.one)",
	"SELECT * FROM mysql('$host', 'd', 't', 'u', 'p')",
	"SELECT * FROM postgresql('$host', 'd', 't', 'u', 'p')",
	"SELECT * FROM mongodb('$host', 'd', 't', 'u', 'p', 'a String')",
	"SELECT * FROM redis('$host', 'k', 'k String')",
	"SELECT * FROM sqlite('$new', 't')",
	"SELECT * FROM odbc('a', 'b')",
	"SELECT * FROM jdbc('a', 'b')",
	"SELECT * FROM executable('x.sh', TSV, 'a String')",
	"SELECT * FROM `executable`('x.sh', TSV, 'a String')",
	"SELECT * FROM dictionary('d')",
	"SELECT aiGenerate('x')",
	"SELECT catboostEvaluate('$secret', 1)",
	"CREATE TABLE h.x (a String) ENGINE = File(TSV, '$secret')",
	"CREATE TABLE h.x (a String) ENGINE File(TSV, '$secret')",
	"CREATE TABLE h.x (a String) ENGINE = URL('http://$host/', TSV)",
	"CREATE TABLE h.x (a String) ENGINE = S3('http://$host/b/k', TSV)",
	"CREATE TABLE h.x (a String) ENGINE = Executable('x.sh', TSV)",
	"CREATE TABLE h.x (a String) ENGINE = `ExecutablePool`('x.sh', TSV)",
	"CREATE TABLE h.x (a String) ENGINE = Distributed('default', 'h', 't')",
	"CREATE TABLE h.x (a String) ENGINE = Kafka('$host', 't', 'g', 'TSV')",
	"CREATE TABLE h.x (a String) ENGINE = EmbeddedRocksDB PRIMARY KEY a",
	"CREATE TABLE h.x (a UInt8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local, path = '$new/')",
	"CREATE TABLE h.x (a UInt8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = web, endpoint = 'http://$host/a/')",
	"ALTER TABLE h.t MODIFY SETTING disk = disk(type = web, endpoint = 'http://$host/a/')",
	"CREATE TABLE h.x AS url('http://$host/', 'TSV', 'a String')",
	"CREATE MATERIALIZED VIEW h.x ENGINE = File(TSV) AS SELECT 1 AS a",
	"CREATE DATABASE x ENGINE = Filesystem('$new')",
	"CREATE DATABASE x ENGINE = SQLite('$new')",
	"CREATE DATABASE x ENGINE = MySQL('$host', 'd', 'u', 'p')",
	"CREATE DATABASE x ENGINE = DataLakeCatalog('http://$host/a')",
	"CREATE DICTIONARY h.x (a UInt64) PRIMARY KEY a SOURCE(FILE(path '$secret' format 'TSV')) LAYOUT(FLAT()) LIFETIME(0)",
	"CREATE DICTIONARY h.x (a UInt64) PRIMARY KEY a SOURCE(HTTP(url 'http://$host/' format 'TSV')) LAYOUT(FLAT()) LIFETIME(0)",
	"CREATE FUNCTION x AS (a) -> a",
	"CREATE NAMED COLLECTION x AS a = 'b'",
	"CREATE USER x",
	"GRANT ALL ON *.* TO default",
	"SYSTEM SHUTDOWN", "SYSTEM KILL", "SYSTEM STOP MERGES", "SYSTEM FLUSH LOGS", "SYSTEM DROP MARK CACHE",
	"BACKUP DATABASE h TO File('$new')",
	"BACKUP DATABASE h TO Disk('default', 'b')",
	"BACKUP DATABASE h TO S3('http://$host/b/k')",
	"RESTORE DATABASE h FROM File('$secret')",
	"ATTACH TABLE h.x FROM '$new' (a UInt8) ENGINE = MergeTree ORDER BY a",
	"ATTACH TABLE h.x UUID '11111111-1111-1111-1111-111111111111' (a UInt8) ENGINE = MergeTree ORDER BY a",
	"DETACH TABLE h.t",
	"ALTER TABLE h.t FREEZE",
	"ALTER TABLE h.t FREEZE SETTINGS max_threads = 1",
	"SET max_threads = 1", "USE h", "CREATE TEMPORARY TABLE x (a UInt8)", "BEGIN TRANSACTION",
	"EXECUTE AS default SELECT 1",
	"SELECT 1; SELECT 2",
	"SELECT 1; DROP TABLE h.t",
	"DROP TABLE h.a PARALLEL WITH DROP TABLE h.t",
	"SELECT 1 SETTINGS dialect = 'prql'",
	"SELECT 1 FORMAT Template SETTINGS format_template_resultset = '$secret'",
	"SELECT formatRow('Template', 1) SETTINGS format_template_row = '$secret'",
	"SELECT 1 AS a FORMAT Protobuf SETTINGS output_format_schema = '$new', format_protobuf_use_autogenerated_schema = 1",
	"SELECT 1 AS a FORMAT Protobuf SETTINGS format_schema = '$secret:x'",
	"KILL QUERY WHERE file('$secret') = '' SYNC",
	"",
}

// TestStreamedExpression: the data of INSERT … VALUES may come unread behind a
// statement in the URL; its expressions must not reach a file either.
func TestStreamedExpression(t *testing.T) {
	s := enginetest.Start(t)
	conn := enginetest.Open(t, enginetest.Options(s.Socket()))
	if err := conn.Exec(context.Background(), "CREATE TABLE default.t (n UInt64, s String) ENGINE = Memory"); err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
		return engine.Dialer(s.Socket())(ctx, addr)
	}}}
	defer client.CloseIdleConnections()
	insert := "http://engine/?query=" + url.QueryEscape("INSERT INTO default.t VALUES")
	for body, want := range map[string]int{"(1, 'plain')": http.StatusOK, "(2, file('/etc/hostname'))": http.StatusInternalServerError} {
		answer, err := client.Post(insert, "", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.Body.Close() != nil || answer.StatusCode != want {
			t.Errorf("%s: status %d, %s %v", body, answer.StatusCode, text, err)
		}
	}
	var n uint64
	if err := conn.QueryRow(context.Background(), "SELECT count() FROM default.t").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// refusingHost counts who connects to it.
type refusingHost struct {
	addr string
	l    net.Listener
	n    chan int
}

func listen(t *testing.T) *refusingHost {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &refusingHost{addr: l.Addr().String(), l: l, n: make(chan int, 1)}
	go func() {
		n := 0
		for {
			c, err := l.Accept()
			if err != nil {
				h.n <- n
				return
			}
			n++
			_ = c.Close()
		}
	}()
	return h
}

func (h *refusingHost) close() int {
	_ = h.l.Close()
	return <-h.n
}

// TestSettingsByURL: what the text may not set, the request may not set either.
func TestSettingsByURL(t *testing.T) {
	s := enginetest.Start(t)
	conn := enginetest.Open(t, enginetest.Options(s.Socket()))
	for name, value := range map[string]string{"dialect": "prql", "format_template_resultset": "/etc/hostname", "output_format_schema": "x"} {
		ctx := clickhouse.Context(context.Background(), clickhouse.WithSettings(clickhouse.Settings{name: value}))
		var e *clickhouse.Exception
		if err := conn.Exec(ctx, "SELECT 1"); !errors.As(err, &e) || e.Code != 452 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := conn.Exec(context.Background(), "SELECT 1"); err != nil {
		t.Error(err)
	}
}
