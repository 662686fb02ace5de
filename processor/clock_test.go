package processor

import (
	"fmt"
	"testing"

	"hindsight/internal/store"
	"hindsight/internal/wire"
)

// TestClock: which offset counts, and where times end.
func TestClock(t *testing.T) {
	header := testHeader()
	header.SentAt = float64(testOrigin + 1000)
	day := testDay.Time().UnixMilli()
	for _, c := range []struct {
		name, signals, replay string
		received              int64
		source                int8
		offset, first, last   int64
	}{
		{"handshake", fmt.Sprintf(`{"origin":%d,"offset":500,"view":0,"path":"/","signals":[{"k":"visible","t":0.4,"on":1},{"k":"visible","t":70.6,"on":0}]}`, testOrigin), "",
			testOrigin + 999999, store.OffsetHandshake, 500, testOrigin + 500, testOrigin + 571},
		{"sent_at", fmt.Sprintf(`{"origin":%d,"view":0,"path":"/","signals":[{"k":"visible","t":5,"on":1}]}`, testOrigin), "",
			testOrigin + 3000, store.OffsetSentAt, 2000, testOrigin + 2005, testOrigin + 2005},
		{"no signal in it", fmt.Sprintf(`{"origin":%d,"offset":7,"view":0,"path":"/","signals":[]}`, testOrigin), "",
			testOrigin, store.OffsetHandshake, 7, testOrigin + 7, testOrigin + 7},
		{"a clock of 1970", `{"origin":0,"offset":0,"view":0,"path":"/","signals":[{"k":"visible","t":5,"on":1}]}`, "",
			testOrigin, store.OffsetSentAt, -1000, testOrigin, testOrigin},
		{"a clock that stands before the session's day", fmt.Sprintf(`{"origin":%d,"offset":0,"view":0,"path":"/","signals":[{"k":"visible","t":5,"on":1}]}`, day-dayMS), "",
			testOrigin, store.OffsetHandshake, 0, day - dayMS + 5, day - dayMS + 5},
		{"a clock far ahead", `{"origin":8e15,"offset":0,"view":0,"path":"/","signals":[{"k":"visible","t":5,"on":1}]}`, "",
			testOrigin + 1000, store.OffsetSentAt, 0, testOrigin + 1000, testOrigin + 1000},
		{"a session's day that is still to come", fmt.Sprintf(`{"origin":%d,"offset":%d,"view":0,"path":"/","signals":[{"k":"visible","t":5,"on":1}]}`, testOrigin, -dayMS), "",
			testOrigin + 1000 - dayMS, store.OffsetHandshake, -dayMS, testOrigin + 5 - dayMS, testOrigin + 5 - dayMS},
		{"replay alone", "", fmt.Sprintf(`[{"type":1,"timestamp":%d}]`, testOrigin),
			testOrigin + 1100, store.OffsetSentAt, 100, testOrigin + 100, testOrigin + 100},
		{"an empty replay alone", "", `[]`,
			testOrigin + 1100, store.OffsetSentAt, 100, testOrigin + 1100, testOrigin + 1100},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := testDecoder(t).decode(fetched(t, newFrame(t, header, c.signals, c.replay, wire.CodecNone), c.received))
			if err != nil {
				t.Fatal(err)
			}
			b := out.Record.Batch
			if b.OffsetSource != c.source || b.OffsetMS != c.offset || b.FirstAt != c.first || b.LastAt != c.last {
				t.Errorf("source %d offset %d first %d last %d; want %d %d %d %d",
					b.OffsetSource, b.OffsetMS, b.FirstAt, b.LastAt, c.source, c.offset, c.first, c.last)
			}
		})
	}
}

// TestClockJumps: a clock that is set after the handshake moves no time: those
// that cannot be are corrected by what the sending tells, the others stay.
func TestClockJumps(t *testing.T) {
	const asked, hour = 500, int64(60 * 60 * 1000) // the handshake's offset
	received := testOrigin + 20*hour
	for _, c := range []struct {
		name           string
		jump           int64 // of the clock, before this document
		later          int64 // of the clock, within it: of its last signal and the sending
		unsent         bool  // the header tells no sent_at
		source         int8
		first, last    int64 // before the arrival, ms
		moved, playing int64 // offsets of the batch and of its recording
	}{
		{"none", 0, 0, false, store.OffsetHandshake, 6000, 5000, asked, asked},
		{"two days on", 2 * dayMS, 0, false, store.OffsetSentAt, 6000, 5000, asked - 2*dayMS, asked - 2*dayMS},
		{"two days back", -2 * dayMS, 0, false, store.OffsetSentAt, 6000, 5000, asked + 2*dayMS, asked + 2*dayMS},
		{"two minutes on", 2 * 60 * 1000, 0, false, store.OffsetSentAt, 6000, 5000, asked - 2*60*1000, asked - 2*60*1000},
		{"less than what a handshake leaves open", 40 * 1000, 0, false, store.OffsetHandshake, -34000, -35000, asked, asked},
		{"two days on, between two signals", 0, 2 * dayMS, false, store.OffsetSentAt, 6000, 5000, asked - 2*dayMS, asked},
		{"back, and not told when it was sent", -3 * dayMS, 0, true, store.OffsetSentAt, 0, 0, asked, 6000 + 3*dayMS + asked},
		{"on, and not told when it was sent", 2 * dayMS, 0, true, store.OffsetSentAt, 0, 0, asked, 6000 - 2*dayMS + asked},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := testHeader()
			origin := received - asked - hour + c.jump
			header.SentAt = float64(received - asked + c.jump + c.later)
			if c.unsent {
				header.SentAt = 0
			}
			signals := fmt.Sprintf(`{"origin":%d,"offset":%d,"view":0,"path":"/","signals":[{"k":"visible","t":%d,"on":1},{"k":"visible","t":%d,"on":0}]}`,
				origin, asked, hour-6000, hour-5000+c.later)
			replay := fmt.Sprintf(`[{"type":1,"timestamp":%d}]`, origin+hour-6000)
			out, err := testDecoder(t).decode(fetched(t, newFrame(t, header, signals, replay, wire.CodecNone), received))
			if err != nil {
				t.Fatal(err)
			}
			b := out.Record.Batch
			if b.OffsetSource != c.source || b.FirstAt != received-c.first || b.LastAt != received-c.last || out.Jumped != (c.source == store.OffsetSentAt) {
				t.Errorf("source %d, %d to %d ms before the arrival, jumped %v; want %d, %d to %d",
					b.OffsetSource, received-b.FirstAt, received-b.LastAt, out.Jumped, c.source, c.first, c.last)
			}
			if b.OffsetMS != c.moved || out.Record.Chunk.OffsetMS != c.playing {
				t.Errorf("offset %d, of the recording %d; want %d and %d", b.OffsetMS, out.Record.Chunk.OffsetMS, c.moved, c.playing)
			}
		})
	}
}
