// Package deadletter is what an operator does with records that could not be
// stored: look at them, try them again, drop them.
//
// The topic hindsight.deadletter is append-only. A letter's story is what stands
// there under its key, in order: refusals, and marks that say what an operator
// made of them. Nothing is changed in place, so every command may be interrupted
// and given again.
package deadletter

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/internal/eventlog"
)

// States of a letter.
const (
	StateOpen    = "open"
	StateRetried = eventlog.ResolvedRetried
	StateDropped = eventlog.ResolvedDropped
)

// States lists them all.
func States() []string { return []string{StateOpen, StateRetried, StateDropped} }

// Letter is a record that could not be stored, as its newest refusal tells.
type Letter struct {
	// Key names the letter for ever: "log id/partition/offset" of the record's
	// first refusal.
	Key       string    `json:"key"`
	State     string    `json:"state"`
	Reason    string    `json:"reason"`
	Site      string    `json:"site,omitempty"`
	Session   string    `json:"session,omitempty"`
	Document  string    `json:"document,omitempty"`
	Sequence  uint32    `json:"sequence,omitempty"`
	Received  time.Time `json:"received_at"`       // by the collector; zero when it is not known
	Refused   time.Time `json:"refused_at"`        // the last time
	Changed   time.Time `json:"state_at"`          // when it came to this state
	Tries     int       `json:"tries"`             // how often its record was read and refused
	Payload   int       `json:"payload_bytes"`     // kept only of what could not be decoded
	Missing   string    `json:"missing,omitempty"` // header without which it cannot be tried again
	Partition int       `json:"-"`                 // where the newest refusal lies in the topic
	Offset    int64     `json:"-"`
	readings  []string
}

// Read returns every letter that the log still holds, oldest refusal first.
// Payloads are not read along.
func Read(ctx context.Context, log eventlog.Config) ([]Letter, error) {
	book := map[string]*Letter{}
	err := eventlog.EachDeadLetter(ctx, log, func(f *eventlog.Fetched) error {
		fold(book, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	letters := make([]Letter, 0, len(book))
	for _, l := range book {
		if l.Tries > 0 { // a mark may outlive its letter in the log
			letters = append(letters, *l)
		}
	}
	slices.SortFunc(letters, func(a, b Letter) int {
		if c := a.Refused.Compare(b.Refused); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	return letters, nil
}

// fold adds a record of the topic to the story of its letter. A refusal that is
// a second reading of the same record (after a crash or a rewind) changes
// nothing: what was dropped stays dropped. A refusal of another try opens the
// letter again.
func fold(book map[string]*Letter, f *eventlog.Fetched) {
	key := string(f.Key)
	l := book[key]
	if l == nil {
		l = &Letter{Key: key, State: StateOpen}
		book[key] = l
	}
	h, r, missing := eventlog.DecodeLetter(f)
	if h.Resolved != "" {
		if h.Read == l.reading() { // else a refusal came between the operator's look and the mark
			l.State, l.Changed = h.Resolved, f.Time.UTC()
		}
		return
	}
	if slices.Contains(l.readings, h.Read) {
		return
	}
	l.readings = append(l.readings, h.Read)
	l.Tries++
	l.State, l.Changed, l.Refused = StateOpen, f.Time.UTC(), f.Time.UTC()
	l.Reason, l.Site, l.Session, l.Sequence, l.Received = h.Reason, r.Site, h.Session, r.Sequence, r.Received
	if r.Document != ([16]byte{}) {
		l.Document = fmt.Sprintf("%x", r.Document)
	}
	l.Payload, l.Missing = len(f.Value), missing
	l.Partition, l.Offset = f.Partition, f.Offset
}

// reading is where the record of the newest refusal was read.
func (l *Letter) reading() string {
	if len(l.readings) == 0 {
		return ""
	}
	return l.readings[len(l.readings)-1]
}

// place is the same in its parts.
func (l *Letter) place() (logID string, partition int, offset int64, ok bool) {
	parts := strings.Split(l.reading(), "/")
	if len(parts) != 3 {
		return "", 0, 0, false
	}
	partition, err := strconv.Atoi(parts[1])
	if err != nil {
		return "", 0, 0, false
	}
	offset, err = strconv.ParseInt(parts[2], 10, 64)
	return parts[0], partition, offset, err == nil
}
