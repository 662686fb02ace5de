package chhttp

import (
	"io"
	"strings"
	"time"

	"hindsight/internal/engine/sqltext"
)

// stream runs a SELECT and sends its result as it comes.
func (c *call) stream() error {
	err := c.streamAll()
	if err != nil {
		c.letGo()
	}
	return err
}

// letGo has the engine forget a statement that failed: a stream or an INSERT
// stays in it, with the locks of its tables, until its connection runs something
// else. There is nothing to do about an error.
func (c *call) letGo() { _, _, _ = c.sess.conn.Query("SELECT 1", "Null", nil) }

func (c *call) streamAll() error {
	st, err := c.sess.conn.Stream(c.tag+c.st.SQL, c.req.format, c.req.params)
	if err != nil {
		return err
	}
	defer st.Close()
	for {
		more, err := st.Next(func(chunk []byte) error {
			_, err := c.out.Write(chunk)
			return err
		})
		if err == nil && c.ctx.Err() != nil {
			err = c.ctx.Err()
		}
		if err != nil {
			st.Cancel()
			return err
		}
		if !more {
			return nil
		}
	}
}

// once runs any other statement and sends its whole result.
func (c *call) once(sql string) error {
	b, stats, err := c.sess.conn.Query(sql, c.req.format, c.req.params)
	if err != nil {
		return err
	}
	c.summary(stats)
	if len(b) > 0 {
		_, err = c.out.Write(b)
	}
	return err
}

// insert hands the data over as it comes and commits at its proper end only.
func (c *call) insert() error {
	err := c.insertAll()
	if err != nil {
		c.letGo()
	}
	return err
}

func (c *call) insertAll() error {
	ins, err := c.sess.conn.Insert(c.tag+c.st.SQL, c.st.Format, c.req.params)
	if err != nil {
		return err
	}
	defer ins.Close()
	data := io.MultiReader(strings.NewReader(c.st.Data), eofReader{c.req.body})
	buf, ok := c.server.frames.Get().(*[frameBytes]byte)
	if !ok {
		buf = new([frameBytes]byte)
	}
	defer c.server.frames.Put(buf)
	for {
		n, err := fill(data, buf[:])
		if n > 0 {
			if _, werr := ins.Write(buf[:n]); werr != nil {
				if _, derr := ins.Done(); derr != nil { // it knows more
					werr = derr
				}
				return werr
			}
		}
		if err == io.EOF { //nolint:errorlint // a reader ends with io.EOF itself; a wrapped one is a failure
			break
		}
		if err != nil {
			ins.Cancel()
			return &Exception{Code: codeCannotRead, Text: "cannot read the body: " + err.Error()}
		}
	}
	if err := c.wholeBody(); err != nil {
		ins.Cancel()
		return err
	}
	stats, err := ins.Done()
	if err != nil {
		return err
	}
	c.summary(stats)
	return nil
}

// wholeBody makes sure that the client sent all it meant to send.
func (c *call) wholeBody() error {
	if err := c.req.ended(); err != nil {
		return &Exception{Code: codeCannotRead, Text: "the body broke off: " + err.Error()}
	}
	if c.ctx.Err() != nil {
		return &Exception{Code: codeCancelled, Text: "the client went away"}
	}
	return nil
}

// kill runs KILL QUERY: query_id means the client's id, and SYNC waits here
// because the engine's own SYNC never returns.
func (c *call) kill() error {
	k, ok := sqltext.ParseKill(c.st, queryIDColumn)
	if !ok {
		return &Exception{Code: codeSyntax, Text: "KILL QUERY needs a WHERE"}
	}
	mode := " ASYNC"
	if k.Test {
		mode = " TEST"
	}
	if err := c.once(c.tag + "KILL QUERY WHERE " + k.Where + mode + k.Tail); err != nil || !k.Sync {
		return err
	}
	running := c.tag + "SELECT count() FROM system.processes WHERE (" + k.Where + ") AND NOT startsWith(query, " + quoteValue(c.tag) + ")"
	for {
		b, _, err := c.sess.conn.Query(running, "TSVRaw", c.req.params)
		if err != nil {
			return err
		}
		if strings.TrimSpace(string(b)) == "0" {
			return nil
		}
		select {
		case <-c.ctx.Done():
			return c.ctx.Err()
		case <-time.After(killEvery):
		}
	}
}
