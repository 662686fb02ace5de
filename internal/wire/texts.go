package wire

import "strings"

// texts holds the texts of many sections' signals side by side. Most of a section
// is numbers, so that one copy of all of it, kept for the few texts in it, would
// take ten times the memory; and memory that nothing has touched yet is dear. The
// zero value is ready.
type texts struct{ room *strings.Builder }

const (
	// textRoom is made at a time: as long as one of its texts is in use all are.
	textRoom = 8 << 10
	// longText is one that has memory of its own.
	longText = textRoom / 8
)

// keep copies a text.
func (t *texts) keep(text string) string {
	if len(text) > longText {
		return strings.Clone(text)
	}
	if t.room == nil || t.room.Cap()-t.room.Len() < len(text) {
		t.room = new(strings.Builder)
		t.room.Grow(textRoom)
	}
	from := t.room.Len()
	t.room.WriteString(text)
	return t.room.String()[from:]
}
