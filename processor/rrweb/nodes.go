package rrweb

// Element is an element as a snapshot, an added node or a change of attributes
// shows it. In a change the tag is empty: only the id is told.
type Element struct {
	ID  int64
	Tag string
	// Type, Autocomplete and Value are attributes; the Has fields tell whether
	// they are there with a text.
	Type, Autocomplete, Value          string
	HasType, HasAutocomplete, HasValue bool
}

// Input is what an input event tells of a field.
type Input struct {
	ID   int64
	Text string
}

// Walker is told of elements and inputs in the order of the recording.
type Walker interface {
	Element(Element)
	Input(Input)
}

// Walk tells w what the event holds and whether it could read all of it. Events
// of other kinds hold nothing for it.
func (e *Event) Walk(w Walker) bool {
	if len(e.Data) == 0 {
		return true
	}
	s := scanner{b: e.Data}
	switch e.Type {
	case TypeFullSnapshot:
		s.each(func(name string) bool {
			if name == "node" {
				s.node(w, 1)
				return true
			}
			return false
		}, 0)
	case TypeIncremental:
		switch s.source() {
		case SourceMutation:
			s.mutation(w)
		case SourceInput:
			s.input(w)
		}
	}
	return !s.bad
}

// each calls take for each member of an object; take reads the value or is
// false, and then it is skipped. A value that is no object is skipped.
func (s *scanner) each(take func(name string) bool, depth int) {
	if !s.open('{', depth) {
		return
	}
	for first := true; ; first = false {
		name, ok := s.member(first)
		if !ok {
			return
		}
		text := string(name)
		if len(text) > 0 && hasEscape(name) {
			text = unescape(name) // "typ\u0065" is "type" to whoever replays it
		}
		if !take(text) {
			s.skip(depth + 1)
		}
	}
}

func hasEscape(b []byte) bool {
	for _, c := range b {
		if c == '\\' {
			return true
		}
	}
	return false
}

// list calls take for each element of an array; take must read it.
func (s *scanner) list(take func(), depth int) {
	if !s.open('[', depth) {
		return
	}
	for first := true; s.next(first, ']'); first = false {
		take()
	}
}

// source finds an incremental event's source and goes back to the start; -1 if
// there is none.
func (s *scanner) source() int {
	source := -1
	s.each(func(name string) bool {
		if name != "source" {
			return false
		}
		if f, ok := s.float(1); ok {
			source = int(f)
		}
		return true
	}, 0)
	s.pos = 0
	return source
}

// node reads a node and its children. An element is told after its children,
// because its id stands behind them: so every byte is read once, however deep
// the tree.
func (s *scanner) node(w Walker, depth int) {
	if depth > maxDepth {
		s.fail()
		return
	}
	var el Element
	var kind float64
	s.each(func(name string) bool {
		switch name {
		case "type":
			kind, _ = s.float(depth + 1)
		case "id":
			el.ID = s.id(depth + 1)
		case "tagName":
			el.Tag, _ = s.text(depth + 1)
		case "attributes":
			s.attributes(&el, depth+1)
		case "childNodes":
			s.list(func() { s.node(w, depth+2) }, depth+1)
		default:
			return false
		}
		return true
	}, depth)
	if kind == NodeElement {
		w.Element(el)
	}
}

func (s *scanner) attributes(el *Element, depth int) {
	s.each(func(name string) bool {
		switch name {
		case "type":
			el.Type, el.HasType = s.text(depth + 1)
		case "autocomplete":
			el.Autocomplete, el.HasAutocomplete = s.text(depth + 1)
		case "value":
			if c := s.peek(); c == '-' || c >= '0' && c <= '9' {
				el.Value, el.HasValue = string(s.number()), true
				return true
			}
			el.Value, el.HasValue = s.text(depth + 1)
		default:
			return false
		}
		return true
	}, depth)
}

func (s *scanner) id(depth int) int64 {
	f, _ := s.float(depth)
	return int64(f)
}

// mutation reads added nodes and changed attributes; both may hold values.
func (s *scanner) mutation(w Walker) {
	s.each(func(name string) bool {
		switch name {
		case "adds":
			s.list(func() {
				s.each(func(name string) bool {
					if name != "node" {
						return false
					}
					s.node(w, 3)
					return true
				}, 2)
			}, 1)
		case "attributes":
			s.list(func() {
				var el Element
				s.each(func(name string) bool {
					switch name {
					case "id":
						el.ID = s.id(3)
					case "attributes":
						s.attributes(&el, 3)
					default:
						return false
					}
					return true
				}, 2)
				w.Element(el)
			}, 1)
		default:
			return false
		}
		return true
	}, 0)
}

func (s *scanner) input(w Walker) {
	var in Input
	s.each(func(name string) bool {
		switch name {
		case "id":
			in.ID = s.id(1)
		case "text":
			in.Text, _ = s.text(1)
		default:
			return false
		}
		return true
	}, 0)
	w.Input(in)
}
