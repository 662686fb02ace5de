package bench

import (
	"fmt"
	"math/rand/v2"
	"time"

	"hindsight/internal/wire"
)

// padding is text that does not compress away; one for all frames.
type padding []byte

func newPadding(size int) padding {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	p := make(padding, size)
	for i := range p {
		p[i] = letters[rand.IntN(len(letters))] //nolint:gosec // no secret
	}
	return p
}

// page is one visit to one page: the session that a connection's frames tell of.
// Its frames are marked as generated, so that `hindsight demo --remove` takes
// them away.
type page struct {
	header  wire.Header
	origin  int64 // Unix ms
	size    int
	padding padding
	buf     []byte
}

func newPage(size int, p padding) *page {
	now := time.Now()
	return &page{
		header: wire.Header{
			Flags: wire.FlagDemo | wire.FlagSampled, Consent: wire.ConsentGranted,
			Session: wire.NewSessionID(wire.DayOf(now)), Document: wire.NewDocumentID(), Tab: wire.TabID{1},
		},
		origin: now.UnixMilli(), size: size, padding: p,
	}
}

// frame makes the next frame: a click and a piece of recording that fills it up.
// It is not compressed, so that its size is exact and making it costs little.
func (p *page) frame() ([]byte, error) {
	now := time.Now().UnixMilli()
	p.header.Sequence++
	p.header.SentAt = float64(now)
	t := now - p.origin
	view := ""
	if p.header.Sequence == 1 {
		view = fmt.Sprintf(`{"k":"view","t":%d,"url":"https://bench.example/","title":"Bench","ref":"","nav":"load","lang":"en","tz":"UTC","sw":1920,"sh":1080,"vw":1440,"vh":900,"dw":1440,"dh":2000,"dpr":1},`, t)
	}
	signals := fmt.Appendf(nil, `{"origin":%d,"offset":0,"view":0,"path":"/bench","signals":[%s{"k":"click","t":%d,"el":"body > button","fx":0.5,"fy":0.5,"x":%d,"y":20,"vw":1440,"vh":900,"dw":1440,"dh":2000,"ptr":"mouse"}]}`,
		p.origin, view, t, p.header.Sequence%1440)
	p.buf = fmt.Appendf(p.buf[:0], `[{"type":5,"timestamp":%d,"data":{"tag":"bench","payload":"`, now)
	const closing = `"}}]`
	fill := p.size - wire.HeaderSize - len(signals) - len(p.buf) - len(closing)
	p.buf = append(p.buf, p.padding[:max(0, fill)]...)
	p.buf = append(p.buf, closing...)
	return wire.EncodeFrame(p.header, signals, p.buf, wire.CodecNone)
}
