package api

import (
	"time"

	"hindsight/internal/store"
)

type sizeView struct {
	W int `json:"w"`
	H int `json:"h"`
}

type sessionView struct {
	ID             string   `json:"id"`
	Visitor        *string  `json:"visitor"`
	StartedAt      stamp    `json:"started_at"`
	EndedAt        stamp    `json:"ended_at"`
	DurationMS     int64    `json:"duration_ms"`
	ActiveMS       int64    `json:"active_ms"`
	Closed         bool     `json:"closed"`
	Pages          uint32   `json:"pages"`
	Clicks         uint32   `json:"clicks"`
	Scrolls        uint32   `json:"scrolls"`
	Keystrokes     uint32   `json:"keystrokes"`
	Errors         uint32   `json:"errors"`
	Rages          uint32   `json:"rages"`
	Deads          uint32   `json:"deads"`
	QuickBacks     uint32   `json:"quick_backs"`
	Batches        uint32   `json:"batches"`
	DocumentsCount uint32   `json:"documents_count"`
	Tabs           uint32   `json:"tabs"`
	Missing        uint32   `json:"missing"`
	GapsCount      uint32   `json:"gaps"`
	GapMS          int64    `json:"gap_ms"`
	Refused        uint32   `json:"refused"`
	EntryPath      string   `json:"entry_path"`
	ExitPath       string   `json:"exit_path"`
	Paths          []string `json:"paths"`
	Referrer       string   `json:"referrer"`
	Language       string   `json:"language"`
	TimeZone       string   `json:"time_zone"`
	Screen         sizeView `json:"screen"`
	Viewport       sizeView `json:"viewport"`
	Browser        string   `json:"browser"`
	BrowserVersion string   `json:"browser_version"`
	OS             string   `json:"os"`
	OSVersion      string   `json:"os_version"`
	Device         string   `json:"device"`
	Country        string   `json:"country"`
	HasRecording   bool     `json:"has_recording"`
	ReplayEvents   uint64   `json:"replay_events"`
	Demo           bool     `json:"demo"`

	GapReasons map[string]uint64 `json:"gap_reasons"`
}

func viewSession(s store.Session, now time.Time) sessionView {
	view := sessionView{
		ID: s.ID, StartedAt: stamp(s.StartedAt), EndedAt: stamp(s.EndedAt), DurationMS: s.Duration.Milliseconds(),
		ActiveMS: s.Active.Milliseconds(), Closed: s.Closed(now), Rages: s.Rages, Deads: s.Deads, QuickBacks: s.QuickBacks,
		GapMS: s.GapTime.Milliseconds(), GapReasons: s.GapReasons, Refused: s.Refused,
		Pages: s.Pages, Clicks: s.Clicks, Scrolls: s.Scrolls, Keystrokes: s.Keystrokes, Errors: s.Errors,
		Batches: s.Batches, DocumentsCount: s.Documents, Tabs: s.Tabs, Missing: s.Missing, GapsCount: s.Gaps,
		EntryPath: s.EntryPath, ExitPath: s.ExitPath, Paths: s.Paths, Referrer: s.Referrer,
		Language: s.Language, TimeZone: s.TimeZone, Screen: sizeView(s.Screen), Viewport: sizeView(s.Viewport),
		Browser: s.Browser, BrowserVersion: s.BrowserVersion, OS: s.OS, OSVersion: s.OSVersion,
		Device: s.Device, Country: s.Country,
		HasRecording: s.ReplayEvents > 0, ReplayEvents: s.ReplayEvents, Demo: s.Demo,
	}
	if s.Visitor != "" {
		view.Visitor = &s.Visitor
	}
	if view.GapReasons == nil {
		view.GapReasons = map[string]uint64{}
	}
	if view.Paths == nil {
		view.Paths = []string{}
	}
	return view
}

type statusView struct {
	FirstEventAt *stamp `json:"first_event_at"`
	LastEventAt  *stamp `json:"last_event_at"`
	Sessions     uint64 `json:"sessions"`
	DemoSessions uint64 `json:"demo_sessions"`
	Batches      uint64 `json:"batches"`
}

func viewStatus(s store.Status) statusView {
	view := statusView{Sessions: s.Sessions, DemoSessions: s.DemoSessions, Batches: s.Batches}
	if s.Sessions > 0 {
		view.FirstEventAt, view.LastEventAt = (*stamp)(&s.First), (*stamp)(&s.Last)
	}
	return view
}
