package wire

// Signals is a decoded signals section. The signals stand apart by kind, each
// list in the order of happening; Index says where each stood in the section's
// array, and so names it for ever: dropped and unknown ones keep their number.
//
// Texts lie beside those of other sections and keep some kilobytes of them alive.
type Signals struct {
	// Origin is performance.timeOrigin, Unix ms by the browser's clock.
	Origin float64
	// Offset is the clock offset in ms; HasOffset tells whether the section
	// names one.
	Offset    float64
	HasOffset bool
	// View is the index of the page view within the document.
	View int
	// Path is the page view's scrubbed path.
	Path string

	Views      []View
	Loads      []Load
	Clicks     []Click
	Deads      []Dead
	Moves      []Move
	Scrolls    []Scroll
	Attentions []Attention
	Fields     []Field
	Submits    []Submit
	Typings    []Typing
	Vitals     []Vital
	Errors     []ScriptError
	Events     []Event
	Identifies []Identify
	Sets       []Set
	Consents   []Consent
	Visibles   []Visible
	Gaps       []Gap

	// Count is the length of the section's array.
	Count int
	// Invalid, UnknownKinds and UnknownMembers count what was dropped.
	Invalid, UnknownKinds, UnknownMembers int

	cells  []Cell
	bands  []BandTime
	brands []Brand

	texts    texts
	resolved []byte // see scanner
}

// At is where and when a signal stands.
type At struct {
	// Index is the place in the section's array.
	Index int
	// T is in ms since the section's origin.
	T float64
}

// View is a page view. Sizes are CSS px.
type View struct {
	At
	URL, Title, Referrer string
	Nav                  string // load, reload, back or spa
	Language, TimeZone   string
	ScreenW, ScreenH     int
	ViewportW, ViewportH int
	DocumentW, DocumentH int
	DPR                  float64
	// From client hints, "" and nil where not given. Brands is what the browser
	// lists; older trackers have chosen from it and name Browser.
	Brands                  []Brand
	Browser, BrowserVersion string
	OS, OSVersion           string
	HasHints, Mobile        bool
}

// Brand is a name that a browser gives itself, and that name's version.
type Brand struct {
	Name, Version string
}

// Load is the timing of a page's loading, in ms from the navigation's start.
type Load struct {
	At
	MS             float64
	TTFB, DCL, FCP OptionalMS
}

// OptionalMS is a duration in ms that a browser may not tell.
type OptionalMS struct {
	MS    float64
	Known bool
}

// Click is a click with its element. Positions and sizes are CSS px.
type Click struct {
	At
	Selector             string
	FX, FY               float64 // place in the element's box, 0…1
	X, Y                 int     // of the page
	ViewportW, ViewportH int
	DocumentW, DocumentH int
	Fixed                bool
	ScrollX, ScrollY     int    // of the nearest inner scroller
	Pointer              string // mouse, touch or pen
	Able                 bool   // looks as if a click did something
}

// Dead tells of an earlier click after which nothing changed.
type Dead struct {
	At
	Of float64 // the click's T
}

// Cell is a square of 16 page px and how long the pointer was in it.
type Cell struct {
	Col, Row int
	DwellMS  int
}

// Move is a stretch of pointer movement.
type Move struct {
	At
	ViewportW, ViewportH int
	DocumentW, DocumentH int
	Cells                []Cell
}

// Scroll is a scroll position. Values are page px.
type Scroll struct {
	At
	Y                    int // top of the viewport
	Max                  int // lowest bottom edge seen so far
	ViewportW, ViewportH int
	DocumentH            int
}

// BandTime is how long one band of the page was in sight.
type BandTime struct {
	Band, MS int
}

// Attention is how long each band of the page was in sight of a visitor who was
// there. Band n lies from n to n+1 times Height page px.
type Attention struct {
	At
	ViewportW, ViewportH int
	DocumentH            int
	Height               int
	Bands                []BandTime
}

// Field is a visit to one form field. Never of a protected one.
type Field struct {
	At
	Selector, Form string     // Form is "" without one
	MS             float64    // focused in all
	Wait           OptionalMS // from the focus to the first change
	Changes        int
	Refills        int
	Filled         bool
	Left           string // blur, submit or leave
}

// Submit is a form that was sent off.
type Submit struct {
	At
	Selector string
	Fields   int // protected ones left out
}

// Vital is one of the web vitals. Value is in ms; of CLS a number without unit.
type Vital struct {
	At
	Name   string // LCP, INP, CLS, FCP or TTFB
	Value  float64
	Rating string // good, needs-improvement or poor
}

// Typing is the totals of one field's typing.
type Typing struct {
	At
	Selector string
	Keys     int
	MS       float64
}

// ScriptError is an error of the page. All texts are scrubbed.
type ScriptError struct {
	At
	Message, Type string // type: error or rejection
	Stack, Source string
	Line, Col     int
}

// Event is a custom event. Props is a JSON object of strings, numbers and
// booleans as it came, or "".
type Event struct {
	At
	Name, Props string
}

// Identify names the visitor by an id of the site's own.
type Identify struct {
	At
	ID, Traits string
}

// Set sets properties of the session.
type Set struct {
	At
	Props string
}

// Consent is a choice about consent.
type Consent struct {
	At
	State   string  // granted, denied or implied
	Version string  // of the wording
	Key     string  // of the proof, 32 hexadecimal digits, or ""
	Given   float64 // when the choice was made, Unix ms by the browser's clock; 0 when not told
	URL     string  // where, scrubbed
	Held    bool    // told again from what the browser remembers, in a later session
}

// Visible tells that the page came to the front or went from it.
type Visible struct {
	At
	On bool
}

// Gap is a pause that the tracker reports. It lasts from T to To.
type Gap struct {
	At
	Reason string // memory, budget, too_large or paused
	To     float64
}

// reset empties s and keeps its memory.
func (s *Signals) reset() {
	*s = Signals{
		Views: s.Views[:0], Loads: s.Loads[:0], Clicks: s.Clicks[:0], Moves: s.Moves[:0],
		Scrolls: s.Scrolls[:0], Typings: s.Typings[:0], Errors: s.Errors[:0],
		Deads: s.Deads[:0], Attentions: s.Attentions[:0], Fields: s.Fields[:0],
		Submits: s.Submits[:0], Vitals: s.Vitals[:0],
		Events: s.Events[:0], Identifies: s.Identifies[:0], Sets: s.Sets[:0],
		Consents: s.Consents[:0], Visibles: s.Visibles[:0], Gaps: s.Gaps[:0],
		cells: s.cells[:0], bands: s.bands[:0], brands: s.brands[:0],
		texts: s.texts, resolved: s.resolved,
	}
}
