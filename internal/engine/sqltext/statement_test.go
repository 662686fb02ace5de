package sqltext

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		sql    string
		route  Route
		text   string // of the statement, as handed on
		format string
		data   string
	}{
		{"SELECT 1", Stream, "SELECT 1", "", ""},
		{" /* a */ -- b\n select 1 ; ", Stream, " /* a */ -- b\n select 1 ", "", ""},
		{"((SELECT 1)) UNION ALL (SELECT 2)", Stream, "((SELECT 1)) UNION ALL (SELECT 2)", "", ""},
		{"FROM t SELECT a", Stream, "FROM t SELECT a", "", ""},
		{"WITH 1 AS a SELECT a FORMAT JSON", Stream, "WITH 1 AS a SELECT a FORMAT JSON", "", ""},
		{"SELECT 'INSERT INTO t VALUES'", Stream, "SELECT 'INSERT INTO t VALUES'", "", ""},
		{"WITH q AS (SELECT 1) INSERT INTO t SELECT * FROM q", Run, "WITH q AS (SELECT 1) INSERT INTO t SELECT * FROM q", "", ""},
		{"INSERT INTO t WITH 1 AS a SELECT a", Run, "INSERT INTO t WITH 1 AS a SELECT a", "", ""},
		{"INSERT INTO t SELECT 1 FORMAT Null", Run, "INSERT INTO t SELECT 1 FORMAT Null", "", ""},
		{"INSERT INTO t (SELECT 1)", Run, "INSERT INTO t (SELECT 1)", "", ""},
		{"INSERT INTO t (a, b) VALUES", Insert, "INSERT INTO t (a, b) ", "Values", ""},
		{"insert into t values (1, ';'), (2, 'x')", Insert, "insert into t ", "Values", " (1, ';'), (2, 'x')"},
		{"INSERT INTO t (values) FORMAT Native", Insert, "INSERT INTO t (values) ", "Native", ""},
		{"INSERT INTO t (`format`) SETTINGS a = 1 FORMAT TSV\n1\t'\n", Insert, "INSERT INTO t (`format`) SETTINGS a = 1 ", "TSV", "1\t'\n"},
		{"SHOW TABLES", Run, "SHOW TABLES", "", ""},
		{"KILL QUERY WHERE 1", Kill, "KILL QUERY WHERE 1", "", ""},
		{"KILL MUTATION WHERE 1", Run, "KILL MUTATION WHERE 1", "", ""},
	} {
		st, err := Parse(c.sql)
		if err != nil {
			t.Errorf("%q: %v", c.sql, err)
			continue
		}
		if st.Route != c.route || st.SQL != c.text || st.Format != c.format || st.Data != c.data {
			t.Errorf("%q: route %d, text %q, format %q, data %q", c.sql, st.Route, st.SQL, st.Format, st.Data)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for sql, want := range map[string]error{
		"":                       ErrEmpty,
		" -- only\n /* this */ ": ErrEmpty,
		"SELECT 1; SELECT 2":     ErrMany,
		"SELECT 1;;;":            nil,
		"SELECT 'open":           ErrSpelling,
		"SELECT `open":           ErrSpelling,
		"SELECT 1 /* open":       ErrSpelling,
		"SELECT /* /* */ */ 1":   ErrSpelling,
		"SELECT 1 // x":          ErrSpelling,
		"SELECT 1 # x":           ErrSpelling,
		"SELECT $$x$$":           ErrSpelling,
		"SELECT x'41'":           ErrSpelling,
		"SELECT “a”":             ErrSpelling,
		`SELECT "a\x62"`:         ErrSpelling,
		"SELECT 1;//":            ErrSpelling,
	} {
		if _, err := Parse(sql); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", sql, err, want)
		}
	}
}

