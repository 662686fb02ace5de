package chaos

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"

	"hindsight/internal/wire"
)

// batchID names a batch of the one site.
type batchID struct {
	session  wire.SessionID
	document wire.DocumentID
	sequence uint32
}

// said is one thing that a page tells of itself (test/e2e/browser/witness.mjs).
type said struct {
	Kind       string   // sent, ack, refuse, closed, click, page; of the visitor: event
	Via        string   // of sent: ws, post, beacon
	Connection string   // of sent and ack
	Bodies     [][]byte // of sent: frames
	N          int      // of ack
	Reason     string   // of refuse
	Code       int      // of closed
	Path       string   // of click and page
	Name       string   // of event
}

// witness is the pages' own record: what they handed to the network, what they were told, what was done on them.
type witness struct {
	mu        sync.Mutex
	frames    map[batchID][]byte // as sent first
	order     []batchID
	sendings  map[batchID]int
	lines     map[string][]batchID // of a connection: its frames in order
	acks      map[string]int       // of a connection: how many of its frames are acknowledged
	beaconed  map[batchID]bool
	events    map[string]int // made, by name
	clicks    map[string]int // by path
	pages     int
	closes    map[int]int                // connections, by close code
	documents map[wire.DocumentID]uint32 // highest sequence
	wrong     error
}

func newWitness() *witness {
	return &witness{
		frames: map[batchID][]byte{}, sendings: map[batchID]int{}, lines: map[string][]batchID{}, acks: map[string]int{},
		beaconed: map[batchID]bool{}, events: map[string]int{}, clicks: map[string]int{}, closes: map[int]int{}, documents: map[wire.DocumentID]uint32{},
	}
}

func (w *witness) hear(all []said) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range all {
		switch s.Kind {
		case "sent":
			for _, frame := range s.Bodies {
				w.wrong = errors.Join(w.wrong, w.sent(s, frame))
			}
		case "ack":
			w.acks[s.Connection] = max(w.acks[s.Connection], s.N)
		case "refuse":
			w.wrong = errors.Join(w.wrong, fmt.Errorf("a frame was refused: %s", s.Reason))
		case "closed":
			w.closes[s.Code]++
			if s.Code >= 4100 {
				w.wrong = errors.Join(w.wrong, fmt.Errorf("closed for good with %d", s.Code))
			}
		case "event":
			w.events[s.Name]++
		case "click":
			w.clicks[s.Path]++
		case "page":
			w.pages++
		}
	}
}

func (w *witness) sent(s said, frame []byte) error {
	h, err := wire.ParseHeader(frame)
	if err != nil {
		return fmt.Errorf("a page sent what is no frame: %w", err)
	}
	id := batchID{h.Session, h.Document, h.Sequence}
	w.sendings[id]++
	w.lines[s.Connection] = append(w.lines[s.Connection], id)
	w.beaconed[id] = w.beaconed[id] || s.Via == "beacon"
	w.documents[h.Document] = max(w.documents[h.Document], h.Sequence)
	first, known := w.frames[id]
	if !known {
		w.frames[id], w.order = frame, append(w.order, id)
		return nil
	}
	return sameContent(id, first, frame)
}

// sameContent holds that a sequence number names one content for ever. How it is compressed may differ.
func sameContent(id batchID, a, b []byte) error {
	one, err1 := contentOf(a)
	other, err2 := contentOf(b)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if one != other {
		return fmt.Errorf("batch %d of document %s was sent with two contents", id.sequence, id.document)
	}
	return nil
}

func contentOf(frame []byte) (string, error) {
	f, err := wire.ParseFrame(frame)
	if err != nil {
		return "", err
	}
	signals, err1 := f.InflateSignals(nil)
	replay, err2 := f.InflateReplay(nil)
	return string(signals) + "\n" + string(replay), errors.Join(err1, err2)
}

// acked are the batches that are acknowledged, and an error where more were than had been sent: a page tells of acks in its
// last moment before it tells of frames, so this is asked once it is quiet.
func (w *witness) acked() (map[batchID]bool, error) {
	acked, wrong := map[batchID]bool{}, error(nil)
	for connection, n := range w.acks {
		line := w.lines[connection]
		if n > len(line) {
			wrong = errors.Join(wrong, fmt.Errorf("ack %d of a connection with %d frames", n, len(line)))
		}
		for _, id := range line[:min(n, len(line))] {
			acked[id] = true
		}
	}
	return acked, wrong
}

// told counts, by name, the events in batches that are acknowledged.
func (w *witness) told() (map[string]int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	names := map[string]int{}
	acked, _ := w.acked()
	for id := range acked {
		f, err := wire.ParseFrame(w.frames[id])
		if err != nil {
			return nil, err
		}
		raw, err := f.InflateSignals(nil)
		if err != nil {
			return nil, err
		}
		var section struct {
			Signals []struct{ K, Name string }
		}
		if err := json.Unmarshal(raw, &section); err != nil {
			return nil, err
		}
		for _, s := range section.Signals {
			if s.K == "event" {
				names[s.Name]++
			}
		}
	}
	return names, nil
}

// tally is what the record comes to so far.
type tally struct {
	pages, batches, acked, resent, beaconed int
	closes                                  map[int]int
}

func (w *witness) tally() (tally, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	acked, _ := w.acked()
	n := tally{pages: w.pages, batches: len(w.frames), acked: len(acked), closes: maps.Clone(w.closes)}
	for id, times := range w.sendings {
		if times > 1 {
			n.resent++
		}
		if w.beaconed[id] {
			n.beaconed++
		}
	}
	return n, w.wrong
}

// lost tells of batches that nobody acknowledged and no beacon carried.
func (w *witness) lost() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	acked, wrong := w.acked()
	for _, id := range w.order {
		if !acked[id] && !w.beaconed[id] {
			wrong = errors.Join(wrong, fmt.Errorf("%+v was neither acknowledged nor given to a beacon", id))
		}
	}
	return wrong
}

// all are the frames in the order of their first sending, and how many numbers of their documents never came.
func (w *witness) all() (frames [][]byte, missing int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range w.order {
		frames = append(frames, w.frames[id])
	}
	for _, last := range w.documents {
		missing += int(last)
	}
	return frames, missing - len(frames)
}
