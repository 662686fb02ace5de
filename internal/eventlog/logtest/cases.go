package logtest

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/zap/zaptest"

	"hindsight/internal/eventlog"
)

func (b Broker) logID(t *testing.T) {
	first, err := eventlog.LogID(t.Context(), b.Config)
	if err != nil {
		t.Fatal(err)
	}
	second, err := eventlog.LogID(t.Context(), b.Config)
	if err != nil || first != second || len(first) < 16 {
		t.Fatalf("log id %q, then %q, %v", first, second, err)
	}
}

// orderAndContent: what is read is what was written, in its session's order,
// one session in one partition.
func (b Broker) orderAndContent(t *testing.T) {
	const sessions, each = 20, 60
	p := b.producer(t)
	a := newAcks()
	wrote := map[[16]byte][]*eventlog.Record{}
	for seq := uint32(1); seq <= each; seq++ {
		for s := range sessions {
			r := record("order", s, seq, 1+int(seq)*(s*37+1))
			if seq%7 == 0 {
				r.Agent, r.Address, r.Via = "", nil, eventlog.ViaBeacon
			}
			wrote[r.Session] = append(wrote[r.Session], r)
			sent := *r
			sent.Frame = bytes.Clone(r.Frame)
			if err := p.Append(t.Context(), &sent, a.expect(int(seq)*1000+s)); err != nil {
				t.Fatal(err)
			}
			clear(sent.Frame) // the producer has its own copy
		}
	}
	a.wait(t, nil)
	if err := p.Healthy(); err != nil {
		t.Fatalf("not healthy: %v", err)
	}
	closeProducer(t, p)
	if err := p.Append(t.Context(), record("order", 1, 1, 1), func(error) {}); err == nil {
		t.Fatal("a closed producer took a record")
	}
	partitions := map[[16]byte]int{}
	left := sessions * each
	b.consume(t, newGroup(t), false, func(f eventlog.Fetched) bool {
		r, err := eventlog.DecodeRecord(&f)
		if err != nil {
			t.Fatal(err)
		}
		if r.Site != "order" {
			return false
		}
		want := wrote[r.Session]
		if len(want) == 0 {
			t.Fatalf("session %x came once too often", r.Session)
		}
		if len(want[0].Address) == 0 {
			want[0].Address = r.Address[:0:0] // nil and empty are one
			r.Address = want[0].Address
		}
		if !reflect.DeepEqual(r, *want[0]) {
			t.Fatalf("session %x sequence %d came as %d, or changed", r.Session, want[0].Sequence, r.Sequence)
		}
		wrote[r.Session] = want[1:]
		if at, ok := partitions[r.Session]; ok && at != f.Partition {
			t.Fatalf("session %x lies in two partitions", r.Session)
		}
		partitions[r.Session] = f.Partition
		left--
		return left == 0
	})
	used := map[int]bool{}
	for _, p := range partitions {
		used[p] = true
	}
	if len(used) < 2 {
		t.Fatal("all sessions lie in one partition")
	}
}

// largestFrame: 900,000 bytes pass, what can never pass is told, its
// neighbours do not notice.
func (b Broker) largestFrame(t *testing.T) {
	p := b.producer(t)
	a := newAcks()
	sizes := []int{100, 900_000, 1_100_000, 100, 1_040_000, 100}
	for i, size := range sizes {
		if err := p.Append(t.Context(), record("large", 1, uint32(i+1), size), a.expect(i)); err != nil {
			t.Fatal(err)
		}
	}
	a.wait(t, map[int]error{2: eventlog.ErrTooLarge})
	closeProducer(t, p)
	var seen []uint32
	b.consume(t, newGroup(t), false, func(f eventlog.Fetched) bool {
		r, err := eventlog.DecodeRecord(&f)
		if err != nil {
			t.Fatal(err)
		}
		if r.Site != "large" {
			return false
		}
		if want := record("large", 1, r.Sequence, sizes[r.Sequence-1]); !bytes.Equal(r.Frame, want.Frame) {
			t.Fatalf("frame %d changed", r.Sequence)
		}
		seen = append(seen, r.Sequence)
		return r.Sequence == 6
	})
	if !reflect.DeepEqual(seen, []uint32{1, 2, 4, 5, 6}) {
		t.Fatalf("came: %v", seen)
	}
}

func (b Broker) deadLetter(t *testing.T) {
	d, err := eventlog.NewDeadLetter(b.Config, nil, zaptest.NewLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	original := &eventlog.Fetched{Partition: 3, Offset: 4711, Value: []byte("payload"), Headers: []eventlog.Header{
		{Key: "v", Value: []byte("1")}, {Key: "site", Value: []byte("shop")}, {Key: "addr", Value: []byte("SEALED-CANARY")},
		{Key: "ua", Value: []byte("browser")},
	}}
	for i, payload := range []bool{true, false} {
		original.Offset = 4711 + int64(i)
		err := d.Write(t.Context(), eventlog.Refused{LogID: "log", Record: original, Reason: "malformed", Site: "shop", Session: "abc", Payload: payload})
		if err != nil {
			t.Fatal(err)
		}
	}
	// One larger than any record may be: kept without its payload.
	original.Offset, original.Value = 4713, make([]byte, 1_200_000)
	if err := d.Write(t.Context(), eventlog.Refused{LogID: "log", Record: original, Reason: "huge", Payload: true}); err != nil {
		t.Fatal(err)
	}
	letters, err := eventlog.ReadDeadLetters(t.Context(), b.Config, 100)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, l := range letters {
		var text strings.Builder
		for _, h := range l.Headers {
			text.WriteString(h.Key + "=" + string(h.Value) + ";")
		}
		if strings.Contains(text.String(), "CANARY") {
			t.Fatal("a dead letter holds the client's address")
		}
		found[string(l.Key)] = text.String() + string(l.Value)
	}
	for key, want := range map[string]string{
		"log/3/4711": "reason=malformed;site=shop;session=abc;v=1;ua=browser;payload",
		"log/3/4712": "reason=malformed;site=shop;session=abc;v=1;ua=browser;",
		"log/3/4713": "reason=huge;v=1;site=shop;ua=browser;",
	} {
		if found[key] != want {
			t.Errorf("%s is %q", key, found[key])
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Write(ctx, eventlog.Refused{LogID: "log", Record: original}); err == nil {
		t.Error("written although the context had ended")
	}
}
