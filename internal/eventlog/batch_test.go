package eventlog

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/segmentio/kafka-go/protocol"
)

func testBatch(t *testing.T, n int) (*batch, []*Record, *[]int) {
	t.Helper()
	b := new(batch)
	b.reset()
	records := make([]*Record, n)
	done := &[]int{}
	for i := range records {
		r := testRecord()
		r.Sequence = uint32(i)
		r.Frame = bytes.Repeat([]byte{byte(i)}, i*50+1)
		records[i] = r
		ms := r.Received.UnixMilli() + int64(i%3)*100 - 100 // times may go back
		head := appendHead(nil, r)
		b.add(parts{head: head, frame: r.Frame, tail: appendTail(nil, r)}, ms, 10, func(error) { *done = append(*done, i) })
	}
	return b, records, done
}

// readBatch lets kafka-go read what we have built.
func readBatch(t *testing.T, b *batch) (frames [][]byte, ms []int64) {
	t.Helper()
	b.seal()
	var rs protocol.RecordSet
	if _, err := rs.ReadFrom(bytes.NewReader(b.buf)); err != nil {
		t.Fatal(err)
	}
	for {
		r, err := rs.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return frames, ms
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := int64(len(frames)); r.Offset != want {
			t.Fatalf("offset %d, not %d", r.Offset, want)
		}
		v, err := protocol.ReadAll(r.Value)
		if err != nil {
			t.Fatal(err)
		}
		frames, ms = append(frames, v), append(ms, r.Time.UnixMilli())
	}
}

func TestBatchIsReadable(t *testing.T) {
	for _, n := range []int{1, 2, 70, 200} {
		b, records, _ := testBatch(t, n)
		frames, ms := readBatch(t, b)
		if len(frames) != n || b.bytes() != len(b.buf)-4 {
			t.Fatalf("%d records of %d", len(frames), n)
		}
		for i, r := range records {
			if !bytes.Equal(frames[i], r.Frame) || ms[i] != r.Received.UnixMilli()+int64(i%3)*100-100 {
				t.Fatalf("record %d of %d changed", i, n)
			}
		}
	}
}

func TestBatchSplit(t *testing.T) {
	b, records, done := testBatch(t, 7)
	b.seal()
	first, second, err := b.split()
	if err != nil {
		t.Fatal(err)
	}
	f1, t1 := readBatch(t, first)
	f2, t2 := readBatch(t, second)
	frames, ms := append(f1, f2...), append(t1, t2...)
	if len(f1) != 3 || len(f2) != 4 {
		t.Fatalf("split into %d and %d", len(f1), len(f2))
	}
	for i, r := range records {
		if !bytes.Equal(frames[i], r.Frame) || ms[i] != r.Received.UnixMilli()+int64(i%3)*100-100 {
			t.Fatalf("record %d changed", i)
		}
	}
	for _, half := range []*batch{first, second} {
		for _, p := range half.records {
			p.done(nil)
		}
	}
	for i, n := range *done {
		if i != n {
			t.Fatalf("callbacks in the order %v", *done)
		}
	}
}
