package sqltext

import "strings"

// Route says how a statement reaches the engine.
type Route uint8

// Routes.
const (
	Run    Route = iota // whole result at once: DDL, SHOW, INSERT … SELECT
	Stream              // SELECT, read chunk by chunk
	Insert              // INSERT with data behind its FORMAT or VALUES
	Kill                // KILL QUERY
)

// Statement is one statement, taken apart as far as needed.
type Statement struct {
	Route  Route
	SQL    string // without a final semicolon; for Insert without FORMAT and data
	Format string // Insert: format of the data
	Data   string // Insert: the part of the data that stood in the text
	Tokens []Token
}

// Parse reads a single statement. It fails with ErrSpelling, ErrEmpty or
// ErrMany; whether the SQL is right is for the engine to say.
func Parse(sql string) (*Statement, error) {
	st := &Statement{SQL: sql}
	scan, depth := NewScanner(sql), 0
	first, insert := "", false
	for {
		t, ok, err := scan.Next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if t.Symbol(';') {
			if err := onlyBlank(sql[t.End:]); err != nil {
				return nil, err
			}
			st.SQL = sql[:t.Start]
			break
		}
		st.Tokens = append(st.Tokens, t)
		switch {
		case t.Symbol('('):
			depth++
		case t.Symbol(')'):
			depth--
		case first == "":
			first = strings.ToUpper(t.Text)
			insert = first == "INSERT"
		case depth == 0 && first == "WITH" && t.Is("INSERT"):
			insert = true
		case depth == 0 && insert && st.dataFollows(scan, t):
			return st, nil
		}
		if depth == 0 && insert && (t.Is("SELECT") || t.Is("WITH")) {
			insert = false // INSERT … SELECT: its FORMAT is that of the (empty) answer
			first = "INSERT SELECT"
		}
	}
	if len(st.Tokens) == 0 {
		return nil, ErrEmpty
	}
	st.Route = route(first, st.Tokens)
	return st, nil
}

// dataFollows recognises the clause that begins the data of an INSERT at t, and
// splits the text there.
func (st *Statement) dataFollows(scan *Scanner, t Token) bool {
	switch {
	case t.Is("VALUES"):
		st.Format = "Values"
		st.Data = scan.src[t.End:]
	case t.Is("FORMAT"):
		name, ok, err := scan.Next()
		if err != nil || !ok || name.Kind != Word {
			return false
		}
		st.Format = name.Text
		st.Data = strings.TrimLeft(scan.src[name.End:], " \t\r")
		st.Data = strings.TrimPrefix(strings.TrimPrefix(st.Data, ";"), "\n")
	default:
		return false
	}
	st.Route, st.SQL = Insert, scan.src[:t.Start]
	return true
}

func route(first string, tokens []Token) Route {
	switch first {
	case "SELECT", "FROM":
		return Stream
	case "WITH":
		for _, t := range tokens {
			if t.Is("INSERT") {
				return Run
			}
		}
		return Stream
	case "KILL":
		if len(tokens) > 1 && tokens[1].Is("QUERY") {
			return Kill
		}
	}
	return Run
}

// onlyBlank refuses anything behind a statement's semicolon.
func onlyBlank(rest string) error {
	scan := NewScanner(rest)
	for {
		t, ok, err := scan.Next()
		switch {
		case err != nil:
			return err
		case !ok:
			return nil
		case !t.Symbol(';'):
			return ErrMany
		}
	}
}
