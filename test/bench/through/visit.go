package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"time"

	"hindsight/internal/rrweb"
	"hindsight/internal/wire"
)

// frame is a recorded frame, opened.
type frame struct {
	wire.Header
	signals, replay []byte
	document        int    // which of the visit's documents
	events          int    // rrweb events in it
	first, last     int64  // times of the first event and the last, Unix ms by the browser's clock; 0 where there is none
	offset          int64  // what the server adds to it
	fixed           bool   // the frame names the offset itself: otherwise it is another at each sending
	raw             []byte // as it is sent, but for the ids and the time of sending
}

// visit is one recorded session, in the order in which its frames came.
type visit struct {
	frames    []frame
	documents int
	events    int
	bytes     int
	first     int64 // time of the first event, Unix ms
	end       int64 // of the last
	lasted    int64 // ms between the two
}

// opened sorts recorded frames by session and opens them. What a page that is left sends by its websocket and by beacon
// as well, since it cannot wait for the ack, is one batch, and is played once.
func opened(t *tape) ([]*visit, error) {
	var visits []*visit
	bySession := map[wire.SessionID]*visit{}
	documents := map[wire.DocumentID]int{}
	type identityOf struct {
		session  wire.SessionID
		document wire.DocumentID
		sequence uint32
	}
	seen := map[identityOf]bool{}
	for _, raw := range t.Frames {
		parsed, err := wire.ParseFrame(raw)
		if err != nil {
			return nil, fmt.Errorf("a recorded frame: %w", err)
		}
		batch := identityOf{parsed.Session, parsed.Document, parsed.Sequence}
		if seen[batch] {
			continue
		}
		seen[batch] = true
		v := bySession[parsed.Session]
		if v == nil {
			v = &visit{}
			bySession[parsed.Session] = v
			visits = append(visits, v)
		}
		n, known := documents[parsed.Document]
		if !known {
			n = v.documents
			documents[parsed.Document] = n
			v.documents++
		}
		f := frame{Header: parsed.Header, document: n}
		if err := f.open(&parsed); err != nil {
			return nil, err
		}
		v.frames = append(v.frames, f)
		v.events += f.events
		v.bytes += len(raw)
		v.end = max(v.end, f.last)
		if f.first > 0 && (v.first == 0 || f.first < v.first) {
			v.first = f.first
		}
	}
	for _, v := range visits {
		v.lasted = v.end - v.first
	}
	if len(visits) == 0 {
		return nil, errors.New("no visit was recorded")
	}
	return visits, nil
}

// open inflates the sections and counts the events as the processor does.
func (f *frame) open(parsed *wire.Frame) (err error) {
	if f.Signals.Raw > 0 {
		if f.signals, err = parsed.InflateSignals(nil); err != nil {
			return err
		}
		var s wire.Signals
		if err := s.Decode(f.signals); err != nil {
			return err
		}
		f.offset, f.fixed = int64(math.Round(s.Offset)), s.HasOffset
	}
	if f.Replay.Raw == 0 {
		return nil
	}
	if f.replay, err = parsed.InflateReplay(nil); err != nil {
		return err
	}
	var reader rrweb.Reader
	section, err := reader.Read(f.replay, wire.MaxReplay)
	if err != nil {
		return err
	}
	for i := range section.Events {
		if _, is, _ := section.Events[i].Sheet(); is {
			continue // no rrweb event: the processor takes it out, the API puts its text elsewhere
		}
		f.events++
		at := section.Events[i].Timestamp
		if f.last = max(f.last, at); f.first == 0 || at < f.first {
			f.first = at
		}
	}
	return nil
}

// moment is a Unix ms of these decades; in what the shop's visits send nothing else has 13 digits.
var moment = regexp.MustCompile(`\b1[6-9]\d{11}\b`)

// moved gives the visit with all times moved so that it ends at a moment, packed as the tracker packs.
func (v *visit) moved(end time.Time) (*visit, error) {
	by := end.UnixMilli() - v.end
	out := *v
	out.frames = slices.Clone(v.frames)
	out.end, out.bytes = v.end+by, 0
	for i := range out.frames {
		f := &out.frames[i]
		h := f.Header
		f.signals, f.replay = shifted(f.signals, v.end, by), shifted(f.replay, v.end, by)
		var err error
		if f.raw, err = wire.EncodeFrameCodecs(h, f.signals, f.replay, h.Signals.Codec, h.Replay.Codec); err != nil {
			return nil, fmt.Errorf("pack a recorded frame: %w", err)
		}
		f.last += by
		out.bytes += len(f.raw)
	}
	return &out, nil
}

// shifted moves every time that lies within a day of another.
func shifted(section []byte, near, by int64) []byte {
	return moment.ReplaceAllFunc(section, func(digits []byte) []byte {
		at, err := strconv.ParseInt(string(digits), 10, 64)
		if err != nil || at < near-24*time.Hour.Milliseconds() || at > near+24*time.Hour.Milliseconds() {
			return digits
		}
		return strconv.AppendInt(nil, at+by, 10)
	})
}

// Where the ids lie in a frame (docs/wire-protocol.md, section 3).
const (
	sessionAt  = 8
	documentAt = 24
	visitorAt  = 48
	sentAtAt   = 88
)

// identity is whose visit a replayed one is.
type identity struct {
	session   wire.SessionID
	visitor   [16]byte
	documents []wire.DocumentID
}

func newIdentity(v *visit) identity {
	id := identity{session: wire.NewSessionID(wire.DayOf(time.UnixMilli(v.end)))}
	id.visitor = wire.NewDocumentID() // sixteen random bytes
	for range v.documents {
		id.documents = append(id.documents, wire.NewDocumentID())
	}
	return id
}

// sign writes the frame of somebody else's visit into room.
func (id *identity) sign(room []byte, f *frame) []byte {
	out := append(room[:0], f.raw...)
	copy(out[sessionAt:], id.session[:])
	copy(out[documentAt:], id.documents[f.document][:])
	if !bytes.Equal(out[visitorAt:visitorAt+16], make([]byte, 16)) {
		copy(out[visitorAt:], id.visitor[:])
	}
	wire.SetSentAt(out[:sentAtAt+8], float64(time.Now().UnixMilli()))
	return out
}
