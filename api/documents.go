package api

import (
	"slices"
	"time"

	"hindsight/internal/store"
)

// maxMissing is how many missing sequence numbers are named, by document.
const maxMissing = 1_000

type documentView struct {
	Document      string   `json:"document"`
	Tab           string   `json:"tab"`
	FirstAt       stamp    `json:"first_at"`
	LastAt        stamp    `json:"last_at"`
	Batches       int      `json:"batches"`
	LastSequence  uint32   `json:"last_sequence"`
	Missing       []uint32 `json:"missing"`
	ClockOffsetMS int64    `json:"clock_offset_ms"`
	ReplayEvents  uint64   `json:"replay_events"`
}

// documentList gathers batches, which come by document and sequence, into
// documents. Sequence numbers begin with 1.
type documentList struct {
	all []documentView
}

func (l *documentList) add(b store.DocumentBatch) error {
	if n := len(l.all); n == 0 || l.all[n-1].Document != b.Document {
		l.all = append(l.all, documentView{
			Document: b.Document, Tab: b.Tab, Missing: []uint32{},
			FirstAt: stamp(b.FirstAt), LastAt: stamp(b.LastAt),
		})
	}
	d := &l.all[len(l.all)-1]
	// Counted from what is there, so that a wild number costs at most maxMissing steps.
	for seq := d.LastSequence + 1; seq < b.Sequence && len(d.Missing) < maxMissing; seq++ {
		d.Missing = append(d.Missing, seq)
	}
	d.LastSequence = b.Sequence
	d.Batches++
	d.ReplayEvents += uint64(b.ReplayEvents)
	d.ClockOffsetMS = b.ClockOffset.Milliseconds() // of the last batch
	if b.FirstAt.Before(time.Time(d.FirstAt)) {
		d.FirstAt = stamp(b.FirstAt)
	}
	if b.LastAt.After(time.Time(d.LastAt)) {
		d.LastAt = stamp(b.LastAt)
	}
	return nil
}

// done returns the documents in order of their beginning.
func (l *documentList) done() []documentView {
	slices.SortStableFunc(l.all, func(a, b documentView) int {
		return time.Time(a.FirstAt).Compare(time.Time(b.FirstAt))
	})
	return l.all
}
