package deadletter

import (
	"context"
	"errors"
	"fmt"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
)

// Appender puts a record into hindsight.events; *eventlog.Producer is one.
type Appender interface {
	Append(ctx context.Context, r *eventlog.Record, done func(err error)) error
}

// Marker says what became of a letter; *eventlog.DeadLetter is one.
type Marker interface {
	Resolve(ctx context.Context, what string, letters ...eventlog.Resolved) error
}

// Desk is where letters are worked on. LogID is that of the log in Log.
type Desk struct {
	Log    eventlog.Config
	LogID  string
	Append Appender
	Marks  Marker
}

// ErrGone says that a letter cannot be tried again: its payload was not kept,
// and the log has let go of the record.
var ErrGone = errors.New("its record is in the log no more, and its payload was not kept")

// Retry appends the letter's record to the log again and then marks the letter.
// The record keeps its identity, so that storing it a second time changes
// nothing, and names the letter, so that a second refusal opens this letter and
// makes no new one. When the mark fails the record may be appended once more by
// the next call: harmless.
func (d *Desk) Retry(ctx context.Context, l *Letter) error {
	r, err := d.Record(ctx, l)
	if err != nil {
		return err
	}
	told := make(chan error, 1)
	if err := d.Append.Append(ctx, r, func(err error) { told <- err }); err != nil {
		return fmt.Errorf("append the record again: %w", err)
	}
	select {
	case err = <-told:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("append the record again: %w", err)
	}
	return d.Marks.Resolve(ctx, eventlog.ResolvedRetried, eventlog.Resolved{Key: l.Key, Read: l.reading()})
}

// MostDropped is how many letters Drop takes at a time.
const MostDropped = 1000

// Drop marks letters as such that nobody wants, by one request. Their bytes leave
// the log with the topic's retention.
func (d *Desk) Drop(ctx context.Context, letters []Letter) error {
	marks := make([]eventlog.Resolved, len(letters))
	for i := range letters {
		marks[i] = eventlog.Resolved{Key: letters[i].Key, Read: letters[i].reading()}
	}
	return d.Marks.Resolve(ctx, eventlog.ResolvedDropped, marks...)
}

// Record makes the letter's record again: from the payload, or from where it
// lies in the log.
func (d *Desk) Record(ctx context.Context, l *Letter) (*eventlog.Record, error) {
	if l.Payload > 0 {
		return d.fromPayload(ctx, l)
	}
	return d.fromLog(ctx, l)
}

func (d *Desk) fromPayload(ctx context.Context, l *Letter) (*eventlog.Record, error) {
	f, err := eventlog.ReadRecord(ctx, d.Log, eventlog.TopicDeadLetter, l.Partition, l.Offset)
	if err != nil {
		return nil, err
	}
	_, r, missing := eventlog.DecodeLetter(&f)
	if missing == "session" { // its key was no session id: the frame knows it
		if h, err := wire.ParseHeader(f.Value); err == nil {
			r.Session, missing = h.Session, ""
		}
	}
	if missing != "" {
		return nil, fmt.Errorf("its record cannot be made again: %q is missing or was not valid", missing)
	}
	return &r, nil
}

// fromLog reads the record where it was refused. Offsets may be given anew
// after a loss of the log: what lies there must name the same batch.
func (d *Desk) fromLog(ctx context.Context, l *Letter) (*eventlog.Record, error) {
	logID, partition, offset, ok := l.place()
	if !ok || logID != d.LogID {
		return nil, ErrGone
	}
	f, err := eventlog.ReadRecord(ctx, d.Log, eventlog.TopicEvents, partition, offset)
	if errors.Is(err, eventlog.ErrNoRecord) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, err
	}
	r, err := eventlog.DecodeRecord(&f)
	if err != nil || r.Site != l.Site || fmt.Sprintf("%x", r.Session) != l.Session || fmt.Sprintf("%x", r.Document) != l.Document || r.Sequence != l.Sequence {
		return nil, ErrGone
	}
	r.Letter = l.Key
	return &r, nil
}
