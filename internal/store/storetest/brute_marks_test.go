package storetest_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// bruteMarks computes the marks of a session straight from its records, and
// tells how many events it looked at.
func bruteMarks(row storetest.Row, list []*store.Record, views []placedView) (facts int) {
	var ends []int64
	gapUS, gaps := 0, map[string]int{}
	rages, deads := 0, 0
	clicks := map[[16]byte][]placedClick{}
	for _, r := range list {
		if b := &r.Batch; b.Views > 0 || b.Clicks > 0 || b.Scrolls > 0 || b.Moves > 0 || b.Keystrokes > 0 {
			ends = append(ends, b.FirstAt, b.LastAt)
		}
		for i := range r.Events {
			e := &r.Events[i]
			switch e.Kind {
			case "click":
				c := placedClick{at: e.At, sequence: r.Sequence, index: e.Index}
				if _, err := fmt.Sscanf(e.Data[strings.Index(e.Data, `"x"`):], `"x":%d,"y":%d}`, &c.x, &c.y); err != nil {
					panic(err)
				}
				if e.Index < 512 {
					clicks[r.Document] = append(clicks[r.Document], c)
				}
			case "dead":
				deads++
			case "gap":
				gapUS += int(math.Round(1000 * min(max(e.Value, 0), 7*24*60*60*1000)))
				gaps[e.Name]++
			default:
				continue
			}
			facts++
		}
	}
	for _, list := range clicks {
		rages += bruteRages(list)
	}
	length, err := strconv.Atoi(row["duration_ms"])
	if err != nil {
		panic(err)
	}
	row["active_ms"] = strconv.FormatInt(bruteActive(ends), 10)
	row["rages"], row["deads"], row["quick_backs"] = num(rages), num(deads), num(bruteBacks(views))
	row["gap_ms"], row["gap_reasons"] = num(min((gapUS+500)/1000, length)), gapMap(gaps)
	return facts
}

type placedClick struct {
	at       int64
	sequence uint32
	index    uint16
	x, y     int
}

func bruteActive(ends []int64) (active int64) {
	slices.Sort(ends)
	for i := range ends {
		if i > 0 && ends[i]-ends[i-1] <= 30_000 {
			active += ends[i] - ends[i-1]
		}
	}
	return active
}

// bruteRages counts runs of at least three clicks.
func bruteRages(list []placedClick) (rages int) {
	slices.SortFunc(list, func(a, b placedClick) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.index, b.index))
	})
	run := 1
	for i := 1; i <= len(list); i++ {
		if i < len(list) {
			a, b := list[i-1], list[i]
			if dx, dy := b.x-a.x, b.y-a.y; b.at-a.at <= 1000 && max(dx, -dx) <= 30 && max(dy, -dy) <= 30 {
				run++
				continue
			}
		}
		if run >= 3 {
			rages++
		}
		run = 1
	}
	return rages
}

// bruteBacks counts pages that were left at once for the one before, tab by tab.
func bruteBacks(views []placedView) (backs int) {
	tabs := map[uint64][]placedView{}
	for _, v := range views { // in order of time
		tabs[v.Tab] = append(tabs[v.Tab], v)
	}
	for _, list := range tabs {
		for i := 2; i < len(list); i++ {
			if list[i].Path == list[i-2].Path && list[i-1].Path != list[i].Path && list[i].At-list[i-1].At <= 10_000 {
				backs++
			}
		}
	}
	return backs
}

func gapMap(gaps map[string]int) string {
	var list []string
	for name, n := range gaps {
		list = append(list, fmt.Sprintf("'%s':%d", name, n))
	}
	slices.Sort(list)
	return "{" + strings.Join(list, ",") + "}"
}
