package processor_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"hindsight/internal/deadletter"
	"hindsight/internal/eventlog"
	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
	"hindsight/processor"
)

// letters are the dead letters by reason.
func (r *rig) letters() map[string]deadletter.Letter {
	r.t.Helper()
	all, err := deadletter.Read(context.Background(), r.log)
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[string]deadletter.Letter{}
	for _, l := range all {
		out[l.Reason] = l
	}
	if len(out) != len(all) {
		r.t.Errorf("%d letters for %d reasons", len(all), len(out))
	}
	return out
}

// desk works on letters; its producer ends with the test.
func (r *rig) desk() *deadletter.Desk {
	r.t.Helper()
	p, err := eventlog.NewProducer(r.log, eventlog.ProducerConfig{}, nil, r.logger)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := p.Start(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			r.t.Error(err)
		}
	})
	marks, err := eventlog.NewDeadLetter(r.log, nil, r.logger)
	if err != nil {
		r.t.Fatal(err)
	}
	return &deadletter.Desk{Log: r.log, LogID: r.logID, Append: p, Marks: marks}
}

// TestRetry: what an operator tries again is stored once when its cause is
// gone, and is the same letter when it is not; trying twice counts nothing twice.
func TestRetry(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	records, reasons := produceBroken(t, r)
	p, reg := r.processor("one", processor.Config{FlushInterval: time.Millisecond})
	stop := r.start(p)
	t.Cleanup(stop)
	dead := func(n int) func() bool {
		return func() bool { return counter(t, reg, "hindsight_deadletter_records_total") == float64(n) }
	}
	r.await("dead letters", dead(len(reasons)))
	desk, letters := r.desk(), r.letters()

	// The cause of one is cured; its payload was not kept, its record lies in the log.
	if err := r.store.Conn().Exec(ctx, "ALTER TABLE events DROP CONSTRAINT honest"); err != nil {
		t.Fatal(err)
	}
	cured := letters["store"]
	if cured.Payload != 0 {
		t.Error("the payload of a record that could be decoded was kept")
	}
	for range 2 {
		stored := r.written.Load()
		if err := desk.Retry(ctx, &cured); err != nil {
			t.Fatal(err)
		}
		r.await("the record to be stored", func() bool { return r.written.Load() > stored })
	}
	first := r.dump()
	if got := len(first["batches"]); got != 5 { // the two good ones, the two whose signals were kept, this one
		t.Errorf("%d batches after two tries, want 5", got)
	}
	names := 0
	for _, row := range first["events"] {
		if row["name"] == "poison" {
			names++
		}
	}
	if names != 1 {
		t.Errorf("the event is there %d times", names)
	}

	// Of the others each is refused again, as the same letter.
	for _, reason := range []string{"frame", "signals", "guard_protected_value", "replay_format"} {
		l := letters[reason]
		if err := desk.Retry(ctx, &l); err != nil {
			t.Errorf("%s: %v", reason, err)
		}
	}
	r.await("refusals", dead(len(reasons)+4))
	drop := letters["mismatch"]
	if err := desk.Drop(ctx, []deadletter.Letter{drop}); err != nil {
		t.Fatal(err)
	}
	after := r.letters()
	for reason, want := range map[string]struct {
		state string
		tries int
	}{
		"store": {deadletter.StateRetried, 1}, "mismatch": {deadletter.StateDropped, 1},
		"frame": {deadletter.StateOpen, 2}, "signals": {deadletter.StateOpen, 2}, "guard_protected_value": {deadletter.StateOpen, 2}, "replay_format": {deadletter.StateOpen, 2},
	} {
		if got := after[reason]; got.State != want.state || got.Tries != want.tries || got.Key != letters[reason].Key {
			t.Errorf("%s: %s after %d tries under %s, want %s after %d under %s", reason, got.State, got.Tries, got.Key, want.state, want.tries, letters[reason].Key)
		}
	}
	if diff := storetest.Compare(first, r.dump()); len(diff) > 0 {
		t.Errorf("trying again changed what was stored: %v", diff[:min(len(diff), 5)])
	}
	stop()

	// Reading everything again refuses nothing anew: the same readings.
	all := float64(len(records) + 2 + 4)
	p, reg = r.processor("two", processor.Config{FlushInterval: time.Millisecond})
	stopTwo := r.start(p)
	r.await("all records", func() bool { return counter(t, reg, "hindsight_processor_records_total") == all })
	stopTwo()
	for reason, l := range r.letters() {
		if was := after[reason]; l.State != was.State || l.Tries != was.Tries {
			t.Errorf("%s is %s after %d tries once all was read again; it was %s after %d", reason, l.State, l.Tries, was.State, was.Tries)
		}
	}
}

// TestRetryOfWhatWasNotKept: a letter whose frame could not be decoded and holds
// what the guard refuses has no payload; its record is found in the log.
func TestRetryOfWhatWasNotKept(t *testing.T) {
	r := newRig(t)
	records, _ := brokenRecords(t, r)
	rec := *records[3] // its signals cannot be decoded
	h, err := wire.ParseHeader(rec.Frame)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Frame, err = wire.EncodeFrame(h, []byte(`{"origin":"x"}`), []byte(secretTold), wire.CodecDeflateRaw); err != nil {
		t.Fatal(err)
	}
	r.produce([]*eventlog.Record{&rec})
	p, reg := r.processor("one", processor.Config{FlushInterval: time.Millisecond})
	stop := r.start(p)
	defer stop()
	refused := func(n float64) func() bool {
		return func() bool { return counter(t, reg, "hindsight_deadletter_records_total") == n }
	}
	r.await("the dead letter", refused(1))
	l := r.letters()["signals"]
	if l.Payload > 0 {
		t.Fatalf("the letter holds %d bytes of what the guard refuses", l.Payload)
	}
	if err := r.desk().Retry(context.Background(), &l); err != nil {
		t.Fatal(err)
	}
	r.await("it to be refused again", refused(2))
	if got := r.letters()["signals"]; got.Tries != 2 || got.Key != l.Key {
		t.Errorf("%d tries, under %s; want 2 under %s", got.Tries, got.Key, l.Key)
	}
}

// TestRetryOfWhatIsGone: a letter whose record the log has let go of, or that
// another log wrote, says so and stays as it is.
func TestRetryOfWhatIsGone(t *testing.T) {
	r := newRig(t)
	records, _ := brokenRecords(t, r)
	r.produce(slices.Clone(records[5:6])) // the guard refuses it: no payload
	p, reg := r.processor("one", processor.Config{FlushInterval: time.Millisecond})
	stop := r.start(p)
	r.await("the dead letter", func() bool { return counter(t, reg, "hindsight_deadletter_records_total") == 1 })
	stop()
	l := r.letters()["guard_protected_value"]
	desk := r.desk()
	desk.LogID = "another log"
	if err := desk.Retry(context.Background(), &l); !errors.Is(err, deadletter.ErrGone) {
		t.Errorf("of another log: %v", err)
	}
	desk.LogID = r.logID
	l.Sequence++ // what lies there is another batch
	if err := desk.Retry(context.Background(), &l); !errors.Is(err, deadletter.ErrGone) {
		t.Errorf("another batch at its place: %v", err)
	}
	if got := r.letters()["guard_protected_value"]; got.State != deadletter.StateOpen {
		t.Errorf("the letter is %s", got.State)
	}
}
