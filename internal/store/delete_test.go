package store

import (
	"encoding/binary"
	"testing"
)

// Sessions that are deleted together are no more, and of no more days, than a
// statement takes; none is left out and none comes twice.
func TestGatherDoomed(t *testing.T) {
	session := func(day, n int) (id [16]byte) {
		binary.BigEndian.PutUint16(id[:], uint16(day))
		binary.BigEndian.PutUint32(id[12:], uint32(n))
		return id
	}
	var sessions [][16]byte
	for day := range 3 {
		for n := range 700 {
			sessions = append(sessions, session(day, n))
		}
	}
	for day := range 230 {
		sessions = append(sessions, session(10+day, 0))
	}
	var next int
	var sizes []int
	for rest := sessions; len(rest) > 0; {
		var d *doomed
		d, rest = gather("s", rest)
		days := map[string]bool{}
		for i, k := range d.keys {
			if want := sessions[next]; k.key != string(want[:]) || d.ids[i] == "" || !k.day.Equal(dayOfID(want)) {
				t.Fatalf("the %dth is %q of %v", next, k.key, k.day)
			}
			days[date(k.day)] = true
			next++
		}
		if len(d.keys) != len(d.ids) || len(d.days) != len(days) || len(d.dates) != len(days) {
			t.Errorf("%d keys, %d ids, %d days of %d", len(d.keys), len(d.ids), len(d.days), len(days))
		}
		if len(d.ids) > maxNamedKeys || len(days) > maxDays {
			t.Errorf("%d sessions of %d days go together", len(d.ids), len(days))
		}
		sizes = append(sizes, len(d.ids))
	}
	if next != len(sessions) || len(sizes) != 5 {
		t.Errorf("%d of %d sessions in groups of %v", next, len(sessions), sizes)
	}
}
