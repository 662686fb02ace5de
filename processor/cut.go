package processor

import "unicode/utf8"

// The longest texts that are stored, in bytes. The tracker scrubs and bounds
// what it sends; these bound what a stranger's tracker can make us keep.
const (
	maxURLText   = 4096
	maxTitle     = 1024
	maxWord      = 64
	maxMessage   = 2048
	maxStack     = 8192
	maxIdentity  = 256
	maxPropsText = 16 << 10
)

// cut shortens a text to at most limit bytes, at the end of a character.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// props is a JSON object as it came, or an empty one: JSON cut short is none.
func props(object string) string {
	if object == "" || len(object) > maxPropsText {
		return "{}"
	}
	return object
}
