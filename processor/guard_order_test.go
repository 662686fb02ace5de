package processor_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
	"hindsight/processor"
)

// TestOrderChangesNothing: what becomes of a section that shows what an earlier one
// protects does not depend on which of them came first, on a restart in between,
// nor on how often they are stored.
func TestOrderChangesNothing(t *testing.T) {
	t.Parallel()
	p := newPageOf(t, wire.DayOf(time.Now()))
	frames := map[uint32][]byte{
		1: p.frame(1, pageStart, fieldShown), 2: p.frame(2, typed), 3: p.frame(3, harmless), 4: p.frame(4, typed), 5: p.frame(5, otherText),
	}
	how := sending{received: time.Now(), via: eventlog.ViaWebSocket}
	var want map[string][]storetest.Row
	for _, c := range []struct {
		name  string
		parts [][]uint32 // each by a processor of its own
		size  int        // of a batch
	}{
		{"in order", [][]uint32{{1, 2, 3, 4, 5}}, 10},
		{"the first last", [][]uint32{{2, 3, 4, 5, 1}}, 10},
		{"the first last, each stored alone", [][]uint32{{2, 3, 4, 5, 1}}, 1},
		{"the first after a restart", [][]uint32{{2, 3, 4, 5}, {1}}, 10},
		{"resent", [][]uint32{{2, 3, 4, 2, 1, 2, 5}, {4, 1}}, 2},
	} {
		r, all := newRig(t), 0
		for _, part := range c.parts {
			var sent [][]byte
			for _, sequence := range part {
				sent = append(sent, frames[sequence])
			}
			r.send(sent, how)
			r.process("group", processor.Config{FlushRecords: c.size}, len(part))
			r.derive()
			all += len(part)
		}
		got := r.dump()
		if want == nil {
			want = got
			if states := r.states(p); states["1"] != "kept" || states["2"] != "refused" || states["3"] != "kept" || states["4"] != "refused" || len(got["recording_chunks"]) != 3 {
				t.Fatalf("in order: %v, %d chunks", states, len(got["recording_chunks"]))
			}
			continue
		}
		if diff := storetest.Compare(want, got); len(diff) > 0 {
			t.Errorf("%s: %v", c.name, diff)
		}
		r.process("again", processor.Config{FlushRecords: c.size}, all)
		r.derive()
		if diff := storetest.Compare(want, r.dump()); len(diff) > 0 {
			t.Errorf("%s, stored again: %v", c.name, diff)
		}
	}
}

// TestRefusedInTheEnd: a processor that ends between storing and refusing leaves
// it to the next one; a row that a late process stores again changes nothing; and
// nothing of it is served.
func TestRefusedInTheEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := newPageOf(t, wire.DayOf(time.Now()))
	how := sending{received: time.Now(), via: eventlog.ViaWebSocket}
	r.send([][]byte{p.frame(2, typed), p.frame(1, pageStart, fieldShown)}, how)
	r.lenient.Store(true)
	proc, reg := r.processor("group", processor.Config{FlushRecords: 1, RetryLeast: time.Millisecond, RetryMost: time.Millisecond, StopTimeout: time.Millisecond})
	stop := r.start(proc)
	r.await("the store to be missed", func() bool { return counter(t, reg, "hindsight_processor_store_failures_total") > 1 })
	stop()
	if got := r.states(p); got["1"] != "kept" || got["2"] != "kept" {
		t.Fatalf("before it is refused: %v", got)
	}
	r.lenient.Store(false)
	r.process("group", processor.Config{}, 1)
	if got := r.states(p); got["2"] != "refused" {
		t.Errorf("the next processor leaves %v", got)
	}
	chunks := func() int { return len(r.dump()["recording_chunks"]) }
	if n := chunks(); n != 1 {
		t.Errorf("%d chunks lie there, want one", n)
	}

	// What a process writes that was frozen meanwhile.
	id := store.Identity{Site: "shop", Session: p.session, Document: p.document, Sequence: 2}
	late := &store.Record{Identity: id, Batch: store.BatchRow{Country: "DE", ReplayState: store.ReplayKept, ReplayEvents: 1}, Chunk: &store.ChunkRow{Codec: store.ChunkDeflate, Events: 1, Payload: []byte("x")}}
	if _, err := r.store.Write(t.Context(), []*store.Record{late}); err != nil {
		t.Fatal(err)
	}
	if got := r.states(p); got["2"] != "refused" || chunks() != 2 {
		t.Errorf("after a late write: %v, %d chunks", got, chunks())
	}
	visible := store.NewVisible("shop", store.Retention{}, time.Now())
	served, err := r.store.Chunks(t.Context(), visible, hex.EncodeToString(p.session[:]), "")
	if err != nil || len(served) != 1 || served[0].Sequence != 1 {
		t.Errorf("%v: served are %+v, want the first alone", err, served)
	}
	payloads, err := r.store.Payloads(t.Context(), visible, hex.EncodeToString(p.session[:]), "", 0, 9)
	if err != nil || len(payloads) != 1 || payloads[0].Sequence != 1 {
		t.Errorf("%v: %d payloads are served, want the first alone", err, len(payloads))
	}
	r.process("again", processor.Config{}, 2)
	if n := chunks(); n != 1 {
		t.Errorf("%d chunks lie there after all was stored again, want one", n)
	}
}

