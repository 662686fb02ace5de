package processor

import (
	"fmt"
	"strings"
	"testing"

	"hindsight/internal/wire"
	"hindsight/processor/guard"
)

// busyFrame is a frame with a snapshot and so many events and signals of the
// kinds that there are many of.
func busyFrame(t *testing.T, n int) []byte {
	t.Helper()
	signals := []string{`{"k":"view","t":1,"url":"https://shop.example/","title":"Tea \"and\" more","ref":"","nav":"load","lang":"de","tz":"UTC","sw":1920,"sh":1080,"vw":1440,"vh":900,"dw":1425,"dh":3000,"dpr":1}`}
	events := []string{fmt.Sprintf(`{"type":2,"data":{"id":1,"node":[0,{},["html",{},["body",{},["input",{"type":"password","value":"•••"}],"tea"]]]},"timestamp":%d}`, testOrigin)}
	for i := range n {
		switch i % 6 {
		case 0:
			events = append(events, fmt.Sprintf(`[%d,1,%d,40,5,-450,20,-5,5,50,-1,0,5,400]`, i, i))
		case 1:
			events = append(events, fmt.Sprintf(`[%d,0,[4,5],[3,0,%d,["div",{"class":"a","title":"say \"%d\""},["b",{},"new"],["input",{"type":"text","value":"***"}]]],[6,"text \u00e9 %d"],[4,{"class":"b"}]]`, i, 10+9*i, i, i))
		case 2:
			events = append(events, fmt.Sprintf(`[%d,3,1,0,%d]`, i, i))
		case 3:
			events = append(events, fmt.Sprintf(`[%d,5,{"text":"***","isChecked":false,"id":%d}]`, i, 5))
		case 4:
			events = append(events, fmt.Sprintf(`[%d,2,5,%d,10,20,0]`, i, i+1))
		default:
			events = append(events, fmt.Sprintf(`{"type":3,"data":{"source":0,"adds":[{"parentId":4,"nextId":null,"node":{"type":2,"tagName":"p","attributes":{"id":"x"},"childNodes":[],"id":%d}}]},"timestamp":%d}`, 100_000+i, testOrigin+int64(i)))
		}
		switch i % 5 {
		case 0:
			signals = append(signals, fmt.Sprintf(`{"k":"click","t":%d.1,"el":"a[title=\"%d\"]","fx":0.512,"fy":0.1234,"x":1042,"y":20456,"vw":1440,"vh":900,"dw":1425,"dh":3000,"ptr":"mouse","able":1}`, i, i))
		case 1:
			signals = append(signals, fmt.Sprintf(`{"k":"scroll","t":%d,"y":200,"max":1100,"vw":1200,"vh":900,"dh":3000}`, i))
		case 2:
			signals = append(signals, fmt.Sprintf(`{"k":"move","t":%d,"vw":1440,"vh":900,"dw":1425,"dh":3000,"cells":[1,2,30,4,5,60]}`, i))
		case 3:
			signals = append(signals, fmt.Sprintf(`{"k":"error","t":%d,"msg":"oh","type":"error","stack":"at a\nat b\nat %s","line":3,"col":4}`, i, strings.Repeat("c", 200)))
		default:
			signals = append(signals, fmt.Sprintf(`{"k":"typing","t":%d,"el":"input#q","n":7,"ms":1200}`, i))
		}
	}
	return newFrame(t, testHeader(), section(strings.Join(signals, ",")), "["+strings.Join(events, ",")+"]", wire.CodecGzip)
}

// TestNoAllocationPerEvent: what a frame costs in allocations does not depend on
// how much is in it, but for the few lists that are too long to lie beside others.
func TestNoAllocationPerEvent(t *testing.T) {
	if raceOn {
		t.Skip("the race detector has sync.Pool forget a part of what it is given, so that allocations tell nothing")
	}
	core := NewCore(nil, noRegion{}, guard.New(), nil)
	count := func(n int) float64 {
		record := fetched(t, busyFrame(t, n), testOrigin)
		return testing.AllocsPerRun(20, func() {
			got, err := core.Decode(record)
			if err != nil || got.Refused != "" || got.Invalid+got.Unknown > 0 || int(got.Record.Batch.ReplayEvents) != n+1 || int(got.Record.Batch.Signals) != n+1 {
				t.Fatalf("%v, refused %q, %d invalid, %d unknown, %+v", err, got.Refused, got.Invalid, got.Unknown, got.Record)
			}
		})
	}
	count(500) // buffers have their size now
	few, many := count(50), count(500)
	const lists = 8
	if many > few+lists {
		t.Errorf("%v allocations with 50 events and signals, %v with 500", few, many)
	}
	if few > 40 {
		t.Errorf("%v allocations for a frame", few)
	}
}
