package chhttp

import (
	"strings"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// helloQuery is what clickhouse-go asks first on every connection.
const helloQuery = "SELECT displayName(), version(), revision(), timezone()"

// displayName is what the embedded engine calls itself towards clients.
const displayName = "hindsight-embedded"

// isHello recognises the question of a client that speaks Native.
func isHello(q *request, sql string) bool {
	return q.revision > 0 && q.format == "Native" && strings.TrimSpace(sql) == helloQuery
}

// hello answers it by hand. The library writes the Native format of protocol
// revision 0; announcing that revision makes the client read just that. The
// answer itself is read at the client's own revision.
func (s *Server) hello(revision uint64) ([]byte, error) {
	b := proto.NewBlock()
	for _, c := range []struct {
		name string
		kind column.Type
	}{
		{"displayName()", "String"}, {"version()", "String"}, {"revision()", "UInt32"}, {"timezone()", "String"},
	} {
		if err := b.AddColumn(c.name, c.kind); err != nil {
			return nil, err
		}
	}
	if err := b.Append(displayName, s.version, uint32(0), s.zone); err != nil {
		return nil, err
	}
	buf := &chproto.Buffer{}
	if err := b.Encode(buf, revision); err != nil {
		return nil, err
	}
	return buf.Buf, nil
}
