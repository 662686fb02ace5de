package api_test

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"hindsight/internal/store"
)

// visit makes the records of one session, one batch at a time.
type visit struct {
	t       *testing.T
	site    string
	session [16]byte
	begin   time.Time
	record  *store.Record
	all     []*store.Record
	device  string
	width   uint16
}

func newVisit(t *testing.T, site string, n byte, begin time.Time) *visit {
	v := &visit{t: t, site: site, begin: begin, device: "desktop", width: 1280}
	binary.BigEndian.PutUint16(v.session[:], uint16(begin.Unix()/86400))
	v.session[15] = n
	return v
}

func (v *visit) id() string { return hex.EncodeToString(v.session[:]) }

func documentID(n byte) string {
	var id [16]byte
	id[0] = n
	return hex.EncodeToString(id[:])
}

// batch begins the next batch, from..to seconds after the begin.
func (v *visit) batch(document byte, sequence uint32, path string, from, to int) *visit {
	at := func(s int) int64 { return v.begin.Add(time.Duration(s) * time.Second).UnixMilli() }
	v.record = &store.Record{
		Identity: store.Identity{Site: v.site, Session: v.session, Document: [16]byte{document}, Sequence: sequence},
		Batch: store.BatchRow{
			Tab: 7, Visitor: [16]byte{1, 2, v.session[15]}, Consent: 3, Path: path, FirstAt: at(from), LastAt: at(to),
			OffsetMS: 250, OffsetSource: store.OffsetHandshake, ReceivedAt: at(to), SentAt: at(to), Via: "ws",
			Browser: "Firefox", BrowserVersion: "140", OS: "Linux", Device: v.device, Country: "FR",
		},
	}
	v.all = append(v.all, v.record)
	return v
}

func (v *visit) at(s int) int64 { return v.begin.Add(time.Duration(s) * time.Second).UnixMilli() }

func (v *visit) next() uint16 {
	n := len(v.record.Views) + len(v.record.Events) + len(v.record.Traces)
	for i := range v.record.HeatPoints {
		if v.record.HeatPoints[i].Kind != store.HeatClick {
			n++
		}
	}
	return uint16(n)
}

func (v *visit) view(s int, title string) *visit {
	r := v.record
	r.Hits = append(r.Hits, store.HitRow{Index: v.next(), Path: r.Batch.Path, Kind: store.HitView, Visitor: r.Batch.Visitor})
	r.Views = append(r.Views, store.ViewRow{
		Index: v.next(), At: v.at(s), Path: r.Batch.Path, URL: "https://shop.example" + r.Batch.Path, Title: title, Nav: "load",
		Language: "fr-FR", TimeZone: "Europe/Paris", ScreenW: 1920, ScreenH: 1080, ViewportW: v.width, ViewportH: 800,
		DocumentW: uint32(v.width), DocumentH: 3000, DPR: 1,
	})
	r.Batch.Views++
	return v
}

func (v *visit) load(s int, ms float64) *visit {
	r := v.record
	r.Hits = append(r.Hits, store.HitRow{Index: v.next(), Path: r.Batch.Path, Kind: store.HitLoad, Visitor: r.Batch.Visitor, MS: ms})
	return v.event(s, "load", "", ms, `{"ttfb":12}`)
}

func (v *visit) event(s int, kind, name string, value float64, data string) *visit {
	r := v.record
	r.Events = append(r.Events, store.EventRow{Index: v.next(), At: v.at(s), Kind: kind, Path: r.Batch.Path, Name: name, Value: value, Data: data})
	switch kind {
	case "error":
		r.Batch.Errors++
	case "gap":
		r.Batch.Gaps++
	}
	return v
}

func (v *visit) click(s int, selector string, fx, fy float64, x, y int32) *visit {
	r := v.record
	index := v.next()
	r.HeatPoints = append(r.HeatPoints, store.HeatRow{
		Path: r.Batch.Path, Kind: store.HeatClick, ViewportW: v.width, ViewportH: 800, Index: index, At: v.at(s), Selector: selector,
		FX: uint16(fx * 65535), FY: uint16(fy * 65535), X: x, Y: y, Weight: 1, Device: v.device,
	})
	r.Batch.Clicks++
	return v.event(s, "click", selector, 0, `{"ptr":"mouse"}`)
}

func (v *visit) move(s int, x, y int32, ms uint32) *visit {
	v.record.Traces = append(v.record.Traces, store.TraceRow{
		Path: v.record.Batch.Path, Kind: store.TraceMove, ViewportW: v.width, ViewportH: 800, Index: v.next(), At: v.at(s),
		X: []int32{x}, Y: []int32{y}, Weight: []uint32{ms}, Device: v.device,
	})
	return v
}

func (v *visit) scroll(s int, lowest int32) *visit {
	v.record.HeatPoints = append(v.record.HeatPoints, store.HeatRow{
		Path: v.record.Batch.Path, Kind: store.HeatScroll, ViewportW: v.width, ViewportH: 800, Index: v.next(), At: v.at(s),
		Y: lowest, Weight: 1, Device: v.device,
	})
	return v
}

// replay adds rrweb events; their timestamps are the browser's, 250 ms behind.
func (v *visit) replay(events ...map[string]any) *visit {
	raw, err := json.Marshal(events)
	if err != nil {
		v.t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		v.t.Fatal(err)
	}
	r := v.record
	r.Batch.ReplayEvents, r.Batch.ReplayBytes, r.Batch.ReplayState = uint32(len(events)), uint32(len(raw)), store.ReplayKept
	r.Chunk = &store.ChunkRow{Codec: store.ChunkZstd,
		FirstTS: events[0]["timestamp"].(int64), LastTS: events[len(events)-1]["timestamp"].(int64), OffsetMS: r.Batch.OffsetMS,
		Events: uint32(len(events)), RawBytes: uint32(len(raw)), Payload: encoder.EncodeAll(raw, nil),
	}
	for _, e := range events {
		if e["type"] == 2 {
			r.Chunk.Snapshots++
			r.Snapshots = append(r.Snapshots, store.SnapshotRow{
				Path: r.Batch.Path, ViewportW: v.width, ViewportH: 800, At: e["timestamp"].(int64) + 250, Bytes: uint32(len(raw)),
			})
		}
	}
	return v
}

// rr is an rrweb event some seconds after the begin, by the browser's clock.
func (v *visit) rr(kind, s int, mark string) map[string]any {
	return map[string]any{"type": kind, "timestamp": v.at(s) - 250, "data": map[string]any{"mark": mark}}
}
