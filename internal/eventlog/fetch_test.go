package eventlog

import "testing"

// TestEachPartitionHasItsShareOfAnAnswer: together they may fill it, and none is
// asked for so little that an answer is not worth its request.
func TestEachPartitionHasItsShareOfAnAnswer(t *testing.T) {
	for _, c := range []struct{ partitions, bytes, share int }{
		{1, 4 << 20, 4 << 20}, {8, 4 << 20, 512 << 10}, {3, 3 << 20, 1 << 20}, {100, 4 << 20, 512 << 10},
	} {
		cursors := make([]*cursor, c.partitions)
		for i := range cursors {
			cursors[i] = &cursor{partition: i, next: int64(i)}
		}
		req := fetchRequest(cursors, c.bytes, 0)
		if req.MaxBytes != int32(c.bytes) || len(req.Topics) != 1 || len(req.Topics[0].Partitions) != c.partitions {
			t.Fatalf("%d partitions: %+v", c.partitions, req)
		}
		for i, p := range req.Topics[0].Partitions {
			if p.PartitionMaxBytes != int32(c.share) || p.FetchOffset != int64(i) {
				t.Errorf("%d partitions, %d bytes: %d bytes of partition %d from offset %d", c.partitions, c.bytes, p.PartitionMaxBytes, i, p.FetchOffset)
			}
		}
	}
}
