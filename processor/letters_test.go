package processor_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
	"hindsight/processor"
)

const canaryPassword = "correct-horse-battery"

// secretTold is a replay that the guard refuses.
const secretTold = `[{"type":3,"timestamp":1778100000000,"data":{"source":0,"attributes":[{"id":7,"attributes":{"type":"password","value":"` + canaryPassword + `"}}]}}]`

// brokenRecords are one record for each way to fail, named by the sequence.
func brokenRecords(t *testing.T, r *rig) (records []*eventlog.Record, reasons map[uint32]string) {
	t.Helper()
	reasons = map[uint32]string{}
	session, document := wire.NewSessionID(firstDay), wire.NewDocumentID()
	origin := `{"origin":1778100000000,"offset":0,"view":0,"path":"/","signals":[{"k":"visible","t":1,"on":1},{"k":"event","t":2,"name":"control-text"}]}`
	add := func(reason, signals, replay string, spoil func(*eventlog.Record)) {
		h := wire.Header{Consent: wire.ConsentImplied, Session: session, Document: document, Sequence: uint32(len(records) + 1), SentAt: 1778100000000}
		frame, err := wire.EncodeFrame(h, []byte(signals), []byte(replay), wire.CodecDeflateRaw)
		if err != nil {
			t.Fatal(err)
		}
		rec := &eventlog.Record{Site: "shop", Session: session, Document: document, Sequence: h.Sequence, Consent: uint8(h.Consent),
			Received: firstDay.Time().Add(time.Hour), Via: eventlog.ViaWebSocket, Agent: "test", Address: []byte(canaryAddress), Frame: frame}
		if spoil != nil {
			spoil(rec)
		}
		records = append(records, rec)
		if reason != "" {
			reasons[h.Sequence] = reason
		}
	}
	add("", origin, "", nil)
	add("frame", origin, "", func(r *eventlog.Record) { r.Frame = append([]byte("H\x01"), make([]byte, 94)...) })
	add("mismatch", origin, "", func(r *eventlog.Record) { r.Document = wire.NewDocumentID() })
	add("signals", `{"origin":"x"}`, "", nil)
	add("replay_format", origin, `[{"type":3,"data":"`+canaryPassword+`"}]`, nil)
	add("guard_protected_value", origin, secretTold, nil)
	add("store", strings.Replace(origin, "control-text", "poison", 1), "", nil)
	add("", origin, "", nil)
	return records, reasons
}

// produceBroken puts broken records into the log of a store that refuses one of them.
func produceBroken(t *testing.T, r *rig) ([]*eventlog.Record, map[uint32]string) {
	t.Helper()
	if err := r.store.Conn().Exec(t.Context(), "ALTER TABLE events ADD CONSTRAINT honest CHECK name != 'poison'"); err != nil {
		t.Fatal(err)
	}
	records, reasons := brokenRecords(t, r)
	r.produce(records)
	return records, reasons
}

// TestDeadLetters: every kind of broken record goes to the dead letters, alone,
// with its reason, without the address, and with its payload only when it could
// not be decoded. A second reading gives the same keys.
func TestDeadLetters(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	records, reasons := produceBroken(t, r)
	keys := map[string]bool{}
	for _, group := range []string{"one", "two"} {
		p, reg := r.processor(group, processor.Config{FlushInterval: time.Millisecond})
		stop := r.start(p)
		r.await("dead letters", func() bool {
			return counter(t, reg, "hindsight_deadletter_records_total") == float64(len(reasons))
		})
		stop()
		if got := counter(t, reg, "hindsight_guard_refusals_total"); got != 1 {
			t.Errorf("%v guard refusals counted, want 1", got)
		}
		if got := counter(t, reg, "hindsight_processor_records_total"); got != float64(len(records)) {
			t.Errorf("%v records counted, want %d", got, len(records))
		}
	}
	letters, err := eventlog.ReadDeadLetters(ctx, r.log, 1000)
	if err != nil {
		t.Fatal(err)
	}
	got := map[uint32]string{}
	for i := range letters {
		l := &letters[i]
		keys[string(l.Key)] = true
		headers := map[string]string{}
		for _, h := range l.Headers {
			headers[h.Key] = string(h.Value)
		}
		if _, ok := headers["addr"]; ok || strings.Contains(strings.Join(slices.Collect(maps.Values(headers)), " "), canaryAddress) {
			t.Errorf("dead letter %s holds the client's address", headers["reason"])
		}
		sequence := headers["seq"]
		got[uint32(sequence[0]-'0')] = headers["reason"]
		decoded := strings.HasPrefix(headers["reason"], "guard") || headers["reason"] == "replay_format" || headers["reason"] == "store"
		if decoded != (len(l.Value) == 0) {
			t.Errorf("dead letter %s has a payload of %d bytes", headers["reason"], len(l.Value))
		}
		if decoded && (headers["session"] == "" || headers["site"] != "shop") {
			t.Errorf("dead letter %s names session %q, site %q", headers["reason"], headers["session"], headers["site"])
		}
	}
	if diff := cmp.Diff(reasons, got); diff != "" {
		t.Errorf("dead letters by sequence (-want +got):\n%s", diff)
	}
	if len(keys) != len(reasons) {
		t.Errorf("%d keys for %d broken records that were read twice", len(keys), len(reasons))
	}
	checkNeighbours(t, r)
}

