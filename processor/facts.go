package processor

// facts makes the rows of the kinds that are events and nothing else.
func (m *maker) facts() {
	m.forms()
	s := m.sig
	for i := range s.Deads {
		v := &s.Deads[i]
		e := m.event(v.At, "dead")
		e.Value = v.Of
	}
	for i := range s.Vitals {
		v := &s.Vitals[i]
		data := m.object()
		data.str("rating", v.Rating)
		e := m.event(v.At, "vital")
		e.Name, e.Value, e.Data = v.Name, v.Value, data.text()
	}
	for i := range s.Typings {
		v := &s.Typings[i]
		data := m.object()
		data.num("ms", v.MS)
		e := m.event(v.At, "typing")
		e.Name, e.Value, e.Data = v.Selector, float64(v.Keys), data.text()
	}
	for i := range s.Errors {
		v := &s.Errors[i]
		data := m.object()
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
		data := m.object()
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

// forms makes the rows of visits to fields and of forms sent off.
func (m *maker) forms() {
	for i := range m.sig.Fields {
		v := &m.sig.Fields[i]
		data := m.object()
		data.str("form", v.Form)
		if v.Wait.Known {
			data.num("wait", v.Wait.MS)
		}
		data.int("n", v.Changes)
		data.int("refills", v.Refills)
		filled := 0
		if v.Filled {
			filled = 1
		}
		data.int("filled", filled)
		data.str("left", v.Left)
		e := m.event(v.At, "field")
		e.Name, e.Value, e.Data = v.Selector, v.MS, data.text()
	}
	for i := range m.sig.Submits {
		v := &m.sig.Submits[i]
		e := m.event(v.At, "submit")
		e.Name, e.Value = v.Selector, float64(v.Fields)
	}
}
