package chaos

import (
	"encoding/json"
	"fmt"
	"testing"

	"hindsight/internal/fault"
	"hindsight/internal/wire"
)

// TestRowThatTheStoreRefuses: a batch whose rows the store refuses for what they are goes to the dead letters alone,
// also when its processor is killed between the letter and the commit. All that came with it is stored.
func TestRowThatTheStoreRefuses(t *testing.T) {
	t.Parallel()
	baseline(t)
	s := newStack(t)
	in := s.feeder(t)
	pieces := parts(frames(t), 3)
	in.mustFeed(t, pieces[0])
	p := s.processor(t, "")
	s.settled(t)
	db, err := s.store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Conn().Exec(t.Context(), "ALTER TABLE events ADD CONSTRAINT honest CHECK name != 'poison'"); err != nil {
		t.Fatal(err)
	}
	p.Terminate(t)
	// Among a hundred others, so that it has to be looked for.
	in.mustFeed(t, pieces[1])
	in.mustFeed(t, [][]byte{poison(t)})
	in.mustFeed(t, pieces[2])
	order := fault.AfterLetter + ":1:kill"
	s.processor(t, order).AwaitKilled(t, order)
	p = s.processor(t, "")
	s.settled(t)
	letters := s.letters(t)
	if len(letters) != 1 || letters[0].Reason != "store" || letters[0].Payload != 0 {
		t.Errorf("dead letters %+v, want one of the reason \"store\" without payload", letters)
	}
	s.compareBut(t, poisoned)
	s.stop(t, p)
}

// poisoned is the session of the refused batch.
var poisoned = wire.SessionID{0: 0x50, 1: 0x00, 15: 0x66}

func poison(t testing.TB) []byte {
	t.Helper()
	day := poisoned.Day().Time().UnixMilli()
	section, err := json.Marshal(map[string]any{"origin": day, "offset": 0, "view": 0, "path": "/", "signals": []any{map[string]any{"k": "event", "t": 2, "name": "poison"}}})
	if err != nil {
		t.Fatal(err)
	}
	frame, err := wire.EncodeFrame(wire.Header{Consent: wire.ConsentImplied, Session: poisoned, Document: wire.DocumentID{6}, Sequence: 1, SentAt: float64(day)}, section, nil, wire.CodecNone)
	if err != nil {
		t.Fatal(fmt.Errorf("make the refused batch: %w", err))
	}
	return frame
}
