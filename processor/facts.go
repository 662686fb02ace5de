package processor

// facts makes the rows of the kinds that are events and nothing else.
func (m *maker) facts() {
	s := m.sig
	for i := range s.Typings {
		v := &s.Typings[i]
		var data object
		data.num("ms", v.MS)
		e := m.event(v.At, "typing")
		e.Name, e.Value, e.Data = v.Selector, float64(v.Keys), data.text()
	}
	for i := range s.Errors {
		v := &s.Errors[i]
		var data object
		data.str("type", v.Type)
		data.str("stack", cut(v.Stack, maxStack))
		data.str("src", cut(v.Source, maxURLText))
		data.int("line", v.Line)
		data.int("col", v.Col)
		e := m.event(v.At, "error")
		e.Name, e.Data = cut(v.Message, maxMessage), data.text()
	}
	for i := range s.Events {
		v := &s.Events[i]
		e := m.event(v.At, "event")
		e.Name, e.Data = v.Name, props(v.Props)
	}
	for i := range s.Identifies {
		v := &s.Identifies[i]
		e := m.event(v.At, "identify")
		e.Name, e.Data = cut(v.ID, maxIdentity), props(v.Traits)
	}
	for i := range s.Sets {
		v := &s.Sets[i]
		e := m.event(v.At, "set")
		e.Data = props(v.Props)
	}
	for i := range s.Consents {
		v := &s.Consents[i]
		var data object
		data.str("version", cut(v.Version, maxWord))
		data.str("key", cut(v.Key, maxIdentity))
		if v.Held {
			data.int("held", 1)
		}
		e := m.event(v.At, "consent")
		e.Name, e.Data = v.State, data.text()
		m.proof(v)
	}
	for i := range s.Visibles {
		v := &s.Visibles[i]
		e := m.event(v.At, "visible")
		if v.On {
			e.Value = 1
		}
	}
	for i := range s.Gaps {
		v := &s.Gaps[i]
		e := m.event(v.At, "gap")
		e.Name, e.Value = v.Reason, v.To-v.T
	}
}