// TestNothingIsReviewedInOrder: where sections come in order the store is not asked.
func TestNothingIsReviewedInOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := newPageOf(t, wire.DayOf(time.Now()))
	r.send([][]byte{p.frame(1, pageStart), p.frame(2, fieldShown), p.frame(3, typed), p.frame(4, areaShown), p.frame(2, fieldShown), p.frame(5, harmless)}, sending{received: time.Now(), via: eventlog.ViaWebSocket})
	r.process("group", processor.Config{FlushRecords: 1}, 6)
	if n := r.reviewed.Load(); n != 1 { // the one that came again: it is still the first to show its field
		t.Errorf("%d runs of sections were looked for, want that of the resent one", n)
	}
}

// TestDisorderIsRefusedWhole: whoever sends what came before again and again, each
// time with another field, has his own document refused, not everybody's time.
func TestDisorderIsRefusedWhole(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	day := wire.DayOf(time.Now())
	wild, calm := newPageOf(t, day), newPageOf(t, day)
	sent := [][]byte{wild.frame(500, harmless), calm.frame(2, typed), calm.frame(1, pageStart, fieldShown)}
	for n := range uint32(160) {
		sent = append(sent, wild.frame(1+n, strings.ReplaceAll(fieldShown, `"id":7`, fmt.Sprintf(`"id":%d`, 1000+n))))
	}
	r.send(sent, sending{received: time.Now(), via: eventlog.ViaWebSocket})
	r.process("group", processor.Config{FlushRecords: 10}, len(sent))
	for sequence, state := range r.states(wild) {
		if state != "refused" {
			t.Errorf("section %s of the document in disorder is %s", sequence, state)
		}
	}
	if got := r.states(calm); got["1"] != "kept" || got["2"] != "refused" {
		t.Errorf("the other document: %v", got)
	}
	if n := r.reviewed.Load(); n > 140 { // 64, and what a generation that was lost in between had already
		t.Errorf("%d runs of sections were looked for, of one document", n)
	}
}

// TestTooMuchToJudgeAgain: where a batch makes more doubtful than there is time to
// read, what is longest is refused unread.
func TestTooMuchToJudgeAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	day := wire.DayOf(time.Now())
	bulky, small := newPageOf(t, day), newPageOf(t, day)
	long := strings.Replace(harmless, "tea", strings.Repeat("tea ", 15<<18), 1) // 15 MB, of which 16 MiB may be one section
	sent := [][]byte{small.frame(2, typed), small.frame(3, harmless)}
	for n := range uint32(5) {
		sent = append(sent, bulky.frame(2+n, long))
	}
	how := sending{received: time.Now(), via: eventlog.ViaWebSocket}
	r.send(sent, how)
	r.process("group", processor.Config{}, len(sent))
	if got := r.states(bulky); len(got) != 5 || got["2"] != "kept" || got["6"] != "kept" {
		t.Fatalf("before anything comes late: %v", got)
	}
	r.send([][]byte{bulky.frame(1, pageStart, fieldShown), small.frame(1, pageStart, fieldShown)}, how)
	r.process("group", processor.Config{}, 2)
	for sequence, state := range r.states(bulky) {
		if want := map[bool]string{true: "kept", false: "refused"}[sequence == "1"]; state != want {
			t.Errorf("section %s of the long document is %s, want %s", sequence, state, want)
		}
	}
	if got := r.states(small); got["1"] != "kept" || got["2"] != "refused" || got["3"] != "kept" {
		t.Errorf("the short document: %v", got)
	}
}
