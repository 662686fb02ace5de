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
		row, is, ok := d.sheets.row(&events[i])
		defines[i], found = is, found || is
		switch {
		case ok:
			row.Index, row.TS = uint32(i), events[i].Timestamp
			rec.Sheets = append(rec.Sheets, row)
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

// knownSheets remembers what definitions say, by their text: each session of a
// site begins with the same ones. The zero value is ready.
type knownSheets struct {
	rows  map[string]store.SheetRow // without place and time
	bytes int
}

// maxKnownSheets bounds what is remembered, bytes. Beyond it everything is
// forgotten: what is in use comes back with the next sessions.
const maxKnownSheets = 4 << 20

// row reads an event: whether it claims to define a style sheet, and the row
// without place and time if it does so by the protocol. Its payload is shared.
func (k *knownSheets) row(e *rrweb.Event) (row store.SheetRow, defines, ok bool) {
	if e.Type != rrweb.TypeCustom {
		return row, false, false
	}
	if row, ok := k.rows[string(e.Data)]; ok {
		return row, true, true
	}
	sheet, defines, ok := e.Sheet()
	if !ok {
		return row, defines, false
	}
	if row, ok = sheetRow(sheet); !ok {
		return row, defines, false
	}
	size := len(e.Data) + len(row.Payload)
	if k.rows == nil || k.bytes+size > maxKnownSheets {
		k.rows, k.bytes = map[string]store.SheetRow{}, 0
	}
	k.rows[string(e.Data)] = row
	k.bytes += size
	return row, defines, true
}

// sheetRow is a definition as it is stored. Its name is a hash of its rules:
// what the tracker calls it means something within one session only. It is not
// ok when the text is not what style sheets are made of, but control characters
// that take six bytes each.
func sheetRow(sheet rrweb.Sheet) (row store.SheetRow, ok bool) {
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
	row = store.SheetRow{ID: sheet.ID, Bytes: uint32(len(text))}
	hash.Sum(row.Hash[:0])
	row.Payload = text
	return row, true
}

// maxSheetText bounds a sheet as JSON: quotes and line ends take two bytes each.
const maxSheetText = 2*rrweb.MaxSheetBytes + 4*rrweb.MaxSheetRules
