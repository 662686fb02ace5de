package processor

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"hindsight/internal/rrweb"
	"hindsight/internal/store"
)

// told is what is kept of a replay section. It lies in the memory of the core
// and of who read the section.
type told struct {
	size   int    // of the text, as rrweb would write it
	form   []byte // as the tracker wrote it
	events []rrweb.Event
}

// takeSheets takes the definitions of style sheets out of a section, which came
// as raw, into the record's rows. It returns what is left, and how many
// definitions there were, and how many break the protocol: those are dropped.
func (d *Core) takeSheets(rec *store.Record, raw []byte, section rrweb.Section) (kept told, found, invalid int) {
	kept = told{section.Size, raw, section.Events}
	isCustom := func(e rrweb.Event) bool { return e.Type == rrweb.TypeCustom }
	if !slices.ContainsFunc(section.Events, isCustom) {
		return kept, 0, 0
	}
	defines := make([]bool, len(section.Events))
	for i := range section.Events {
		row, is, ok := d.sheets.row(&section.Events[i])
		if defines[i] = is; is {
			found++
		}
		switch {
		case ok:
			row.Index, row.TS = uint32(i), section.Events[i].Timestamp
			rec.Sheets = append(rec.Sheets, row)
		case is:
			invalid++
		}
	}
	if found > 0 {
		kept = d.without(defines, kept)
	}
	return kept, found, invalid
}

// without leaves events out.
func (d *Core) without(out []bool, t told) told {
	size, form, left := len("[]"), append(d.form[:0], '['), t.events[:0]
	before, gone := int64(0), false
	for i, e := range t.events {
		if out[i] {
			gone = true
			continue
		}
		if len(left) > 0 {
			size++
			form = append(form, ',')
		}
		size += e.Size
		if gone {
			form = e.AppendAsItCame(form, t.form, before)
		} else {
			form = append(form, t.form[e.From:e.To]...)
		}
		left = append(left, e)
		before, gone = e.Timestamp, false
	}
	clear(t.events[len(left):])
	form = append(form, ']')
	if d.form = form; cap(form) > maxKeptBuffer {
		d.form = nil
	}
	return told{size, form, left}
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
