package store

import (
	"maps"
	"testing"
)

// What was shown first stays, and of what was shown together the lowest node: as much as is asked for, and no less.
func TestKeepFirst(t *testing.T) {
	nodes := map[int64]uint32{9: 1, 8: 2, 7: 2, 6: 3, 5: 3}
	for most, want := range map[int]map[int64]uint32{
		5: nodes, 6: nodes,
		3: {9: 1, 8: 2, 7: 2},
		2: {9: 1, 7: 2},
		0: {},
	} {
		got := maps.Clone(nodes)
		if keepFirst(got, most); !maps.Equal(got, want) {
			t.Errorf("at most %d: %v, want %v", most, got, want)
		}
	}
}