func TestCheck(t *testing.T) {
	rules := Rules{
		TableFunctions: Deny([]string{"url", "numbers", "s3"}, "numbers"),
		Engines:        Deny([]string{"File", "MergeTree"}, "MergeTree"),
	}
	for sql, what := range map[string]string{
		"SELECT url, engine FROM t WHERE engine = 'File'":            "",
		"SELECT (url) FROM t ORDER BY (url)":                         "",
		"INSERT INTO db.url (a) SELECT 1":                            "",
		"SELECT * FROM numbers(3)":                                   "",
		"CREATE TABLE t (url String) ENGINE = MergeTree ORDER BY ()": "",
		"SELECT 'file', 'INTO OUTFILE'":                              "",
		"SELECT outfile, infile, disk FROM t":                        "",
		"SELECT * FROM URL ('x')":                                    "the table function url",
		"SELECT file(1)":                                             "the name file",
		"SELECT t.`file`":                                            "the name file",
		"SELECT AIGenerate('x')":                                     "the name aigenerate",
		"CREATE TABLE t (a UInt8) engine File(TSV)":                  "the engine File",
		"CREATE TABLE t SETTINGS disk = disk(type = x)":              "a disk of its own for a table",
		"SELECT 1 INTO OUTFILE 'x'":                                  "INTO OUTFILE",
		"INSERT INTO t FROM INFILE 'x' FORMAT TSV":                   "FROM INFILE",
	} {
		st, err := Parse(sql)
		if err != nil {
			t.Errorf("%q: %v", sql, err)
			continue
		}
		var r *Refusal
		err = rules.Check(st)
		if got := errors.As(err, &r); got != (what != "") || got && r.What != what {
			t.Errorf("%q: %v, want %q", sql, err, what)
		}
	}
	if err := rules.CheckData("(1, 'file'), (2, now())"); err != nil {
		t.Error(err)
	}
	if err := rules.CheckData("(1, file('x'))"); err == nil {
		t.Error("an expression in the data was not refused")
	}
}

func TestOnlySettings(t *testing.T) {
	for sql, want := range map[string]bool{
		"ALTER TABLE t DELETE WHERE 1 SETTINGS mutations_sync = 1":     true,
		"INSERT INTO t SETTINGS a = 1 SELECT 1":                        true,
		"ALTER TABLE t DELETE WHERE 1":                                 false,
		"ALTER TABLE t FREEZE SETTINGS a = 1":                          false,
		"INSERT INTO FUNCTION null('a UInt8') SETTINGS a = 1 SELECT 1": false,
		"SYSTEM SHUTDOWN SETTINGS":                                     false,
	} {
		st, err := Parse(sql)
		if err != nil {
			t.Fatal(err)
		}
		if OnlySettings(st) != want {
			t.Errorf("%q: want %v", sql, want)
		}
	}
}

func TestParseKill(t *testing.T) {
	for sql, want := range map[string]KillQuery{
		"KILL QUERY WHERE query_id = 'a' SYNC":                   {Where: "ID = 'a'", Sync: true},
		"KILL QUERY WHERE (query_id IN ('a', 'SYNC')) ASYNC":     {Where: "(ID IN ('a', 'SYNC'))"},
		"KILL QUERY WHERE `query_id`='a' OR user='b' TEST":       {Where: "ID='a' OR user='b'", Test: true},
		"KILL QUERY WHERE query_id = 'query_id' SYNC FORMAT TSV": {Where: "ID = 'query_id'", Sync: true, Tail: " FORMAT TSV"},
		"KILL QUERY WHERE 1 FORMAT TSV":                          {Where: "1", Tail: "FORMAT TSV"},
	} {
		st, err := Parse(sql)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := ParseKill(st, "ID"); !ok || got != want {
			t.Errorf("%q: %+v, %v", sql, got, ok)
		}
	}
	st, err := Parse("KILL QUERY ON CLUSTER x")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := ParseKill(st, "ID"); ok {
		t.Error("a KILL without WHERE was taken")
	}
}

// FuzzParse: no input panics; tokens lie in order within the text; the text
// handed on never grows a second statement.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"SELECT 1", "INSERT INTO t FORMAT TSV\n1", "SELECT 'a''b\\'', `c``d`, \"e\" -- x\n;", "/*", "KILL QUERY WHERE query_id = '' SYNC", "WITH INSERT VALUES"} {
		f.Add(seed)
	}
	rules := Rules{TableFunctions: Deny([]string{"url"}), Engines: Deny([]string{"File"})}
	f.Fuzz(func(t *testing.T, sql string) {
		st, err := Parse(sql)
		if err != nil {
			return
		}
		end := 0
		for _, tok := range st.Tokens {
			if tok.Start < end || tok.End <= tok.Start || tok.End > len(sql) {
				t.Fatalf("token %+v after %d", tok, end)
			}
			end = tok.End
			if tok.Kind == Word && sql[tok.Start:tok.End] != tok.Text {
				t.Fatalf("word %+v is %q", tok, sql[tok.Start:tok.End])
			}
		}
		if !strings.HasPrefix(sql, st.SQL) {
			t.Fatalf("%q was made of %q", st.SQL, sql)
		}
		if _, err := Parse(st.SQL); errors.Is(err, ErrMany) {
			t.Fatalf("%q holds several statements", st.SQL)
		}
		_ = rules.Check(st)
		_ = rules.CheckData(st.Data)
		_, _ = ParseKill(st, "ID")
	})
}
