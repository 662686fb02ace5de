package chhttp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"hindsight/internal/engine/chdb"
	"hindsight/internal/engine/sqltext"
)

// call is one request on its way through the facade. It lives as long as the
// request, so it may hold the context.
type call struct {
	server *Server
	ctx    context.Context // ends when the client goes away
	req    *request
	st     *sqltext.Statement
	out    *answer
	tag    string // comment before the statement, by which it can be killed
	sess   *session
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	out := newAnswer(w, r)
	q, err := readRequest(r)
	if err != nil {
		out.fail(err)
		return
	}
	q.revision, _ = strconv.ParseUint(r.URL.Query().Get("client_protocol_version"), 10, 32)
	sequence := s.sequence.Add(1)
	if q.queryID == "" {
		q.queryID = fmt.Sprintf("embedded-%d-%d", time.Now().UnixNano(), sequence)
	}
	h := w.Header()
	h.Set("X-ClickHouse-Query-Id", q.queryID)
	h.Set("X-ClickHouse-Timezone", s.zone)
	h.Set("X-ClickHouse-Server-Display-Name", displayName)
	h.Set("X-ClickHouse-Format", q.format)

	c := &call{server: s, ctx: r.Context(), req: q, out: out, tag: tagOf(q.queryID) + strconv.FormatUint(sequence, 10) + "*/ "}
	if err := c.read(); err != nil {
		out.fail(err)
		return
	}
	if c.st == nil { // answered by hand
		return
	}
	if err := c.run(); err != nil {
		out.fail(err)
		return
	}
	out.finish()
}

// read finds the statement and refuses what must not run.
func (c *call) read() error {
	st, err := sqltext.Parse(c.req.sql)
	dataInBody := err == nil && st.Route == sqltext.Insert && st.Data == ""
	if !dataInBody {
		text, err := c.req.readText()
		if err != nil {
			return err
		}
		if isHello(c.req, text) {
			return c.hello()
		}
		if st, err = sqltext.Parse(text); err != nil {
			return err
		}
	}
	if err := c.server.rules.Check(st); err != nil {
		return err
	}
	if st.Route == sqltext.Insert && st.Format == "Values" {
		if err := c.server.rules.CheckData(st.Data); err != nil {
			return err
		}
		if dataInBody { // unread, so its expressions cannot be checked
			c.req.settings["input_format_values_interpret_expressions"] = "0"
		}
	}
	c.st = st
	return nil
}

func (c *call) hello() error {
	b, err := c.server.hello(c.req.revision)
	if err != nil {
		return fmt.Errorf("write the greeting: %w", err)
	}
	_, _ = c.out.Write(b)
	c.out.finish()
	return nil
}

// run takes a connection, classifies the statement on it and executes it.
func (c *call) run() error {
	sess, err := c.server.pool.acquire(c.ctx, c.req.database, c.req.settings)
	if err != nil {
		return err
	}
	c.sess = sess
	defer c.server.pool.release(sess)
	if err := c.classify(); err != nil {
		return err
	}
	stop := c.server.control.watch(c.ctx, "startsWith(query, "+quoteValue(c.tag)+")")
	defer stop() // before the connection goes back
	switch c.st.Route {
	case sqltext.Insert:
		return c.insert()
	case sqltext.Stream:
		return c.stream()
	case sqltext.Kill:
		return c.kill()
	}
	return c.once(c.tag + c.st.SQL)
}

// classify asks the engine's own parser what the statement does.
func (c *call) classify() error {
	sql := c.st.SQL
	if c.st.Route == sqltext.Insert {
		sql += " FORMAT " + c.st.Format
	}
	a, err := c.sess.conn.Classify(sql)
	switch {
	case err != nil:
		return err
	case a.Statements > 1:
		return sqltext.ErrMany
	case a.Class == chdb.Unknown: // let the engine say what it does not understand
		if _, _, err := c.sess.conn.Query("EXPLAIN AST "+sql, "Null", nil); err != nil {
			return err
		}
		return &Exception{Code: codeAccessDenied, Text: "the engine cannot tell what the statement does"}
	case a.Class == chdb.Control && sqltext.OnlySettings(c.st):
		c.sess.spoil() // in case the settings stay with the connection
	case a.Class == chdb.MutatingGlobal,
		a.Class == chdb.Control && c.st.Route != sqltext.Kill:
		return &sqltext.Refusal{What: "this kind of statement"}
	}
	return nil
}

// summary tells counts in the header that clients read them from.
func (c *call) summary(st chdb.Stats) {
	b, _ := json.Marshal(map[string]string{ // a map of strings always marshals
		"read_rows": fmt.Sprint(st.ReadRows), "read_bytes": fmt.Sprint(st.ReadBytes),
		"written_rows": fmt.Sprint(st.WrittenRows), "written_bytes": fmt.Sprint(st.WrittenBytes),
		"result_rows": fmt.Sprint(st.ResultRows),
	})
	c.out.w.Header().Set("X-ClickHouse-Summary", string(b))
}

var notTag = regexp.MustCompile(`[^A-Za-z0-9_.:-]`)

// tagOf is the beginning of the comment that marks a client's statements: the
// library takes no query id, but keeps the text of what runs.
func tagOf(queryID string) string {
	id := notTag.ReplaceAllString(queryID, "_")
	return "/*q:" + id[:min(len(id), 128)] + "#"
}

// queryIDColumn stands for the column query_id of system.processes.
const queryIDColumn = `extract(query, '^/\\*q:([^#]*)#')`
