package eventlog

import (
	"context"
	"fmt"

	"github.com/segmentio/kafka-go"
)

// What became of a dead letter, as it stands in a mark.
const (
	ResolvedRetried = "retried" // its record was appended to hindsight.events again
	ResolvedDropped = "dropped" // nobody wants it any more
)

// Resolved names a letter, and the reading of it that was resolved
// (LetterHeaders.Read): a refusal that came in between is not meant.
type Resolved struct{ Key, Read string }

// Resolve appends a mark behind each of some dead letters, at most a thousand:
// what became of them. It returns when all in-sync replicas have the marks. After
// an error some may be there; marking twice is harmless.
func (d *DeadLetter) Resolve(ctx context.Context, what string, letters ...Resolved) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, transport := d.cfg.client(ctx)
	defer transport.CloseIdleConnections()
	marks := make([]letterRecord, len(letters))
	for i, l := range letters {
		marks[i] = letterRecord{key: l.Key, headers: []kafka.Header{
			{Key: headerResolved, Value: []byte(what)}, {Key: headerRead, Value: []byte(l.Read)},
		}}
	}
	if err := produceLetters(ctx, client, marks); err != nil {
		return fmt.Errorf("mark dead letters as %s: %w", what, err)
	}
	return nil
}

// LetterHeaders are the headers that only dead letters have.
type LetterHeaders struct {
	Reason  string
	Session string // as text; "" when it is not known
	// Read is where the record was read when it was refused: the key itself,
	// but for a record that was another try.
	Read string
	// Resolved is set in a mark (see Resolve), and then only Read beside it.
	Resolved string
}

// DecodeLetter reads a record of hindsight.deadletter: what it says of the
// refusal, and the record it was as far as its headers tell. missing says which
// header that record would need and has not, "" if none.
func DecodeLetter(f *Fetched) (h LetterHeaders, r Record, missing string) {
	h.Read = string(f.Key)
	var seen headerSet
	for i := range f.Headers {
		value := string(f.Headers[i].Value)
		switch f.Headers[i].Key {
		case headerReason:
			h.Reason = value
		case headerSession:
			h.Session = value
		case headerRead:
			h.Read = value
		case headerResolved:
			h.Resolved = value
		default:
			if bit, err := r.setHeader(&f.Headers[i]); err == nil {
				seen |= bit
			}
		}
	}
	r.Letter, r.Frame = string(f.Key), f.Value
	if lacking := requiredHeaders &^ seen; lacking != 0 {
		missing = lacking.first()
	} else if !decodeID(&r.Session, []byte(h.Session)) {
		missing = headerSession
	}
	return h, r, missing
}
