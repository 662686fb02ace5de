package eventlog

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// tailRecord is record n of a partition.
func tailRecord(n int) *Record {
	r := &Record{
		Site: "site", Session: [16]byte{1, byte(n)}, Document: [16]byte{2}, Sequence: uint32(n), Consent: 1,
		Received: time.UnixMilli(1_790_000_000_000 + int64(n)).UTC(), Via: ViaWebSocket,
		Agent: "Mozilla/5.0", Address: []byte{1, 2, 3}, Frame: bytes.Repeat([]byte{byte(n)}, 40+n),
	}
	if n%3 == 0 {
		r.Letter, r.Agent = "log/0/7", ""
	}
	return r
}

func tailBatch(from, count int) *batch {
	b := new(batch)
	b.reset()
	for n := from; n < from+count; n++ {
		r := tailRecord(n)
		head := appendHead(nil, r)
		b.add(parts{head: head, frame: r.Frame, tail: appendTail(nil, r)}, r.Received.UnixMilli(), 1, nil)
	}
	return b
}

// reader is a generation that has a tail and no broker.
func reader(t *testing.T, tail *Tail, next int64) *Generation {
	t.Helper()
	g := &Generation{
		log: zap.NewNop(), metrics: newConsumerMetrics(prometheus.NewRegistry()), tail: tail,
		cursors: map[int]*cursor{0: {partition: 0, next: next}}, end: map[int]int64{}, committed: map[int]int64{},
	}
	g.recent = tail.follow(map[int]int64{0: next})
	return g
}

func offsets(records []Fetched) (out []int64) {
	for _, f := range records {
		out = append(out, f.Offset)
	}
	return out
}

func TestTailGivesBackWhatWasAppended(t *testing.T) {
	tail := NewTail()
	g := reader(t, tail, 100)
	b := tailBatch(0, 10)
	tail.add(0, 100, b)
	b.reset() // its memory is used again
	copy(b.buf[:cap(b.buf)], bytes.Repeat([]byte{0xee}, cap(b.buf)))
	g.takeRecent(1 << 20)
	if len(g.buffer) != 10 || g.end[0] != 110 {
		t.Fatalf("%d records, the log's end %d", len(g.buffer), g.end[0])
	}
	for n := range g.buffer {
		f, want := &g.buffer[n], tailRecord(n)
		if f.Offset != int64(100+n) || !f.Time.Equal(want.Received) {
			t.Fatalf("record %d: offset %d, time %v", n, f.Offset, f.Time)
		}
		got, err := DecodeRecord(f)
		if err != nil || !reflect.DeepEqual(&got, want) {
			t.Fatalf("record %d: %+v, %v", n, got, err)
		}
	}
}

// TestTailKeepsOrder: nothing is given out of order; what the tail lacks is the
// broker's to tell.
func TestTailKeepsOrder(t *testing.T) {
	tail := NewTail()
	g := reader(t, tail, 0)
	c := g.cursors[0]
	now := time.Now()
	read := func() []int64 {
		g.buffer = nil
		g.takeRecent(1 << 20)
		return offsets(g.buffer)
	}
	expect := func(what string, got []int64, want ...int64) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s: %v, not %v", what, got, want)
		}
	}
	if g.needless(c, now) {
		t.Fatal("nothing is known, and the broker is not asked")
	}
	tail.add(0, 0, tailBatch(0, 3))
	tail.add(1, 0, tailBatch(0, 3)) // somebody else's
	tail.add(0, 5, tailBatch(5, 2)) // 3 and 4 are another producer's
	if !g.needless(c, now) {
		t.Fatal("the broker is asked for what the tail holds")
	}
	expect("up to the gap", read(), 0, 1, 2)
	c.asked = time.Now()
	if g.needless(c, time.Now()) {
		t.Fatal("the broker is not asked for what the tail lacks")
	}
	expect("in the gap", read())
	c.next = 6 // the broker's answer had more than the gap
	expect("behind the gap", read(), 6)
	c.asked = time.Now()
	if !g.needless(c, time.Now()) || g.needless(c, time.Now().Add(askEvery)) {
		t.Fatal("a fed partition is asked for now and then")
	}
	tail.add(0, 4, tailBatch(4, 2))
	expect("what lies before", read())
	tail.add(0, 7, tailBatch(7, 1))
	g.tail.unfollow(g.recent)
	tail.add(0, 8, tailBatch(8, 1))
	expect("after the end", read(), 7)
}

