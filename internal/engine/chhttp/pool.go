package chhttp

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hindsight/internal/engine/chdb"
)

// pool holds a fixed number of connections.
type pool struct {
	connect func() (*chdb.Conn, error)
	base    map[string]string
	idle    chan *session
	size    int
}

// session is one connection with the database and settings that it stands on.
type session struct {
	conn     *chdb.Conn
	database string
	settings map[string]string
}

func newPool(cfg Config) (*pool, error) {
	p := &pool{connect: cfg.Connect, base: cfg.Settings, idle: make(chan *session, cfg.Connections)}
	for p.size < cfg.Connections {
		s, err := p.open()
		if err != nil {
			p.close()
			return nil, fmt.Errorf("open connection %d: %w", p.size+1, err)
		}
		p.idle <- s
		p.size++
	}
	return p, nil
}

func (p *pool) open() (*session, error) {
	conn, err := p.connect()
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, database: "default"}
	if err := s.set(p.base); err != nil {
		conn.Close()
		return nil, err
	}
	s.settings = maps.Clone(p.base)
	return s, nil
}

// acquire takes an idle connection and brings it to the database and settings.
func (p *pool) acquire(ctx context.Context, database string, settings map[string]string) (*session, error) {
	var s *session
	select {
	case s = <-p.idle:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := s.prepare(p.base, database, settings); err != nil {
		p.release(s)
		return nil, err
	}
	return s, nil
}

// release gives a connection back. One that cannot be brought back to the base
// settings is replaced, so that no request inherits what another one set.
func (p *pool) release(s *session) {
	if s.conn == nil || s.settings == nil {
		if s.conn != nil {
			s.conn.Close()
			s.conn = nil
		}
		if fresh, err := p.open(); err == nil {
			s = fresh
		} // else: the empty session stays in the pool; acquire tries again
	}
	p.idle <- s
}

func (p *pool) close() {
	for ; p.size > 0; p.size-- {
		if s := <-p.idle; s.conn != nil {
			s.conn.Close()
		}
	}
}

// spoil has the connection replaced when it is given back.
func (s *session) spoil() { s.settings = nil }

// prepare sets what differs from the last request.
func (s *session) prepare(base map[string]string, database string, settings map[string]string) error {
	if s.conn == nil {
		return &Exception{Code: codeNoConnection, Text: "the engine opens no connections"}
	}
	if database == "" {
		database = "default"
	}
	if database != s.database {
		if _, _, err := s.conn.Query("USE "+quoteName(database), "Null", nil); err != nil {
			return err
		}
		s.database = database
	}
	want := maps.Clone(base)
	if want == nil {
		want = map[string]string{}
	}
	maps.Copy(want, settings)
	if maps.Equal(want, s.settings) {
		return nil
	}
	change, back := map[string]string{}, []string{}
	for k, v := range want {
		if now, ok := s.settings[k]; !ok || now != v {
			change[k] = v
		}
	}
	for k := range s.settings {
		if _, ok := want[k]; !ok {
			back = append(back, k+"=DEFAULT")
		}
	}
	s.settings = nil // unknown until all of it worked
	if len(back) > 0 {
		if _, _, err := s.conn.Query("SET "+strings.Join(back, ", "), "Null", nil); err != nil {
			return err
		}
	}
	if err := s.set(change); err != nil {
		return err
	}
	s.settings = want
	return nil
}

func (s *session) set(settings map[string]string) error {
	if len(settings) == 0 {
		return nil
	}
	var list []string
	for _, k := range slices.Sorted(maps.Keys(settings)) {
		list = append(list, k+"="+quoteValue(settings[k]))
	}
	_, _, err := s.conn.Query("SET "+strings.Join(list, ", "), "Null", nil)
	return err
}

func quoteValue(v string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
}

func quoteName(v string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(v) + "`"
}