// checkNeighbours: the good records are there, and of those whose replay
// section was refused the signals.
func checkNeighbours(t *testing.T, r *rig) {
	t.Helper()
	states := map[string]string{}
	events := map[string]int{}
	dump := r.dump()
	for _, row := range dump["batches"] {
		states[row["sequence"]] = row["replay_state"]
	}
	for _, row := range dump["events"] {
		events[row["sequence"]]++
	}
	for sequence, state := range map[string]string{"1": "none", "5": "refused", "6": "refused", "8": "none"} {
		if states[sequence] != state || events[sequence] != 2 {
			t.Errorf("batch %s: replay %q, %d events; want %q and 2", sequence, states[sequence], events[sequence], state)
		}
	}
	if len(dump["recording_chunks"]) != 0 {
		t.Error("a refused replay section was stored")
	}
	for table, rows := range dump {
		for _, row := range rows {
			for column, value := range row {
				if strings.Contains(value, canaryPassword) {
					t.Errorf("%s.%s holds the password", table, column)
				}
			}
		}
	}
}

// TestLettersKeepSoMuchOfASite: past its share a site's letters are written all the
// same, without their frames, and counted; another site's keep theirs.
func TestLettersKeepSoMuchOfASite(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var records []*eventlog.Record
	size := 0
	for i := range 8 {
		h := wire.Header{Consent: wire.ConsentImplied, Session: wire.NewSessionID(firstDay), Document: wire.NewDocumentID(), Sequence: 1, SentAt: 1778100000000}
		frame, err := wire.EncodeFrame(h, []byte(strings.Repeat("no signals", 20)), nil, wire.CodecNone)
		if err != nil {
			t.Fatal(err)
		}
		rec := &eventlog.Record{Site: "greedy", Session: h.Session, Document: h.Document, Sequence: 1, Consent: uint8(h.Consent),
			Received: firstDay.Time().Add(time.Hour), Via: eventlog.ViaWebSocket, Agent: "test", Frame: frame}
		switch i {
		case 6:
			rec.Site = "shop"
		case 7: // an operator tries a letter again: what is left of its first writing is closed by then
			rec.Letter = "log/0/1"
		}
		size = len(frame)
		records = append(records, rec)
	}
	r.produce(records)
	p, reg := r.processor("group", processor.Config{FlushInterval: time.Millisecond, LetterBytes: 2*size + size/2})
	stop := r.start(p)
	r.await("dead letters", func() bool { return counter(t, reg, "hindsight_deadletter_records_total") == 8 })
	stop()
	letters, err := eventlog.ReadDeadLetters(t.Context(), r.log, 1000)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]int{}
	for i := range letters {
		if len(letters[i].Value) > 0 {
			kept[eventlog.SiteOf(&letters[i])]++
		}
	}
	if len(letters) != 8 || kept["greedy"] != 3 || kept["shop"] != 1 {
		t.Errorf("%d letters, %v with their frames; want 8, of the greedy site two and the one tried again", len(letters), kept)
	}
	if n := count(t, reg, "hindsight_deadletter_frames_left_out_total", "signals"); n != 4 {
		t.Errorf("%v counted without their frames", n)
	}
}
