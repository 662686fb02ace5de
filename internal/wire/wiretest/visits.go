// Package wiretest makes frames for the tests of those who read them.
package wiretest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"hindsight/internal/wire"
)

// Visits makes the frames of random visits, in the order of each document, that
// fill every table of the store. Their sessions are of the day first and of the
// one after, near midnight, and their ids are random whatever rng is. Some
// documents were never given a clock offset: they went by beacon.
func Visits(rng *rand.Rand, first wire.Day, sessions int) ([][]byte, error) {
	var out [][]byte
	for i := range sessions {
		day := first + wire.Day(i%2)
		session := wire.NewSessionID(day)
		visitor := wire.VisitorHash{byte(1 + rng.IntN(3))}
		for range 1 + rng.IntN(2) {
			// Near midnight: events of a session may lie in the day after.
			origin := day.Time().UnixMilli() + 86_400_000 - rng.Int64N(20_000)
			h := wire.Header{
				Flags: wire.FlagSampled, Consent: wire.ConsentImplied, Session: session, Document: wire.NewDocumentID(),
				Tab: wire.TabID{byte(i)}, Visitor: visitor,
			}
			offset := ""
			if rng.IntN(4) > 0 {
				offset = fmt.Sprintf(`"offset":%d,`, rng.IntN(1000))
			}
			path := fmt.Sprintf("/p%d", rng.IntN(3))
			for sequence := range uint32(2 + rng.IntN(4)) {
				h.Sequence = sequence + 1
				h.SentAt = float64(origin + 2000*int64(sequence+1))
				from := 2000 * float64(sequence)
				section := fmt.Sprintf(`{"origin":%d,%s"view":0,"path":"%s","signals":[%s]}`, origin, offset, path, signalsOf(rng, origin, from, sequence == 0))
				replay := ""
				if rng.IntN(3) > 0 {
					replay = replayOf(origin+int64(from), sequence == 0)
				}
				frame, err := wire.EncodeFrame(h, []byte(section), []byte(replay), wire.Codec(rng.IntN(3)))
				if err != nil {
					return nil, err
				}
				out = append(out, frame)
			}
		}
	}
	return out, nil
}

// heldKey is the key of every consent that is only told again.
const heldKey = 0xfeed

func signalsOf(rng *rand.Rand, origin int64, from float64, first bool) string {
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if first {
		add(`{"k":"view","t":%.1f,"url":"https://shop.example/","title":"Shop","ref":"","nav":"load","lang":"de","tz":"Europe/Berlin","sw":1920,"sh":1080,"vw":1440,"vh":900,"dw":1440,"dh":2000,"dpr":1}`, from)
		add(`{"k":"load","t":%.1f,"ms":%.1f}`, from+1, 100+rng.Float64()*900)
	}
	if first {
		add(`{"k":"consent","t":%.1f,"state":"granted","version":"2","key":"%032x","at":%d,"url":"https://shop.example/"}`, from+2, rng.Uint64(), origin+int64(from)-3)
		add(`{"k":"consent","t":%.1f,"state":"granted","version":"2","key":"%032x","at":%d,"url":"https://shop.example/","held":1}`, from+3, heldKey, origin)
	}
	for range rng.IntN(3) {
		add(`{"k":"click","t":%.1f,"el":"body > button:nth-of-type(%d)","fx":%.3f,"fy":0.5,"x":10,"y":20,"vw":1440,"vh":900,"dw":1440,"dh":2000,"ptr":"mouse"}`,
			from+10+rng.Float64()*1000, 1+rng.IntN(3), rng.Float64())
	}
	add(`{"k":"move","t":%.1f,"vw":1440,"vh":900,"dw":1440,"dh":2000,"cells":[%d,2,30,4,5,60]}`, from+1200, rng.IntN(50))
	add(`{"k":"scroll","t":%.1f,"y":0,"max":%d,"vw":1440,"vh":900,"dh":2000}`, from+1300, 900+rng.IntN(1000))
	if rng.IntN(3) == 0 {
		add(`{"k":"error","t":%.1f,"msg":"oh","type":"error"}`, from+1400)
		add(`{"k":"typing","t":%.1f,"el":"input#q","n":%d,"ms":100}`, from+1500, rng.IntN(9))
	}
	return strings.Join(list, ",")
}

func replayOf(at int64, first bool) string {
	var list []string
	if first {
		list = append(list, fmt.Sprintf(`{"type":4,"data":{"href":"https://shop.example/","width":1440,"height":900},"timestamp":%d}`, at),
			fmt.Sprintf(`{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"input","attributes":{"type":"password"},"childNodes":[],"id":2}],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":%d}`, at+1))
	}
	if first || at%3 == 0 {
		// Pages of a site share their sheets; an id may be told again, and with another content.
		list = append(list, fmt.Sprintf(`{"type":5,"data":{"tag":"hindsight.css","payload":{"id":"00000000%d","rules":["a { color: red }","b { top: %dpx }"]}},"timestamp":%d}`, at%4, at%5, at+2))
	}
	list = append(list, fmt.Sprintf(`{"type":3,"data":{"source":2,"type":2,"id":1,"x":10,"y":20},"timestamp":%d}`, at+500))
	return "[" + strings.Join(list, ",") + "]"
}
