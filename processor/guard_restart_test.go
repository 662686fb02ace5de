package processor_test

import (
	"fmt"
	"testing"
	"time"

	"hindsight/internal/deadletter"
	"hindsight/internal/eventlog"
	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
	"hindsight/processor"
	"hindsight/processor/guard"
)

// page makes the replay frames of one document by hand, as a tracker would that
// does not mask.
type page struct {
	t        *testing.T
	session  wire.SessionID
	document wire.DocumentID
}

func newPage(t *testing.T) page { return newPageOf(t, firstDay) }

func newPageOf(t *testing.T, day wire.Day) page {
	return page{t, wire.NewSessionID(day), wire.NewDocumentID()}
}

func (p page) frame(sequence uint32, events ...string) []byte {
	p.t.Helper()
	at := p.session.Day().Time().UnixMilli() + int64(sequence)*2000
	section := "["
	for i, e := range events {
		if i > 0 {
			section += ","
		}
		section += fmt.Sprintf(`{"type":%s,"timestamp":%d}`, e, at)
	}
	h := wire.Header{Flags: wire.FlagSampled, Consent: wire.ConsentImplied, Session: p.session, Document: p.document, Sequence: sequence, SentAt: float64(at)}
	frame, err := wire.EncodeFrame(h, nil, []byte(section+"]"), wire.CodecGzip)
	if err != nil {
		p.t.Fatal(err)
	}
	return frame
}

const (
	pageStart  = `2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"form","attributes":{},"childNodes":[],"id":2}],"id":1},"initialOffset":{}}`
	fieldShown = `3,"data":{"source":0,"adds":[{"parentId":2,"nextId":null,"node":{"type":2,"tagName":"input","attributes":{"type":"password"},"childNodes":[],"id":7}}]}`
	fieldTold  = `3,"data":{"source":0,"adds":[{"parentId":2,"nextId":null,"node":{"type":2,"tagName":"input","attributes":{"type":"password","value":"` + canaryPassword + `"},"childNodes":[],"id":7}}]}`
	flipped    = `3,"data":{"source":0,"attributes":[{"id":7,"attributes":{"type":"text"}}]}`
	typed      = `3,"data":{"source":5,"text":"` + canaryPassword + `","isChecked":false,"id":7}`
	valueSet   = `3,"data":{"source":0,"attributes":[{"id":7,"attributes":{"value":"` + canaryPassword + `"}}]}`
	areaShown  = `3,"data":{"source":0,"adds":[{"parentId":2,"nextId":null,"node":{"type":2,"tagName":"textarea","attributes":{"autocomplete":"one-time-code"},"childNodes":[{"type":3,"textContent":"•••","id":10}],"id":9}}]}`
	areaText   = `3,"data":{"source":0,"texts":[{"id":10,"value":"` + canaryPassword + `"}]}`
	areaFilled = `3,"data":{"source":0,"adds":[{"parentId":9,"nextId":null,"node":{"type":3,"textContent":"` + canaryPassword + `","id":11}}]}`
	otherText  = `3,"data":{"source":0,"texts":[{"id":12,"value":"tea"}]}`
	harmless   = `3,"data":{"source":5,"text":"tea","isChecked":false,"id":8}`
)

// states are the fates of a page's sections, by sequence.
func (r *rig) states(p page) map[string]string {
	out := map[string]string{}
	for _, row := range r.dump()["batches"] {
		if row["document"] == fmt.Sprintf("%X", p.document[:]) {
			out[row["sequence"]] = row["replay_state"]
		}
	}
	return out
}

