package wiretest

import (
	"embed"
	"fmt"

	"hindsight/internal/wire"
)

// recordings are frames as the tracker has sent them, one behind the other;
// tracker-js/bench/record.mjs makes them anew.
//
//go:embed golden/*.frames
var recordings embed.FS

// Names of recordings.
const (
	// RecordedShop is a visit to five pages of the demo shop: mouse, clicks,
	// scrolls, typing, a snapshot of each page.
	RecordedShop = "shop"
	// RecordedHeavy is a page of 5,000 elements with 2,000 changes, 2,000 moves
	// of the mouse and 200 scrolls within 25 s.
	RecordedHeavy = "heavy"
)

// Recorded gives the frames of a recording in the order in which they were sent.
func Recorded(name string) ([][]byte, error) {
	body, err := recordings.ReadFile("golden/" + name + ".frames")
	if err != nil {
		return nil, fmt.Errorf("read a recording: %w", err)
	}
	var out [][]byte
	for len(body) > 0 {
		_, frame, rest, err := wire.NextFrame(body)
		if err != nil {
			return nil, fmt.Errorf("frame %d of recording %s: %w", len(out)+1, name, err)
		}
		out, body = append(out, frame), rest
	}
	return out, nil
}
