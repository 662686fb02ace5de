package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Size is a width and a height in CSS px.
type Size struct{ W, H int }

// Session is one session as derived from its batches.
type Session struct {
	ID        string
	Visitor   string // the stored hash, "" for none
	StartedAt time.Time
	EndedAt   time.Time
	Duration  time.Duration
	// Active is the part of Duration in which the visitor did something
	// (derive.go says what counts).
	Active time.Duration

	Pages, Clicks, Scrolls, Keystrokes, Errors uint32
	Batches, Documents, Tabs                   uint32
	Missing                                    uint32 // sequence numbers not there
	Gaps                                       uint32 // pauses the tracker reported
	Rages, Deads, QuickBacks                   uint32 // what went wrong for the visitor (derive.go)
	Refused                                    uint32 // replay sections that were not kept

	GapTime      time.Duration     // all pauses together
	GapReasons   map[string]uint64 // how many pauses had each reason
	ReplayEvents uint64            // 0 when the recording is past retention

	EntryPath, ExitPath string
	Paths               []string
	Referrer            string
	Language, TimeZone  string
	Screen, Viewport    Size

	Browser, BrowserVersion, OS, OSVersion string
	Device, Country                        string
	Demo                                   bool
}

// closedAfter is how long after its last event a session is over: the tracker
// begins a new one then.
const closedAfter = 30 * time.Minute

// Closed tells whether a session is over at a moment: it is computed, never
// stored, so that a late batch changes it by changing the end alone.
func (s *Session) Closed(now time.Time) bool { return !now.Before(s.EndedAt.Add(closedAfter)) }

// SessionQuery chooses sessions; zero values choose all of them.
type SessionQuery struct {
	Period
	Path, Device, Browser, Country, Visitor string
	MinDuration                             time.Duration
	HasClick, HasError, HasGap              bool
	HasRecording, OnlyDemo                  bool
	HasRage, HasDead, HasQuickBack          bool

	// After is the last session of the page before, in the order of the list.
	After *SessionPlace
	Limit int
}

// SessionPlace is a place in the list of sessions: newest first, by id among
// those that began in the same millisecond.
type SessionPlace struct {
	StartedAt time.Time
	Session   string
}

// ListSessions returns sessions newest first.
func (s *Store) ListSessions(ctx context.Context, v Visible, q SessionQuery) ([]Session, error) {
	return s.readSessions(ctx, v, q, "", q.args()...)
}

// Session returns one session, or ErrNotFound. A session appears a few seconds
// after its first batch, when it has been derived.
func (s *Store) Session(ctx context.Context, v Visible, session string) (Session, error) {
	day := SessionDay(session)
	q := SessionQuery{Period: Period{From: day.AddDate(0, 0, -1), To: day.AddDate(0, 0, daysBefore)}, Limit: 1}
	found, err := s.readSessions(ctx, v, q, session, q.args()...)
	if err != nil {
		return Session{}, err
	}
	if len(found) == 0 {
		return Session{}, ErrNotFound
	}
	return found[0], nil
}

func (s *Store) readSessions(ctx context.Context, v Visible, q SessionQuery, session string, args ...any) ([]Session, error) {
	var out []Session
	args = append(args, named("session", session))
	err := s.each(ctx, "read_sessions", func(rows driver.Rows) error {
		row, err := scanSession(rows)
		out = append(out, row)
		return err
	}, v.Args(args...)...)
	return out, err
}

func (q SessionQuery) args() []any {
	after := SessionPlace{}
	if q.After != nil {
		after = *q.After
	}
	return append(q.Period.args(),
		named("visitor", q.Visitor), named("path", q.Path), named("device", q.Device),
		named("browser", q.Browser), named("country", q.Country),
		named("min_duration", q.MinDuration.Milliseconds()),
		named("has_click", q.HasClick), named("has_error", q.HasError), named("has_gap", q.HasGap),
		named("has_rage", q.HasRage), named("has_dead", q.HasDead), named("has_quick_back", q.HasQuickBack),
		named("has_recording", q.HasRecording), named("only_demo", q.OnlyDemo),
		named("after", after.StartedAt.UnixMilli()), named("after_session", after.Session),
		named("limit", q.Limit),
	)
}

func scanSession(rows driver.Rows) (Session, error) {
	var s Session
	var id, visitor string
	var duration, active, gapMS uint64
	var screenW, screenH, viewportW, viewportH uint16
	var demo, recordingVisible uint8
	err := rows.Scan(&id, &visitor, &s.StartedAt, &s.EndedAt, &duration, &active,
		&s.Pages, &s.Clicks, &s.Scrolls, &s.Keystrokes, &s.Errors, &s.Rages, &s.Deads, &s.QuickBacks,
		&s.Batches, &s.Documents, &s.Tabs, &s.Missing, &s.Gaps, &gapMS, &s.GapReasons, &s.Refused,
		&s.ReplayEvents,
		&s.EntryPath, &s.ExitPath, &s.Paths, &s.Referrer, &s.Language, &s.TimeZone,
		&screenW, &screenH, &viewportW, &viewportH,
		&s.Browser, &s.BrowserVersion, &s.OS, &s.OSVersion, &s.Device, &s.Country, &demo, &recordingVisible)
	if err != nil {
		return s, err
	}
	s.ID, s.Visitor = hexID(id), visitorID(visitor)
	s.Duration = time.Duration(duration) * time.Millisecond // at most some days
	s.Active, s.GapTime = time.Duration(active)*time.Millisecond, time.Duration(gapMS)*time.Millisecond
	s.Screen = Size{int(screenW), int(screenH)}
	s.Viewport = Size{int(viewportW), int(viewportH)}
	s.Demo = demo == 1
	if recordingVisible == 0 {
		s.ReplayEvents = 0
	}
	return s, nil
}