// TestTailIsBounded: when it is full, what was there first stays, and what is
// taken makes room.
func TestTailIsBounded(t *testing.T) {
	tail := NewTail()
	g := reader(t, tail, 0)
	big := new(batch)
	big.reset()
	r := tailRecord(1)
	r.Frame = make([]byte, 1_000_000)
	big.add(parts{head: appendHead(nil, r), frame: r.Frame, tail: appendTail(nil, r)}, 1, 1, nil)
	for i := range 100 {
		tail.add(0, int64(i), big)
	}
	if g.recent.bytes > maxTailBytes || g.recent.bytes < maxTailBytes-2_000_000 {
		t.Fatalf("%d bytes wait", g.recent.bytes)
	}
	if g.takeRecent(1); g.Lag()[0] != 100 {
		t.Fatalf("%d of 100 records are known of", g.Lag()[0])
	}
	g.buffer, g.cursors[0].next = nil, 1
	held := len(g.recent.parts[0].pieces)
	g.takeRecent(5_000_000)
	if n := len(g.buffer); n < 5 || n > 6 || g.buffer[0].Offset != 1 || len(g.recent.parts[0].pieces) != held-n {
		t.Fatalf("%d records from %d on, %d of %d left", n, g.buffer[0].Offset, len(g.recent.parts[0].pieces), held)
	}
	g.takeRecent(1 << 30)
	if len(g.buffer) != held || g.recent.bytes != 0 {
		t.Fatalf("%d records of %d, %d bytes left", len(g.buffer), held, g.recent.bytes)
	}
}

// TestTailKeepsNothingForWhoIsFarBehind: it would only lie there.
func TestTailKeepsNothingForWhoIsFarBehind(t *testing.T) {
	tail := NewTail()
	g := reader(t, tail, 10)
	tail.add(0, 10+farBehind+1, tailBatch(0, 3))
	if g.takeRecent(1 << 20); g.recent.bytes != 0 || g.end[0] != 10+farBehind+4 {
		t.Fatalf("%d bytes, the log's end %d", g.recent.bytes, g.end[0])
	}
	g.cursors[0].next = 14 // the broker's answer
	g.takeRecent(1 << 20)
	tail.add(0, 10+farBehind+4, tailBatch(3, 3))
	if g.recent.bytes == 0 {
		t.Fatal("nothing is kept for who is near")
	}
	g.cursors[0].next = 10 + farBehind + 4
	if g.takeRecent(1 << 20); len(g.buffer) != 3 {
		t.Fatalf("%d records", len(g.buffer))
	}
}

// TestTailUsesItsMemoryAgain: of what has been read and let go, not of what has
// not; what a record keeps for longer it keeps until it is released.
func TestTailUsesItsMemoryAgain(t *testing.T) {
	tail := NewTail()
	g := reader(t, tail, 0)
	const most, size, batches = 7, 10, 800
	read, kept := 0, []Fetched(nil)
	check := func(f *Fetched, n int) {
		t.Helper()
		want := tailRecord(n % 200)
		got, err := DecodeRecord(f)
		if err != nil || f.Offset != int64(n) || !reflect.DeepEqual(&got, want) {
			t.Fatalf("record %d: offset %d, %+v, %v", n, f.Offset, got, err)
		}
	}
	for i := range batches {
		tail.add(0, int64(i*size), tailBatch(i*size%200, size))
		if i%4 != 3 {
			continue // some wait
		}
		for len(g.buffer) > 0 || g.recent.bytes > 0 {
			if g.letGo(); len(g.buffer) == 0 {
				g.takeRecent(1)
			}
			got := g.give(most)
			for n := range got {
				check(&got[n], read)
				read++
				got[n].Value = bytes.Clone(got[n].Value)
			}
			if kept = append(kept, got...); len(kept) > 50 {
				for n := range kept {
					check(&kept[n], read-len(kept)+n)
				}
				g.Release()
				kept = nil
			}
		}
	}
	if read != batches*size {
		t.Fatalf("%d records of %d", read, batches*size)
	}
	if n := len(tail.room.spare); n > 1 {
		t.Errorf("%d chunks to spare for some records at a time", n)
	}
	if n := len(g.kept.used) + len(g.kept.spare); n > 3 {
		t.Errorf("%d blocks of headers for some records at a time", n)
	}
	g.Release()
	tail.add(0, batches*size, tailBatch(0, size))
	if g.takeRecent(1); len(g.held) != 1 {
		t.Fatal("nothing was read")
	}
	tail.add(0, (batches+1)*size, tailBatch(size, size))
	g.wait()
	if c := tail.room.filling[0]; c.pieces != 0 {
		t.Errorf("%d batches of a consumer that is gone are kept", c.pieces)
	}
}

