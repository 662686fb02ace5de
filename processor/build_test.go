package processor

import (
	"encoding/hex"
	"strconv"
	"testing"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
	"hindsight/processor/guard"
)

// testDay is the day of the sessions that tests make by hand.
const testDay = wire.Day(20580)

// testOrigin is a moment of that day.
var testOrigin = testDay.Time().Add(10 * time.Hour).UnixMilli()

func testSession(n byte) wire.SessionID {
	return wire.SessionID{byte(testDay >> 8), byte(testDay & 0xff), n}
}

// newFrame builds a frame.
func newFrame(t testing.TB, h wire.Header, signals, replay string, codec wire.Codec) []byte {
	t.Helper()
	frame, err := wire.EncodeFrame(h, []byte(signals), []byte(replay), codec)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func testHeader() wire.Header {
	return wire.Header{
		Flags: wire.FlagSampled, Consent: wire.ConsentGranted, Session: testSession(1), Document: wire.DocumentID{2},
		Tab: wire.TabID{3}, Visitor: wire.VisitorHash{4}, Sequence: 5, SentAt: float64(testOrigin + 9000),
	}
}

// fetched is a record as it lies in the log.
func fetched(t testing.TB, frame []byte, received int64) *eventlog.Fetched {
	t.Helper()
	h, err := wire.ParseHeader(frame)
	if err != nil {
		t.Fatal(err)
	}
	return &eventlog.Fetched{
		Key: []byte(h.Session.String()), Value: frame,
		Headers: []eventlog.Header{
			{Key: "v", Value: []byte("1")}, {Key: "site", Value: []byte("shop")},
			{Key: "rcv", Value: []byte(strconv.FormatInt(received, 10))}, {Key: "via", Value: []byte("ws")},
			{Key: "doc", Value: []byte(hex.EncodeToString(h.Document[:]))},
			{Key: "seq", Value: []byte(strconv.FormatUint(uint64(h.Sequence), 10))}, {Key: "consent", Value: []byte{'0' + byte(h.Consent)}},
			{Key: "ua", Value: []byte("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")},
		},
	}
}

func testDecoder(t testing.TB) *decoder {
	t.Helper()
	d, err := newDecoder(nil, noRegion{}, guard.New())
	if err != nil {
		t.Fatal(err)
	}
	return d
}
