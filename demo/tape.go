package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"hindsight/internal/wire"
)

// batch is what one frame will carry. It is encoded when it is sent: consent
// state and sampling are the connection's to know.
type batch struct {
	header          wire.Header
	signals, replay []byte
}

// A batch is closed this long after its first entry, or when this much has
// gathered. A tracker that watches a live page is asked for 2 s; visits of the
// past are told in larger pieces.
const (
	batchMS    = 10_000
	batchBytes = 16_384
)

// tape gathers the signals and the replay events of one document (one page
// load) into batches.
type tape struct {
	header wire.Header
	origin float64 // Unix ms
	view   int
	path   string

	signals bytes.Buffer // the array's elements
	count   int
	replay  bytes.Buffer // the array's elements
	events  int
	since   float64 // Unix ms of the first entry in the open batch; 0: empty

	out []batch
}

// signal adds a signal of that kind at a moment (Unix ms).
func (t *tape) signal(at float64, kind string, members map[string]any) {
	members["k"] = kind
	members["t"] = math.Round((at-t.origin)*10) / 10
	if t.count > 0 {
		t.signals.WriteByte(',')
	}
	appendJSON(&t.signals, members)
	t.count++
	t.touch(at)
}

// rrweb event types.
const (
	eventSnapshot    = 2
	eventIncremental = 3
	eventMeta        = 4
)

// event adds a replay event. data is marshalled, save a json.RawMessage, which
// is taken as it is.
func (t *tape) event(at float64, kind int, data any) {
	if t.events > 0 {
		t.replay.WriteByte(',')
	}
	fmt.Fprintf(&t.replay, `{"type":%d,"data":`, kind)
	if raw, ok := data.(json.RawMessage); ok {
		t.replay.Write(raw)
	} else {
		appendJSON(&t.replay, data)
	}
	fmt.Fprintf(&t.replay, `,"timestamp":%d}`, int64(at))
	t.events++
	t.touch(at)
}

func (t *tape) touch(at float64) {
	if t.since == 0 {
		t.since = at
	}
}

// due tells whether the open batch should be closed.
func (t *tape) due(now float64) bool {
	return t.since != 0 && (now-t.since >= batchMS || t.signals.Len()+t.replay.Len() >= batchBytes)
}

// close ends the open batch, if it holds anything.
func (t *tape) close(last bool) {
	if t.since == 0 {
		return
	}
	var section bytes.Buffer
	fmt.Fprintf(&section, `{"origin":%s,"offset":0,"view":%d,"path":`, number(t.origin), t.view)
	appendJSON(&section, t.path)
	section.WriteString(`,"signals":[`)
	section.Write(t.signals.Bytes())
	section.WriteString(`]}`)
	b := batch{header: t.header, signals: section.Bytes()}
	if t.events > 0 {
		b.replay = append(append([]byte{'['}, t.replay.Bytes()...), ']')
	}
	b.header.Sequence = uint32(len(t.out) + 1)
	if last {
		b.header.Flags |= wire.FlagLast
	}
	t.out = append(t.out, b)
	t.signals.Reset()
	t.replay.Reset()
	t.count, t.events, t.since = 0, 0, 0
}

// appendJSON writes values of our own making, which always marshal.
func appendJSON(b *bytes.Buffer, v any) {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("demo: marshal %T: %v", v, err))
	}
	b.Truncate(b.Len() - 1) // the encoder ends every value with a line feed
}

func number(v float64) string {
	text, _ := json.Marshal(v) // finite
	return string(text)
}
