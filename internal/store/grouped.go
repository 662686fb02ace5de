package store

import (
	"cmp"
	"slices"
	"strings"
)

// beginning is what the sorting key of a table by pages begins with. What a
// table does not have is zero.
type beginning struct {
	site, path string
	kind       int8
	width      uint16
}

func (a beginning) compare(b beginning) int {
	return cmp.Or(strings.Compare(a.site, b.site), strings.Compare(a.path, b.path), cmp.Compare(a.kind, b.kind), cmp.Compare(a.width, b.width))
}

// grouped puts rows in the order of their beginnings and leaves those that have
// the same as they are: in the order of their sessions. There are few
// beginnings, so counting rows out is cheaper here than sorting and moving whole
// columns is in the engine, which takes rows in order as they are.
func grouped[T any](rows []tableRow[T], of func(*T) beginning) []tableRow[T] {
	numbers := map[beginning]int{}
	var all []beginning
	var counts []int
	number := make([]int, len(rows))
	for i, r := range rows {
		b := of(r.v)
		b.site = r.Site
		n, seen := numbers[b]
		if !seen {
			n = len(all)
			numbers[b] = n
			all, counts = append(all, b), append(counts, 0)
		}
		number[i] = n
		counts[n]++
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return all[a].compare(all[b]) })
	next, at := make([]int, len(all)), 0
	for _, n := range order {
		next[n] = at
		at += counts[n]
	}
	out := make([]tableRow[T], len(rows))
	for i, r := range rows {
		out[next[number[i]]] = r
		next[number[i]]++
	}
	return out
}

// byIndex puts the rows of each record, which come together, in the order of
// their signals: before, those of one kind did.
func byIndex[T any](rows []tableRow[T], index func(*T) uint16) []tableRow[T] {
	compare := func(a, b tableRow[T]) int { return cmp.Compare(index(a.v), index(b.v)) }
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to].Identity == rows[from].Identity {
			to++
		}
		slices.SortStableFunc(rows[from:to], compare)
		from = to
	}
	return rows
}
