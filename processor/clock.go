package processor

import (
	"math"
	"time"

	"hindsight/internal/store"
	"hindsight/internal/wire"
)

const dayMS = 24 * 60 * 60 * 1000

// clock turns times of the browser into corrected ones.
//
// The offset is the one that the section names (a function of content). Where
// no handshake was ever made (beacons), it is receive time less sent_at, which
// differs at each sending: such times are volatile columns.
//
// A corrected time is held within [the session's day - 1 day, that day + 3
// days): the day in the session id is a promise of the tracker's corrected
// clock, a session lasts 24 h at most, and a wild clock must not put rows where
// no read looks. The bound is a function of content, too.
type clock struct {
	offset float64
	source int8
	lo, hi int64
}

func newClock(session wire.SessionID, sig *wire.Signals, sentAt float64, received time.Time) clock {
	day := session.Day().Time().UnixMilli()
	c := clock{lo: day - dayMS, hi: day + 3*dayMS - 1}
	switch {
	case sig != nil && sig.HasOffset:
		c.offset, c.source = sig.Offset, store.OffsetHandshake
	case sentAt > 0:
		c.offset, c.source = float64(received.UnixMilli())-sentAt, store.OffsetSentAt
	}
	return c
}

// at corrects a Unix ms of the browser's clock.
func (c *clock) at(browser float64) int64 {
	t := math.Round(browser + c.offset)
	return int64(min(max(t, float64(c.lo)), float64(c.hi)))
}

// offsetMS is the offset as it is stored.
func (c *clock) offsetMS() int64 { return int64(math.Round(c.offset)) }

// span is the earliest and latest of the times it is given.
type span struct {
	first, last int64
	any         bool
}

func (s *span) add(at int64) {
	if !s.any || at < s.first {
		s.first = at
	}
	if !s.any || at > s.last {
		s.last = at
	}
	s.any = true
}
