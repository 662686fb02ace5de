package processor

import (
	"math"
	"time"

	"hindsight/internal/store"
	"hindsight/internal/wire"
)

const dayMS = 24 * 60 * 60 * 1000

// slackMS is how far a handshake's offset, and the clocks of two collectors, may
// be wrong without a clock having jumped.
const slackMS = 60 * 1000

// clock turns times of the browser into corrected ones.
//
// The offset is the one that the section names (a function of content). Where
// no handshake was ever made (beacons), it is receive time less sent_at, which
// differs at each sending: such times are volatile columns.
//
// A clock that was set after the handshake shows by times that cannot be: later
// than the batch's arrival, or before the session's day although it was sent
// since. Such a time is corrected by receive time less sent_at instead, and is
// not later than the arrival. Where that leaves it more than a day before the
// session's it tells nothing, and the arrival stands for it.
//
// A corrected time is held within [the session's day - 1 day, that day + 3
// days): the day in the session id is a promise of the tracker's corrected
// clock, a session lasts 24 h at most, and a wild clock must not put rows where
// no read looks. The bound is a function of content, too.
type clock struct {
	offset   float64
	source   int8
	received float64
	sentAt   float64 // 0: not told
	// A time that is not within these was told by a clock that has jumped.
	earliest, latest float64
	jumped           bool // such a time was corrected
	lo, hi           int64
}

func newClock(session wire.SessionID, sig *wire.Signals, sentAt float64, received time.Time) clock {
	day := session.Day().Time().UnixMilli()
	c := clock{received: float64(received.UnixMilli()), sentAt: max(sentAt, 0), lo: day - dayMS, hi: day + 3*dayMS - 1}
	switch {
	case sig != nil && sig.HasOffset:
		c.offset, c.source = sig.Offset, store.OffsetHandshake
	case sentAt > 0:
		c.offset, c.source = c.received-sentAt, store.OffsetSentAt
	}
	c.earliest, c.latest = float64(c.lo), c.received+slackMS
	// The day itself is wrong where it has not come yet: then it tells nothing.
	if begin := float64(day) - slackMS; c.sentAt > 0 && c.sentAt+c.offset < begin && float64(day) <= c.received {
		c.earliest = begin
	}
	return c
}

// at corrects a Unix ms of the browser's clock.
func (c *clock) at(browser float64) int64 {
	t := browser + c.offset
	if !c.canBe(t) {
		t = c.afterJump(browser)
		c.jumped, c.source = true, store.OffsetSentAt
	}
	return int64(min(max(math.Round(t), float64(c.lo)), float64(c.hi)))
}

// canBe tells whether a corrected time is one that no jump of the clock explains
// better.
func (c *clock) canBe(t float64) bool { return t >= c.earliest && t <= c.latest }

// afterJump corrects a time that the offset does not explain.
func (c *clock) afterJump(browser float64) float64 {
	t := browser + c.received - c.sentAt
	if c.sentAt == 0 || t < float64(c.lo) {
		return c.received
	}
	return min(t, c.received)
}

// offsetFor is the offset that a time is corrected by, as it is stored.
func (c *clock) offsetFor(browser float64) int64 {
	if !c.canBe(browser + c.offset) {
		return int64(math.Round(c.afterJump(browser) - browser))
	}
	return int64(math.Round(c.offset))
}

// offsetMS is the batch's offset as it is stored.
func (c *clock) offsetMS() int64 {
	if c.jumped && c.sentAt > 0 {
		return int64(math.Round(c.received - c.sentAt))
	}
	return int64(math.Round(c.offset))
}

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