// TestGuardRemembersOverARestart: what one processor saw of a field, another one
// knows that never saw it: from a part of a snapshot, from a section that was
// refused, whichever came last. A section from before the field was protected is
// judged as it was at first.
func TestGuardRemembersOverARestart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	shown, refused, unknown, parts, area := newPage(t), newPage(t), newPage(t), newPage(t), newPage(t)
	early := shown.frame(1, pageStart, typed) // no field is protected yet: node 7 may be any
	steps := []struct {
		frames [][]byte
		want   map[*page]map[string]string
	}{
		{[][]byte{early, shown.frame(2, fieldShown), refused.frame(1, pageStart), refused.frame(2, fieldTold), unknown.frame(1, pageStart), parts.frame(1, pageStart), area.frame(1, pageStart, areaShown)},
			map[*page]map[string]string{&area: {"1": "kept"}, &shown: {"1": "kept", "2": "kept"}, &refused: {"1": "kept", "2": "refused"}, &unknown: {"1": "kept"}, &parts: {"1": "kept"}}},
		{[][]byte{shown.frame(3, flipped), shown.frame(4, typed), refused.frame(3, valueSet), unknown.frame(2, typed), parts.frame(2, fieldShown), area.frame(2, areaText), area.frame(3, otherText)},
			map[*page]map[string]string{&area: {"2": "refused", "3": "kept"}, &shown: {"3": "kept", "4": "refused"}, &refused: {"3": "refused"}, &unknown: {"2": "kept"}, &parts: {"2": "kept"}}},
		{[][]byte{shown.frame(5, harmless), shown.frame(6, valueSet), parts.frame(3, harmless, typed), area.frame(4, areaFilled)},
			map[*page]map[string]string{&area: {"4": "refused"}, &shown: {"5": "kept", "6": "refused"}, &parts: {"3": "refused"}}},
	}
	for i, step := range steps {
		r.send(step.frames, sending{received: firstDay.Time().Add(time.Hour), via: eventlog.ViaWebSocket})
		r.process("group", processor.Config{FlushRecords: 3}, len(step.frames)) // a new one each time
		for p, want := range step.want {
			got := r.states(*p)
			for sequence, state := range want {
				if got[sequence] != state {
					t.Errorf("step %d, sequence %s is %q, want %q", i, sequence, got[sequence], state)
				}
			}
		}
	}
	if n := len(r.dump()["recording_chunks"]); n != 11 {
		t.Errorf("%d sections are stored, want 11", n)
	}

	// Everything once more, with all that came later known: nothing changes.
	first := r.dump()
	r.process("other", processor.Config{FlushRecords: 5}, 18)
	if diff := storetest.Compare(first, r.dump()); len(diff) > 0 {
		t.Errorf("reading again changed what is kept: %v", diff)
	}
}

// TestGuardWaitsForItsMemory: while the store cannot say what was shown before,
// nothing is judged; and a document is asked for once.
func TestGuardWaitsForItsMemory(t *testing.T) {
	r := newRig(t)
	p := newPage(t)
	r.send([][]byte{p.frame(1, pageStart, fieldShown)}, sending{received: firstDay.Time().Add(time.Hour), via: eventlog.ViaWebSocket})
	r.process("group", processor.Config{}, 1)

	asked := r.asked.Load()
	r.failing.Store(true)
	proc, reg := r.processor("group", processor.Config{RetryLeast: time.Millisecond, RetryMost: time.Millisecond})
	stop := r.start(proc)
	defer stop()
	var frames [][]byte
	for sequence := range uint32(5) {
		frames = append(frames, p.frame(sequence+2, typed))
	}
	r.send(frames, sending{received: firstDay.Time().Add(time.Hour), via: eventlog.ViaWebSocket})
	r.await("the store to be missed", func() bool {
		return proc.Ready() != nil && counter(t, reg, "hindsight_processor_store_failures_total") > 3
	})
	if n := counter(t, reg, "hindsight_processor_records_total"); n != 0 {
		t.Errorf("%v records were judged without it", n)
	}
	r.failing.Store(false)
	r.await("the refusals", func() bool { return counter(t, reg, "hindsight_guard_refusals_total") == 5 })
	if n := r.asked.Load() - asked; n != 1 {
		t.Errorf("%d documents were asked for, want 1", n)
	}
	r.await("their dead letters", func() bool { return counter(t, reg, "hindsight_deadletter_records_total") == 5 })
	letters, err := deadletter.Read(t.Context(), r.log)
	if err != nil || len(letters) != 5 || letters[0].Reason != "guard_"+guard.ReasonInput || letters[0].Payload != 0 {
		t.Errorf("%v: %+v, want five dead letters without a payload", err, letters)
	}
}

// TestGuardAsksOnlyForWhatMayBeStored: of a session that began in this generation
// nothing can be stored that the guard has not seen, so the store is not asked;
// and the next generation, which has not seen it, asks.
func TestGuardAsksOnlyForWhatMayBeStored(t *testing.T) {
	r := newRig(t)
	today := sending{received: time.Now(), via: eventlog.ViaWebSocket}
	first, second := newPageOf(t, wire.DayOf(time.Now())), newPageOf(t, wire.DayOf(time.Now()))
	r.send([][]byte{first.frame(1, pageStart, fieldShown), first.frame(2, flipped)}, today)
	r.process("group", processor.Config{FlushRecords: 1}, 2)
	if n := r.asked.Load(); n != 0 {
		t.Errorf("%d documents of a session that had just begun were asked for", n)
	}
	r.send([][]byte{first.frame(3, typed), second.frame(1, pageStart, fieldShown), second.frame(2, typed)}, today)
	r.process("group", processor.Config{FlushRecords: 1}, 3)
	if n := r.asked.Load(); n != 1 {
		t.Errorf("%d documents were asked for, want the one that was there before", n)
	}
	if got := r.states(first); got["2"] != "kept" || got["3"] != "refused" {
		t.Errorf("the sections of before and after are %v, want the third refused", got)
	}
	if got := r.states(second); got["1"] != "kept" || got["2"] != "refused" {
		t.Errorf("the sections of the new session are %v, want the second refused", got)
	}
}
