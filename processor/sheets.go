package processor

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"hindsight/internal/rrweb"
	"hindsight/internal/store"
)

// definition is what no section without a definition of a style sheet holds. A
// reference has a colon where this has its closing quote.
var definition = []byte(`"` + rrweb.SheetTag + `"`)

// takeSheets takes the definitions of style sheets out of a section into the
// record's rows. It returns the section and the events without them, and how
// many definitions break the protocol: those are dropped.
func (d *Core) takeSheets(rec *store.Record, section []byte, events []rrweb.Event) (kept []byte, left []rrweb.Event, invalid int) {
	if !bytes.Contains(section, definition) {
		return section, events, 0
	}
	defines := make([]bool, len(events))
	found := false
	for i := range events {
		sheet, is, ok := events[i].Sheet()
		defines[i], found = is, found || is
		switch {
		case ok:
			row, fits := sheetRow(sheet, uint32(i), events[i].Timestamp)
			if fits {
				rec.Sheets = append(rec.Sheets, row)
				continue
			}
			fallthrough
		case is:
			invalid++
		}
	}
	if !found {
		return section, events, 0
	}
	kept, left = append(d.kept[:0], '['), events[:0]
	for i, e := range events {
		if defines[i] {
			continue
		}
		if len(left) > 0 {
			kept = append(kept, ',')
		}
		kept = append(kept, section[e.Start:e.Start+e.Size]...)
		left = append(left, e)
	}
	clear(events[len(left):])
	kept = append(kept, ']')
	if d.kept = kept; cap(kept) > maxKeptBuffer {
		d.kept = nil
	}
	return kept, left, invalid
}

// sheetRow is a definition as it is stored. Its name is a hash of its rules:
// what the tracker calls it means something within one session only. It is not
// ok when the text is not what style sheets are made of, but control characters
// that take six bytes each.
func sheetRow(sheet rrweb.Sheet, index uint32, at int64) (row store.SheetRow, ok bool) {
	hash := sha256.New()
	text := []byte{'['}
	var length [binary.MaxVarintLen64]byte
	for i, rule := range sheet.Rules {
		hash.Write(length[:binary.PutUvarint(length[:], uint64(len(rule)))])
		hash.Write([]byte(rule))
		if i > 0 {
			text = append(text, ',')
		}
		text = appendJSONString(text, rule)
	}
	text = append(text, ']')
	if len(text) > maxSheetText {
		return row, false
	}
	row = store.SheetRow{Index: index, TS: at, ID: sheet.ID, Bytes: uint32(len(text))}
	hash.Sum(row.Hash[:0])
	row.Payload = text
	return row, true
}

// maxSheetText bounds a sheet as JSON: quotes and line ends take two bytes each.
const maxSheetText = 2*rrweb.MaxSheetBytes + 4*rrweb.MaxSheetRules
