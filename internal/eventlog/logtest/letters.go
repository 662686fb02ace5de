package logtest

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/zap/zaptest"

	"hindsight/internal/eventlog"
)

// lettersTogether: many letters go in few requests over one connection, and one
// that the log finds too large loses its own payload and nobody else's.
func (b Broker) lettersTogether(t *testing.T) {
	var opened atomic.Int64
	at := b.Config
	if path, ok := strings.CutPrefix(at.Brokers[0], "unix:"); ok {
		at.Dial = func(ctx context.Context) (net.Conn, error) {
			opened.Add(1)
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}
	}
	d, err := eventlog.NewDeadLetter(at, nil, zaptest.NewLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	const letters, huge = 2500, 1234
	refused := make([]eventlog.Refused, letters)
	for i := range refused {
		f := &eventlog.Fetched{Partition: 1, Offset: int64(i), Value: []byte("payload")}
		if i == huge {
			f.Value = make([]byte, 1_200_000)
		}
		refused[i] = eventlog.Refused{LogID: "together", Record: f, Reason: "signals", Payload: true}
	}
	if err := d.Write(t.Context(), refused...); err != nil {
		t.Fatal(err)
	}
	if n := opened.Load(); n > 20 {
		t.Errorf("%d connections for %d letters", n, letters)
	}
	without, found := 0, map[string]bool{}
	marks := make([]eventlog.Resolved, 0, 1000)
	err = eventlog.EachDeadLetter(t.Context(), b.Config, func(f *eventlog.Fetched) error {
		if key := string(f.Key); strings.HasPrefix(key, "together/") {
			found[key] = true
			if len(f.Value) == 0 {
				without++
			}
			if len(marks) < cap(marks) {
				marks = append(marks, eventlog.Resolved{Key: key, Read: key})
			}
		}
		return nil
	})
	if err != nil || len(found) != letters || without != 1 {
		t.Fatalf("%d letters lie there, %d without a payload: %v", len(found), without, err)
	}
	opened.Store(0)
	if err := d.Resolve(t.Context(), eventlog.ResolvedDropped, marks...); err != nil {
		t.Fatal(err)
	}
	dropped := 0
	err = eventlog.EachDeadLetter(t.Context(), b.Config, func(f *eventlog.Fetched) error {
		if h, _, _ := eventlog.DecodeLetter(f); h.Resolved == eventlog.ResolvedDropped && found[string(f.Key)] {
			dropped++
		}
		return nil
	})
	if n := opened.Load(); err != nil || dropped != len(marks) || n > 20 {
		t.Errorf("%d of %d marked over %d connections: %v", dropped, len(marks), n, err)
	}
}

// letterMarks: a mark lies behind its letter; a letter gives its record back but
// for the address; a record that is another try keeps the letter's key.
func (b Broker) letterMarks(t *testing.T) {
	ctx := t.Context()
	d, err := eventlog.NewDeadLetter(b.Config, nil, zaptest.NewLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	original := record("letters", 7, 3, 64)
	b.produce(t, original)
	var at eventlog.Fetched
	b.consume(t, newGroup(t), false, func(f eventlog.Fetched) bool {
		r, err := eventlog.DecodeRecord(&f)
		at = f
		return err == nil && r.Site == "letters"
	})
	if err := d.Write(ctx, eventlog.Refused{LogID: "log", Record: &at, Reason: "signals", Payload: true}); err != nil {
		t.Fatal(err)
	}
	key, told := "", []eventlog.LetterHeaders{}
	var kept eventlog.Fetched
	read := func() {
		told = told[:0]
		err := eventlog.EachDeadLetter(ctx, b.Config, func(f *eventlog.Fetched) error {
			if h, r, missing := eventlog.DecodeLetter(f); r.Site == "letters" || key != "" && string(f.Key) == key {
				told = append(told, h)
				if h.Resolved == "" {
					if key, kept = string(f.Key), *f; missing != "" {
						t.Errorf("%q is missing", missing)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	read()
	found, err := eventlog.ReadRecord(ctx, b.Config, eventlog.TopicDeadLetter, kept.Partition, kept.Offset)
	if err != nil {
		t.Fatal(err)
	}
	_, again, _ := eventlog.DecodeLetter(&found)
	if again.Session != original.Session || again.Sequence != 3 || string(again.Frame) != string(original.Frame) || len(again.Address) != 0 || again.Letter != key {
		t.Errorf("the letter does not give its record back: %+v", again)
	}
	if err := d.Resolve(ctx, eventlog.ResolvedRetried, eventlog.Resolved{Key: key, Read: key}); err != nil {
		t.Fatal(err)
	}
	b.produce(t, &again)
	var second eventlog.Fetched
	b.consume(t, newGroup(t), false, func(f eventlog.Fetched) bool {
		r, err := eventlog.DecodeRecord(&f)
		second = f
		return err == nil && r.Letter == key
	})
	if err := d.Write(ctx, eventlog.Refused{LogID: "log", Record: &second, Reason: "signals", Payload: true}); err != nil {
		t.Fatal(err)
	}
	read()
	if len(told) != 3 || told[1].Resolved != "retried" || told[1].Read != key || told[2].Read == key || !strings.HasPrefix(told[2].Read, "log/") {
		t.Errorf("under the letter's key stands %+v", told)
	}
	if _, err := eventlog.ReadRecord(ctx, b.Config, eventlog.TopicEvents, second.Partition, second.Offset+1000); !errors.Is(err, eventlog.ErrNoRecord) {
		t.Errorf("a record that was never written: %v", err)
	}
	same, err := eventlog.ReadRecord(ctx, b.Config, eventlog.TopicEvents, second.Partition, second.Offset)
	if err != nil || string(same.Value) != string(second.Value) {
		t.Errorf("the record at its place: %v", err)
	}
}
