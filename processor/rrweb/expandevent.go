package rrweb

import "strconv"

// Sources of events that hold positions of a pointer.
const (
	sourceMove      = 1
	sourceTouchMove = 6
	sourceDrag      = 12
)

// inPlace names the members of short events by their source, in their order.
var inPlace = map[int64][]string{
	2: {"type", "id", "x", "y", "pointerType"},
	3: {"id", "x", "y"},
	4: {"width", "height"},
}

// event writes out an event that is an array: milliseconds since the event
// before it, source, members. It gives the event's time.
func (x *expander) event(event []byte, before int64) int64 {
	x.changed = true
	v := &values{s: scanner{b: event}}
	at := before + x.whole(v.next())
	source := x.whole(v.next())
	if at < 0 || at > maxTimestamp || source < 0 {
		x.bad = true
		return before
	}
	x.raw(`{"type":3,"data":{`)
	x.number("source", source)
	switch names := inPlace[source]; {
	case source == SourceMutation:
		x.changes(v)
	case source == sourceMove || source == sourceTouchMove || source == sourceDrag:
		x.positions(v)
	case names != nil:
		for _, name := range names {
			if value := v.next(); !isNone(value) {
				x.member(name, value)
			}
		}
	default:
		members(&scanner{b: x.object(v.next())}, func(name string, value []byte) {
			if name != "source" {
				x.member(name, value)
			}
		})
	}
	x.bad = x.bad || v.next() != nil || v.s.bad
	x.raw("}")
	x.number("timestamp", at)
	x.raw("}")
	return at
}

// positions writes places of a pointer: four numbers each, of which x, y and
// the time stand as they differ from those before.
func (x *expander) positions(v *values) {
	x.name("positions")
	x.raw("[")
	var at [4]int64
	for value := v.next(); value != nil && x.goesOn(); value = v.next() {
		x.comma('[')
		x.raw("{")
		for i, name := range [...]string{"x", "y", "id", "timeOffset"} {
			if i > 0 {
				value = v.next()
			}
			if name == "id" {
				at[i] = 0
			}
			at[i] += x.whole(value)
			x.bad = x.bad || at[i] > maxWhole || at[i] < -maxWhole
			x.number(name, at[i])
		}
		x.raw("}")
	}
	x.raw("]")
}

// values steps through an array.
type values struct {
	s     scanner
	begun bool
	over  bool
}

// next gives the next value's text, which has been checked; nil at the end.
func (v *values) next() []byte {
	if v.over || !v.begun && v.s.peek() != '[' {
		v.over = true
		return nil
	}
	if !v.begun {
		v.s.pos++
	}
	if !v.s.next(!v.begun, ']') {
		v.over = true
		return nil
	}
	v.begun = true
	v.s.peek()
	from := v.s.pos
	v.s.skip(1)
	if v.s.bad {
		v.over = true
		return nil
	}
	return v.s.b[from:v.s.pos]
}

// isNone tells whether a member stands for nothing.
func isNone(value []byte) bool { return value == nil || string(value) == "null" }

// maxWhole is the largest whole number that a JavaScript number holds.
const maxWhole = 1 << 53

// whole reads a whole number, of either sign.
func (x *expander) whole(text []byte) int64 {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n > maxWhole || n < -maxWhole {
		x.bad = true
		return 0
	}
	return n
}

// object gives the text of an object; an empty one, and a fault, for anything
// else.
func (x *expander) object(value []byte) []byte {
	if len(value) == 0 || value[0] != '{' {
		x.bad = true
		return []byte("{}")
	}
	return value
}

func (x *expander) number(name string, n int64) {
	x.name(name)
	x.out = strconv.AppendInt(x.out, n, 10)
}

// comma separates what follows from what stands before it, unless the list has
// just been opened.
func (x *expander) comma(opened byte) {
	if x.out[len(x.out)-1] != opened {
		x.raw(",")
	}
}

// goesOn tells whether writing makes sense any more.
func (x *expander) goesOn() bool { return !x.bad && len(x.out) <= x.limit }
