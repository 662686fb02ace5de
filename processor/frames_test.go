package processor_test

import (
	"math/rand/v2"
	"testing"

	"hindsight/internal/wire"
	"hindsight/internal/wire/wiretest"
)

// firstDay is the day of the first sessions that these tests make.
const firstDay = wire.Day(20580)

// visits makes the frames of random visits, in the order of each document.
// Some documents were never given a clock offset: they went by beacon.
func visits(t *testing.T, rng *rand.Rand, sessions int) [][]byte {
	t.Helper()
	frames, err := wiretest.Visits(rng, firstDay, sessions)
	if err != nil {
		t.Fatal(err)
	}
	return frames
}