// TestLargeBatchesUseBlocks: what records of a batch keep lies in memory that is
// used again, however many they are.
func TestLargeBatchesUseBlocks(t *testing.T) {
	const records = 180
	p := piece{count: records, records: tailBatch(0, records).buf[batchStart:]}
	var room keptRoom
	to, read := make([]Fetched, 0, records), int64(0)
	allocations := testing.AllocsPerRun(20, func() {
		got, err := p.unpack(to, &room, read, 0, 0)
		if err != nil || len(got) != records {
			t.Fatal(len(got), err)
		}
		read += records
		room.release(read)
	})
	if allocations > 0 {
		t.Errorf("%v allocations for a batch of %d records", allocations, records)
	}
	got, _ := p.unpack(to, &room, read, 0, 0)
	for n := range got {
		if r, err := DecodeRecord(&got[n]); err != nil || !reflect.DeepEqual(&r, tailRecord(n)) {
			t.Errorf("record %d: %+v, %v", n, r, err)
		}
	}
}

// TestTailKeepsWhatIsInHand: a batch of which some records were not given yet is
// not overwritten by the next one.
func TestTailKeepsWhatIsInHand(t *testing.T) {
	tail := NewTail()
	g := reader(t, tail, 0)
	tail.add(0, 0, tailBatch(0, 10))
	g.takeRecent(1)
	g.give(7)
	g.letGo()
	g.Release()
	tail.add(0, 10, tailBatch(100, 10))
	g.takeRecent(1)
	for n, f := range g.give(0) {
		want := tailRecord(7 + n)
		if n >= 3 {
			want = tailRecord(100 + n - 3)
		}
		if got, err := DecodeRecord(&f); err != nil || !reflect.DeepEqual(&got, want) {
			t.Errorf("record %d: %+v, %v", 7+n, got, err)
		}
	}
}

// TestTailLetsGoOfABacklogsMemory when it is worked off.
func TestTailLetsGoOfABacklogsMemory(t *testing.T) {
	tail := NewTail()
	g := reader(t, tail, 0)
	r := tailRecord(1)
	r.Frame = make([]byte, 100_000)
	big := new(batch)
	big.reset()
	big.add(parts{head: appendHead(nil, r), frame: r.Frame, tail: appendTail(nil, r)}, 1, 1, nil)
	next := int64(0)
	round := func(batches int) (spare int) {
		for range batches {
			tail.add(0, next, big)
			next++
		}
		for g.recent.bytes > 0 {
			g.takeRecent(1 << 20)
			g.give(0)
			g.letGo()
		}
		return len(tail.room.spare)
	}
	if n := round(10); n != 4 {
		t.Errorf("%d chunks to spare after 10 batches of which two fill one", n)
	}
	if n := round(10); n != 4 {
		t.Errorf("%d chunks to spare after 10 more", n)
	}
	if n := round(200); n != maxSpare {
		t.Errorf("%d chunks to spare after a backlog of 100", n)
	}
}

// FuzzUnpack: no bytes end the process, and none are read that are not there.
func FuzzUnpack(f *testing.F) {
	f.Add(3, tailBatch(0, 3).buf[batchStart:])
	f.Add(1, []byte{2, 0})
	f.Fuzz(func(t *testing.T, count int, records []byte) {
		p := piece{base: 7, count: max(0, min(count, 100)), records: records}
		got, err := p.unpack(nil, new(keptRoom), 0, 0, 8)
		if err == nil && len(got) != max(0, p.count-1) {
			t.Fatalf("%d records of %d", len(got), p.count)
		}
	})
}
