package store

import (
	"encoding/binary"
	"time"

	"hindsight/internal/native"
)

// Record is everything that one batch puts into the raw tables. It is stored or
// refused as a whole. Every field that belongs to a sorting key is a function
// of the frame's content alone.
//
// Times are Unix ms, sizes CSS px, ids as they are on the wire.
type Record struct {
	Identity
	// New tells that nothing of the session was stored before this process began
	// to write what comes of it (Earlier): no column, but a derivation need not ask
	// for what was written here.
	New        bool
	Batch      BatchRow
	Views      []ViewRow
	Hits       []HitRow
	Events     []EventRow
	HeatPoints []HeatRow
	Traces     []TraceRow
	Chunk      *ChunkRow // nil without a replay section that is kept
	Snapshots  []SnapshotRow
	Sheets     []SheetRow
	Consents   []ConsentRow
	// Protected are the nodes that the replay section shows as protected
	// fields, kept or not: a row of protected_fields, if there are any.
	Protected []int64
}

// Identity of a batch; it names one content for ever.
type Identity struct {
	Site     string
	Session  [16]byte
	Document [16]byte
	Sequence uint32
}

// Day is the day in the session id: the partition of everything of it.
func (id *Identity) Day() time.Time { return dayOfID(id.Session) }

// Of is the document whose batch it is.
func (id *Identity) Of() Document { return Document{id.Site, id.Session, id.Document} }

// dayOfID is the UTC day that a session id begins with.
func dayOfID(session [16]byte) time.Time { return dayNumber(session).Time() }

func dayNumber(session [16]byte) native.Day {
	return native.Day(binary.BigEndian.Uint16(session[:2]))
}

// How a batch's clock offset was found.
const (
	OffsetNone      int8 = 0 // none is known: times are the browser's
	OffsetHandshake int8 = 1 // the section names it: a function of content
	OffsetSentAt    int8 = 2 // receive time less sent_at: another at each sending
)

// What became of a batch's replay section.
const (
	ReplayNone    int8 = 0
	ReplayKept    int8 = 1
	ReplayRefused int8 = 2
)

// BatchRow is a row of batches: where a batch came from, when, how much.
type BatchRow struct {
	Tab      uint64
	Visitor  [16]byte // zeros: none
	Flags    uint16
	Consent  uint8
	View     uint16
	Path     string
	FirstAt  int64
	LastAt   int64
	OffsetMS int64

	OffsetSource int8
	ReceivedAt   int64
	SentAt       int64
	Via          string

	Browser, BrowserVersion string
	OS, OSVersion           string
	Device                  string
	Country                 string // ISO 3166-1 alpha-2 or ""

	Views, Gaps                                        uint16
	Clicks, Scrolls, Moves, Keystrokes, Errors, Custom uint32

	Signals, SignalsBytes     uint32
	ReplayEvents, ReplayBytes uint32
	ReplayState               int8
}

// version lets a row that knows its country beat one that does not, and one whose
// recording is refused beat any that keeps it: who refused it knew more.
func (b *BatchRow) version() (v uint8) {
	if b.Country != "" {
		v = 1
	}
	if b.ReplayState == ReplayRefused {
		v += versionRefused
	}
	return v
}

// versionRefused stands in queries/refuse_batches.sql, too.
const versionRefused = 2

// ViewRow is a row of page_views.
type ViewRow struct {
	Index                   uint16
	View                    uint16
	Tab                     uint64
	At                      int64
	Path                    string
	URL, Title, Referrer    string
	Nav, Language, TimeZone string
	ScreenW, ScreenH        uint16
	ViewportW, ViewportH    uint16
	DocumentW, DocumentH    uint32
	DPR                     float32
	Browser, BrowserVersion string // from client hints
	OS, OSVersion           string
}

// Kinds of HitRow.
const (
	HitView int8 = 1
	HitLoad int8 = 2
)

// HitRow is a row of page_hits: what page figures are derived from.
type HitRow struct {
	Index   uint16
	Path    string
	Kind    int8
	Visitor [16]byte
	MS      float64 // load time; 0 for a view
}

// EventRow is a row of events.
type EventRow struct {
	Index uint16
	View  uint16
	At    int64
	Kind  string
	Path  string
	Name  string
	Value float64
	Data  string // JSON
}

// Kinds of HeatRow.
const (
	HeatClick  int8 = 1
	HeatScroll int8 = 3
)

// HeatRow is a row of heat_points.
type HeatRow struct {
	Path                 string
	Kind                 int8
	ViewportW, ViewportH uint16
	Index                uint16
	View                 uint16
	At                   int64
	Selector             string
	FX, FY               uint16 // place inside the element's box, 0 … 65535
	X, Y                 int32
	DocumentW, DocumentH uint32
	Fixed                uint8
	ScrollX, ScrollY     int32
	Weight               uint32
	Device               string
}

// Kinds of TraceRow.
const (
	TraceMove      int8 = 2
	TraceAttention int8 = 4
)

// TraceRow is a row of heat_traces: a movement with its cells, or how long which
// bands of a page were in sight. The three slices are equally long: left and
// top of a cell, height and top of a band, and the ms.
type TraceRow struct {
	Path                 string
	Kind                 int8
	ViewportW, ViewportH uint16
	Index, View          uint16
	At                   int64
	X, Y                 []int32
	Weight               []uint32
	DocumentW, DocumentH uint32
	Device               string
}

// How a replay section rests.
const (
	// ChunkZstd: rrweb's events, written out and compressed by the processor, as
	// earlier versions stored what had not come compressed.
	ChunkZstd int8 = 1
	// ChunkDeflate: in the form in which the tracker sent it, raw deflate with
	// events and nodes written short (internal/rrweb writes them out).
	ChunkDeflate int8 = 2
)

// ChunkRow is a row of recording_chunks: one replay section.
type ChunkRow struct {
	Codec           int8
	FirstTS, LastTS int64 // browser clock, not corrected
	OffsetMS        int64
	Events          uint32
	RawBytes        uint32 // written out
	Snapshots       uint16
	Payload         []byte // events, as Codec says
}

// SheetRow is the definition of a style sheet: a row of session_sheets, which
// says what an id stands for, and one of style_sheets, which holds the text.
type SheetRow struct {
	Index   uint32 // place of the event in the section
	TS      int64  // browser clock, not corrected
	ID      string // the tracker's, of this session
	Hash    [32]byte
	Bytes   uint32 // of the text, decompressed
	Payload []byte // JSON array of the rules' texts, zstd
}

// SnapshotRow is a row of snapshots: where to find a page's picture.
type SnapshotRow struct {
	Path                 string
	ViewportW, ViewportH uint16
	At                   int64
	Bytes                uint32
}

// ConsentRow is a row of consents: the proof that a consent was given. It names
// neither session nor visitor.
type ConsentRow struct {
	Key     [16]byte
	At      int64 // by the browser's clock
	State   string
	Version string // of the wording
	URL     string
}
