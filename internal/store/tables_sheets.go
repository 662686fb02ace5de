package store

import "hindsight/internal/native"

// sheetRows is the insert into style_sheets. A sheet that was defined many
// times in these records goes in once, and none that is stored.
func (s *Store) sheetRows(records []*Record) tableRows {
	newest := map[siteSheet]int{}
	var rows []tableRow[SheetRow]
	for _, r := range flatten(records, func(r *Record) []SheetRow { return r.Sheets }) {
		k := siteSheet{r.Site, r.v.Hash}
		at, seen := newest[k]
		switch {
		case !seen && s.recent.hasSheet(k, dayNumber(r.Session)):
		case !seen:
			newest[k] = len(rows)
			rows = append(rows, r)
		case r.Day().After(rows[at].Day()):
			rows[at] = r
		}
	}
	return tableRows{"style_sheets", len(rows), []column{
		collect("site", rows, func(r tableRow[SheetRow]) string { return r.Site }),
		collect("hash", rows, hashOf),
		collect("day", rows, func(r tableRow[SheetRow]) native.Day { return dayNumber(r.Session) }),
		collect("bytes", rows, func(r tableRow[SheetRow]) uint32 { return r.v.Bytes }),
		collect("payload", rows, func(r tableRow[SheetRow]) []byte { return r.v.Payload }),
	}}
}

// sheetNameRows is the insert into session_sheets.
func sheetNameRows(records []*Record) tableRows {
	rows := flatten(records, func(r *Record) []SheetRow { return r.Sheets })
	return tableRows{"session_sheets", len(rows), append(identity(rows),
		collect("idx", rows, func(r tableRow[SheetRow]) uint32 { return r.v.Index }),
		collect("ts", rows, func(r tableRow[SheetRow]) int64 { return r.v.TS }),
		collect("id", rows, func(r tableRow[SheetRow]) string { return r.v.ID }),
		collect("hash", rows, hashOf),
		collect("bytes", rows, func(r tableRow[SheetRow]) uint32 { return r.v.Bytes }),
	)}
}

func hashOf(r tableRow[SheetRow]) [32]byte { return r.v.Hash }
