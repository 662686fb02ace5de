package wire

import (
	"math"
	"unicode/utf8"
)

// reader reads the values of one object's members and remembers which were
// seen and whether all were in range. A null counts as a member that is not
// there: it is what JSON.stringify makes of NaN.
type reader struct {
	scanner
	texts *texts // that stay
	seen  uint32
	valid bool
}

const (
	// optional marks members that need not be there.
	optional = 31
	// timeBit marks t, which every signal has.
	timeBit = 30

	// maxT bounds times since the page's origin, in ms: three years.
	maxT = 1e11
	// maxUnixMS bounds moments, Unix ms: the year 2200.
	maxUnixMS = 7.26e12
	// maxPx bounds places and sizes in a page, in CSS px.
	maxPx = 1<<24 - 1
	// maxScreen bounds sizes of screens and viewports, in CSS px.
	maxScreen = 1<<16 - 1
	// maxMS bounds durations, in ms: one week.
	maxMS = 7 * 24 * 3600 * 1000
	// maxCount bounds numbers of things.
	maxCount = 1_000_000
)

func (r *reader) begin() { r.seen, r.valid = 0, true }

func (r *reader) judge(bit int, ok bool) {
	r.seen |= 1 << bit
	if !ok {
		r.valid = false
	}
}

// num reads a number from lo to hi.
func (r *reader) num(bit int, lo, hi float64) float64 {
	if r.null() {
		return 0
	}
	f, ok := r.number()
	r.judge(bit, ok && f >= lo && f <= hi)
	return f
}

// maybe reads a duration that need not be there.
func (r *reader) maybe() OptionalMS {
	if r.null() {
		return OptionalMS{}
	}
	return OptionalMS{MS: r.num(optional, 0, maxMS), Known: true}
}

// px reads a number from lo to hi and rounds it to a whole one: browsers give
// fractions of pixels.
func (r *reader) px(bit int, lo, hi float64) int {
	f := r.num(bit, lo, hi)
	if !r.valid {
		return 0
	}
	return int(math.Round(f))
}

// whole reads a number from lo to hi that has no fraction.
func (r *reader) whole(bit int, lo, hi float64) int {
	f := r.num(bit, lo, hi)
	if !r.valid || f != math.Trunc(f) {
		r.valid = false
		return 0
	}
	return int(f)
}

// flag reads 1, 0, true or false.
func (r *reader) flag(bit int) bool {
	switch r.space() {
	case 't':
		r.judge(bit, true)
		return r.literal("true")
	case 'f':
		r.judge(bit, true)
		r.literal("false")
		return false
	}
	return r.whole(bit, 0, 1) == 1
}

// str reads a text of at most limit characters; limit 0 is none.
func (r *reader) str(bit, limit int) string { return r.texts.keep(r.passing(bit, limit)) }

// passing is str for a text that is looked at and not kept.
func (r *reader) passing(bit, limit int) string {
	if r.null() {
		return ""
	}
	text, ok := r.text()
	if limit > 0 && len(text) > limit && utf8.RuneCountInString(text) > limit {
		ok = false
	}
	r.judge(bit, ok)
	return text
}

// name reads a text that must not be empty.
func (r *reader) name(bit, limit int) string {
	text := r.str(bit, limit)
	if text == "" {
		r.seen &^= 1 << bit
	}
	return text
}

// word reads one of the given words.
func (r *reader) word(bit int, words ...string) string {
	text := r.passing(bit, 0)
	for _, word := range words {
		if text == word {
			return word
		}
	}
	r.seen &^= 1 << bit
	return ""
}

// props reads an object of strings, numbers and booleans and gives its text.
func (r *reader) props(bit int) string {
	if r.null() {
		return ""
	}
	r.space()
	start := r.pos
	if !r.open('{') {
		r.judge(bit, false)
		return ""
	}
	ok := true
	for first := true; ; first = false {
		if _, more := r.member(first); !more {
			break
		}
		switch r.space() {
		case '{', '[':
			ok = false
		}
		r.skip(4)
	}
	r.judge(bit, ok)
	if r.bad {
		return ""
	}
	return r.texts.keep(r.s[start:r.pos])
}
