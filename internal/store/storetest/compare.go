package storetest

import (
	"fmt"
	"strings"

	"hindsight/internal/store"
)

// Compare says in what two dumps (DumpAll) differ, but for the columns that
// store.VolatileColumns lists; nothing when they are equal. Each difference is
// one line. It says so too when a dump is empty: it would prove nothing.
func Compare(before, after map[string][]Row) []string {
	var out []string
	loose := looseClocks(before, after)
	for _, table := range Tables() {
		if len(before[table]) != len(after[table]) {
			out = append(out, fmt.Sprintf("%s: %d rows, then %d", table, len(before[table]), len(after[table])))
			continue
		}
		for i, row := range before[table] {
			except := volatile(table, loose[batchOf(row)] || table == "sessions" && loose[sessionOf(row)])
			for _, d := range differences(row, after[table][i], except) {
				out = append(out, fmt.Sprintf("%s, row %d (%s): %s", table, i, batchOf(row), d))
			}
		}
	}
	if len(before["batches"]) == 0 {
		out = append(out, "batches: no rows at all")
	}
	return out
}

// looseClocks names the batches without a handshake and their sessions.
func looseClocks(dumps ...map[string][]Row) map[string]bool {
	loose := map[string]bool{}
	for _, dump := range dumps {
		for _, row := range dump["batches"] {
			if row["offset_source"] != "handshake" {
				loose[batchOf(row)], loose[sessionOf(row)] = true, true
			}
		}
	}
	return loose
}

func batchOf(row Row) string {
	return strings.Join([]string{row["site"], row["session"], row["document"], row["sequence"]}, "/")
}

func sessionOf(row Row) string { return row["site"] + "/" + row["session"] }

func volatile(table string, loose bool) map[string]bool {
	names := map[string]bool{}
	for _, v := range store.VolatileColumns() {
		if v.Table == table && (loose || !v.NoHandshake) {
			names[v.Column] = true
		}
	}
	return names
}
