package rrweb

// Sources of events that hold positions of a pointer.
const (
	sourceMove      = 1
	sourceTouchMove = 6
	sourceDrag      = 12
)

// short writes out an event that is an array: milliseconds since the event
// before it, source, members.
func (r *Reader) short() {
	s := &r.in
	from := s.pos
	s.pos++
	if !s.next(true, ']') {
		r.fault()
		return
	}
	at := r.before + r.whole()
	source := r.another()
	if r.bad || at < 0 || at > maxTimestamp || source < 0 {
		r.fault()
		return
	}
	e := Event{Type: TypeIncremental, Timestamp: at, Start: r.size(), From: from}
	r.raw(`{"type":3,"data":`)
	data := span{from: len(r.out)}
	r.raw(`{"source":`)
	r.int(source)
	switch source {
	case SourceMutation:
		r.changes()
	case sourceMove, sourceTouchMove, sourceDrag:
		r.positions()
	case 2:
		r.places(`,"type":`, `,"id":`, `,"x":`, `,"y":`, `,"pointerType":`)
	case 3:
		r.places(`,"id":`, `,"x":`, `,"y":`)
	case 4:
		r.places(`,"width":`, `,"height":`)
	default:
		r.object(source)
	}
	r.raw("}")
	if data.to = len(r.out); r.measures {
		data = span{}
	}
	r.raw(`,"timestamp":`)
	r.int(at)
	r.raw("}")
	r.add(e, data)
}

// places writes members that are told by their place; null stands for none.
func (r *Reader) places(names ...string) {
	s := &r.in
	for _, name := range names {
		if _, end := quick(s.b, s.pos); end > 0 {
			r.raw(name)
			r.copy(s.b[s.pos+1 : end])
			s.pos = end
			continue
		}
		if !s.next(false, ']') {
			return
		}
		if value := r.value(3); string(value) != "null" {
			r.raw(name)
			r.copy(value)
		}
	}
	r.over()
}

// over expects the end of the event.
func (r *Reader) over() {
	if r.in.next(false, ']') {
		r.fault()
	}
}

// positions writes places of a pointer: four numbers each, of which x, y and
// the time stand as they differ from those before.
func (r *Reader) positions() {
	r.raw(`,"positions":[`)
	var x, y, t int64
	for first := true; r.in.next(false, ']') && r.goesOn(); first = false {
		x += r.whole()
		y += r.another()
		id := r.another()
		t += r.another()
		if max(x, -x, y, -y, t, -t) > maxWhole {
			r.fault()
		}
		r.comma(first)
		if r.counts {
			r.spared += len(`{"x":,"y":,"id":,"timeOffset":}`) + intSize(x) + intSize(y) + intSize(id) + intSize(t)
			continue
		}
		to := append(r.out, `{"x":`...)
		to = append(appendInt(to, x), `,"y":`...)
		to = append(appendInt(to, y), `,"id":`...)
		to = append(appendInt(to, id), `,"timeOffset":`...)
		r.out = append(appendInt(to, t), '}')
	}
	r.raw("]")
}

// object writes the members of an event that has them in one object.
func (r *Reader) object(source int64) {
	s := &r.in
	if !s.next(false, ']') || s.peek() != '{' {
		r.fault()
		return
	}
	s.pos++
	in := Field{Kind: FieldInput}
	for first := true; ; first = false {
		name, ok := s.member(first)
		if !ok {
			break
		}
		value := r.value(3)
		plainName := plain(name)
		switch {
		case string(plainName) == "source":
			// It is told by its place. A section may rest as it came: nothing may lie in it that is not written out and judged.
			r.fault()
		case source == SourceInput && !s.bad:
			s.input(&in, plainName, value)
		}
		r.member(false, name, value)
	}
	if source == SourceInput {
		r.note(in)
	}
	r.over()
}
