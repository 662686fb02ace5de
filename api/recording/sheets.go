package recording

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"hindsight/internal/store"
)

// SheetSource knows the style sheets of one session.
type SheetSource interface {
	// Names says what the session's ids stand for.
	Names(ctx context.Context) (map[string]store.SheetName, error)
	// Texts returns what is still there of these hashes.
	Texts(ctx context.Context, hashes []string) ([]store.SheetText, error)
}

// Bounds of memory. A stranger's tracker may name a large sheet a thousand
// times in one event.
const (
	maxInserted = 32 << 20 // of text put into one event
	maxSheets   = 64 << 20 // of text kept between events
)

// Sheets puts the text of style sheets back into the events of one session. It
// asks its source only when an event needs something, and is for one goroutine.
type Sheets struct {
	inflater *Inflater
	source   SheetSource
	names    map[string]store.SheetName // nil: not asked yet
	texts    map[string][]byte          // by hash: JSON array of rules
	held     int
	buf      []byte
	// Unknown counts references that stand for nothing: never defined, erased, or
	// too much for one event. They become empty text.
	Unknown int
}

// NewSheets returns one that knows nothing yet.
func NewSheets(inflater *Inflater, source SheetSource) *Sheets {
	return &Sheets{inflater: inflater, source: source, texts: map[string][]byte{}}
}

// Expand returns the event with the text of its sheets in place of references.
// The bytes are the caller's until the next call; without a reference they are
// those of the event.
func (s *Sheets) Expand(ctx context.Context, event []byte) ([]byte, error) {
	refs := references(event)
	if len(refs) == 0 {
		return event, nil
	}
	if err := s.gather(ctx, refs); err != nil {
		return nil, err
	}
	out, at, room := s.buf[:0], 0, maxInserted
	for _, r := range refs {
		rules := s.texts[s.names[r.id].Hash]
		if rules == nil || len(rules) > room {
			rules = emptyArray
			s.Unknown++
		}
		out = append(out, event[at:r.from]...)
		before := len(out)
		if r.rules {
			out = appendEntries(out, rules)
		} else {
			out = appendJoined(out, rules)
		}
		room -= len(out) - before
		at = r.to
	}
	s.buf = append(out, event[at:]...)
	if out = s.buf; cap(s.buf) > maxSection {
		s.buf = nil
	}
	return out, nil
}

var emptyArray = []byte("[]")

// gather makes sure that every text is at hand that the references may need.
func (s *Sheets) gather(ctx context.Context, refs []reference) (err error) {
	if s.names == nil {
		if s.names, err = s.source.Names(ctx); err != nil {
			return err
		}
	}
	var missing []string
	wanted, bytes := map[string]bool{}, 0
	for _, r := range refs {
		name, ok := s.names[r.id]
		if !ok || wanted[name.Hash] || bytes+int(name.Bytes) > maxInserted {
			continue
		}
		wanted[name.Hash] = true
		bytes += int(name.Bytes)
		if _, ok := s.texts[name.Hash]; !ok {
			missing = append(missing, name.Hash)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if s.held+bytes > maxSheets {
		s.forget(wanted)
	}
	texts, err := s.source.Texts(ctx, missing)
	if err != nil {
		return err
	}
	for _, t := range texts {
		rules, err := s.inflater.inflateText(t.Codec, t.Bytes, t.Size)
		if err != nil {
			return fmt.Errorf("style sheet: %w", err)
		}
		s.texts[t.Hash] = rules
		s.held += len(rules)
	}
	return nil
}

// forget lets go of all but the wanted texts.
func (s *Sheets) forget(wanted map[string]bool) {
	for hash, rules := range s.texts {
		if !wanted[hash] {
			delete(s.texts, hash)
			s.held -= len(rules)
		}
	}
}

// appendJoined appends the strings of a JSON array as one string.
func appendJoined(dst, array []byte) []byte {
	dst = append(dst, '"')
	eachText(array, func(text []byte) { dst = append(dst, text[1:len(text)-1]...) })
	return append(dst, '"')
}

// appendEntries appends the strings of a JSON array as entries of an adopted
// sheet, one after the other.
func appendEntries(dst, array []byte) []byte {
	n := 0
	eachText(array, func(text []byte) {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(dst, `{"rule":`...), text...)
		dst = append(strconv.AppendInt(append(dst, `,"index":`...), int64(n), 10), '}')
		n++
	})
	return dst
}

// eachText calls do for each string of a JSON array of strings, quotes and all.
func eachText(array []byte, do func(text []byte)) {
	s := scanner{buf: array}
	for {
		next := bytes.IndexByte(s.buf[s.pos:], '"')
		if next < 0 {
			return
		}
		s.pos += next
		text, ok := s.text()
		if !ok {
			return
		}
		do(text)
	}
}
