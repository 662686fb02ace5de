package rrweb

import (
	"errors"
	"strconv"
)

// ErrTooLong says that a section would become longer than allowed when its
// short nodes are written out.
var ErrTooLong = errors.New("replay section is too long when it is written out")

// Expand writes out the events and nodes of a section that are written short
// (section 5 of the wire protocol), and the lists that a mutation left out. A
// section in which nothing is short is returned itself, whatever else is in it;
// otherwise the result stands in dst's space and is at most limit bytes long.
// What is no section is ErrMalformed.
func Expand(dst, section []byte, limit int) ([]byte, error) {
	s := scanner{b: section}
	if s.peek() != '[' {
		return nil, ErrMalformed
	}
	s.pos++
	x := expander{out: append(dst[:0], '['), limit: limit}
	var at int64 // time of the event before
	for first := true; s.next(first, ']'); first = false {
		if !first {
			x.raw(",")
		}
		if s.peek() == '[' {
			from := s.pos
			s.skip(1)
			if s.bad {
				return nil, ErrMalformed
			}
			at = x.event(section[from:s.pos], at)
		} else {
			e, ok := s.event()
			if !ok {
				return nil, ErrMalformed
			}
			at = e.Timestamp
			x.long(section, e)
		}
		if len(x.out) > limit {
			return nil, ErrTooLong
		}
		if x.bad {
			return nil, ErrMalformed
		}
	}
	if s.bad || s.peek() != 0 || s.pos != len(section) {
		return nil, ErrMalformed
	}
	if !x.changed {
		return section, nil
	}
	return append(x.out, ']'), nil
}

// long copies an event, and writes out what is short in it.
func (x *expander) long(section []byte, e Event) {
	whole := section[e.Start : e.Start+e.Size]
	if len(e.Data) == 0 {
		x.out = append(x.out, whole...)
		return
	}
	// Data is a part of the section, and both end where the array does.
	from := cap(section) - cap(e.Data) - e.Start
	x.out = append(x.out, whole[:from]...)
	x.data(e.Type, e.Data)
	x.out = append(x.out, whole[from+len(e.Data):]...)
}

// expander writes the long form.
type expander struct {
	out     []byte
	limit   int
	changed bool
	bad     bool
	next    int64 // id of the next node
}

func (x *expander) raw(text string) { x.out = append(x.out, text...) }

// data copies an event's data, and writes out what is short in it.
func (x *expander) data(kind int, data []byte) {
	s := scanner{b: data}
	switch {
	case s.peek() != '{':
	case kind == TypeFullSnapshot:
		x.snapshot(data)
		return
	case kind == TypeIncremental && s.source() == SourceMutation:
		x.mutation(data)
		return
	}
	x.out = append(x.out, data...)
}

// members calls take for each member of the object that s stands at, with the
// value's text; the value's grammar has been checked.
func members(s *scanner, take func(name string, value []byte)) {
	if !s.open('{', 0) {
		return
	}
	for first := true; ; first = false {
		name, ok := s.member(first)
		if !ok {
			return
		}
		s.peek()
		from := s.pos
		s.skip(2)
		if s.bad {
			return
		}
		take(unescape(name), s.b[from:s.pos])
	}
}

func isShort(node []byte) bool { return len(node) > 0 && (node[0] == '[' || node[0] == '"') }

// id reads a node's id, at least 1.
func (x *expander) id(text []byte) int64 {
	id, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || id < 1 || id > 1<<53 {
		x.bad = true
	}
	return id
}

// snapshot writes a full snapshot's data: its node is short where an id stands
// beside it.
func (x *expander) snapshot(data []byte) {
	var node, id []byte
	members(&scanner{b: data}, func(name string, value []byte) {
		switch name {
		case "node":
			node = value
		case "id":
			id = value
		}
	})
	if !isShort(node) {
		x.out = append(x.out, data...)
		return
	}
	x.changed = true
	x.next = x.id(id)
	x.raw("{")
	members(&scanner{b: data}, func(name string, value []byte) {
		if name == "node" || name == "id" {
			return
		}
		x.member(name, value)
	})
	x.name("node")
	n := scanner{b: node}
	x.node(&n, place{})
	x.bad = x.bad || n.bad
	x.raw("}")
}

// lists are the members of a mutation that may be left out.
var lists = []string{"texts", "attributes", "removes", "adds"}

func (x *expander) mutation(data []byte) {
	var has [4]bool
	var adds []byte
	frame, attach := false, false
	x.raw("{")
	members(&scanner{b: data}, func(name string, value []byte) {
		for i, list := range lists {
			has[i] = has[i] || list == name
		}
		if name == "adds" {
			adds = value
			return
		}
		attach = attach || name == "isAttachIframe"
		x.member(name, value)
	})
	for i, list := range lists {
		if !has[i] {
			x.changed = true
			x.member(list, []byte("[]"))
		}
	}
	if adds != nil {
		x.name("adds")
		frame = x.adds(adds)
	}
	if frame && !attach {
		x.member("isAttachIframe", []byte("true"))
	}
	x.raw("}")
}

// member writes a member whose value is known to be JSON.
func (x *expander) member(name string, value []byte) {
	x.name(name)
	x.out = append(x.out, value...)
}

func (x *expander) name(name string) {
	if x.out[len(x.out)-1] != '{' {
		x.raw(",")
	}
	x.out = append(x.out, quoted(name)...)
	x.raw(":")
}
