package sqltext

import "strings"

// KillQuery is a KILL QUERY statement, ready to be put together again.
type KillQuery struct {
	Where string // condition over system.processes
	Sync  bool   // wait until the queries have ended
	Test  bool   // only list them
	Tail  string // what stood behind the mode, such as a FORMAT clause
}

// ParseKill takes KILL QUERY … WHERE … [SYNC|ASYNC|TEST] [FORMAT …] apart and
// puts id in the place of the column query_id.
func ParseKill(st *Statement, id string) (KillQuery, bool) {
	k := KillQuery{}
	var b strings.Builder
	pos, in, depth := 0, false, 0
	for _, t := range st.Tokens {
		switch {
		case t.Symbol('('):
			depth++
		case t.Symbol(')'):
			depth--
		case !in && t.Is("WHERE"):
			in, pos = true, t.End
		case in && depth == 0 && (t.Is("SYNC") || t.Is("ASYNC") || t.Is("TEST")):
			k.Sync, k.Test = t.Is("SYNC"), t.Is("TEST")
			b.WriteString(st.SQL[pos:t.Start])
			k.Where, k.Tail = strings.TrimSpace(b.String()), st.SQL[t.End:]
			return k, true
		case in && depth == 0 && t.Is("FORMAT"):
			b.WriteString(st.SQL[pos:t.Start])
			k.Where, k.Tail = strings.TrimSpace(b.String()), st.SQL[t.Start:]
			return k, true
		case in && t.Name() && t.Text == "query_id":
			b.WriteString(st.SQL[pos:t.Start] + id)
			pos = t.End
		}
	}
	if !in {
		return KillQuery{}, false
	}
	b.WriteString(st.SQL[pos:])
	k.Where = strings.TrimSpace(b.String())
	return k, true
}
