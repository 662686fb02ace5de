package logtest

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/zap/zaptest"

	"hindsight/internal/eventlog"
)

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
	if err := d.Resolve(ctx, key, key, eventlog.ResolvedRetried); err != nil {
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
