package guard

import (
	"maps"
	"slices"

	"hindsight/internal/rrweb"
)

// fields are what is known of the fields of a document.
type fields struct {
	// shown are protected nodes, and places of texts in them, with the sequence
	// of the section that first showed them so: a section that is read again is
	// judged by what came before it.
	shown  map[int64]uint32
	places bool // whether there are places among them
	// highest is the highest sequence of the sections that were judged. partial: there
	// may be higher ones, since all that is known was told by Learn.
	highest uint32
	partial bool
	late    int // sections that came behind such as had to be judged again, up to maxLate
	// around has the nodes that a visitor writes into, and those that stand in
	// them, each with its parent, 0 where that is not told: one of them may become
	// protected. It is lost at a restart, at most MaxFields.
	around map[int64]int64
	// entries is the most that shown and around have held together: a map keeps
	// the memory of what is deleted from it.
	entries int
}

func (f *fields) grown() { f.entries = max(f.entries, len(f.shown)+len(f.around)) }

// placeBit tells places of texts from protected nodes: a text with such an id,
// and one whose parent has it, stands in a protected field. Ids of nodes are
// whole numbers of JavaScript, which have 53 bits.
const placeBit = 1 << 62

// choiceBit tells what a protected select offers in the same way.
const choiceBit = 1 << 61

func choiceOf(id int64) int64 { return id ^ choiceBit }

func placeOf(id int64) int64 { return id ^ placeBit }

func isPlace(shown int64) bool { return shown>>62&1 != shown>>63&1 }

// judge judges what a section tells, event by event. What one event tells is
// true at once: it is looked at whole before any of it is judged.
type judge struct {
	fields
	*event
	sequence uint32
	now      map[int64]struct{} // what the section shows
	first    bool               // no section of a lower sequence has shown all of it
	reason   string
}

// event is what the event that is judged tells of nodes.
type event struct {
	nodes map[int64]node
	found map[int64]standing
	// parents are those of elements that are no selects, where there are choices.
	parents map[int64]int64
}

// maxKept bounds the memory that is kept from one event to the next, entries: to
// clear it takes as long as to fill it.
const maxKept = 4_000

func (e *event) forget() {
	if e.nodes == nil || len(e.nodes)+len(e.found) > maxKept {
		e.nodes, e.found = map[int64]node{}, map[int64]standing{}
		return
	}
	clear(e.nodes)
	clear(e.found)
}

// node is what an event tells of a node.
type node struct {
	parent int64
	holds  uint8
}

// standing is where a node stands.
type standing uint8

const (
	elsewhere standing = iota
	inField            // a visitor writes there
	inSecret           // in a protected field
)

func (j *judge) judge(list []rrweb.Field) {
	texts := j.places || len(j.around) > 0
	fresh, choices := false, false
	for i := range list {
		if el := &list[i]; el.Kind == rrweb.FieldElement {
			texts = texts || el.Holds == rrweb.HoldsText
			choices = choices || el.Choice
			if showsProtected(el) {
				fresh = j.learn(el.ID) || fresh
			}
		}
	}
	if texts {
		j.place(list, fresh)
	}
	if choices && len(j.shown) > 0 {
		j.choose(list)
	}
	for i := range list {
		switch f := &list[i]; f.Kind {
		case rrweb.FieldElement:
			if len(f.Value) > 0 && !isMask(f.Value) && (showsProtected(f) || j.knows(f.ID)) {
				j.refuse(ReasonValue)
			}
			if f.Chosen && j.knows(choiceOf(f.ID)) {
				j.refuse(ReasonValue)
			}
		case rrweb.FieldInput:
			if (f.Chosen || !isMask(f.Value)) && j.knows(f.ID) {
				j.refuse(ReasonInput)
			}
		case rrweb.FieldText:
			if texts && j.stands(f.ID) == inSecret && !isNothing(f.Text()) {
				j.refuse(ReasonText)
			}
		default:
			j.refuse(ReasonUnreadable)
		}
	}
}

func (j *judge) refuse(reason string) {
	if j.reason == "" {
		j.reason = reason
	}
}

// learn notes what the section shows, and tells whether it is new.
func (j *judge) learn(shown int64) bool {
	if j.now == nil {
		j.now = map[int64]struct{}{}
	}
	if len(j.now) < MaxFields {
		j.now[shown] = struct{}{}
	}
	first, ok := j.shown[shown]
	j.first = j.first || !ok || first >= j.sequence
	if ok && first <= j.sequence || !ok && len(j.shown) >= MaxFields {
		return false
	}
	if j.shown == nil {
		j.shown = map[int64]uint32{}
	}
	j.shown[shown] = j.sequence
	j.grown()
	j.places = j.places || isPlace(shown)
	return true
}

// knows tells whether something was shown before, or by this section.
func (j *judge) knows(shown int64) bool {
	first, ok := j.shown[shown]
	return ok && first <= j.sequence
}

// place finds where the event's nodes stand, and remembers those that a visitor
// writes into. fresh: a node was shown as protected that was not before.
func (j *judge) place(list []rrweb.Field, fresh bool) {
	j.forget()
	for i := range list {
		j.note(&list[i])
	}
	for i := range list {
		id := list[i].ID
		n, ok := j.nodes[id]
		if !ok {
			continue
		}
		switch j.stands(id) {
		case inSecret:
			j.learn(placeOf(id))
		case inField:
			j.keep(id, n.parent)
		default:
			delete(j.around, id)
		}
	}
	if !fresh || len(j.around) == 0 {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(j.around)) {
		if j.stands(id) == inSecret {
			j.learn(placeOf(id))
		}
	}
}

// note gathers where the event puts a node, and what that is to the texts in it.
func (j *judge) note(f *rrweb.Field) {
	if f.Parent == 0 && (f.Kind != rrweb.FieldElement || f.Holds == rrweb.HoldsAsAround) {
		return // a change, of nothing of this
	}
	n := j.nodes[f.ID]
	if f.Parent != 0 {
		n.parent = f.Parent
	}
	if f.Holds != rrweb.HoldsAsAround {
		n.holds = f.Holds
	}
	j.nodes[f.ID] = n
}

func (j *judge) keep(id, parent int64) {
	if before, ok := j.around[id]; parent == 0 && ok {
		parent = before
	} else if !ok && len(j.around) >= MaxFields {
		return
	}
	if j.around == nil {
		j.around = map[int64]int64{}
	}
	j.around[id] = parent
	j.grown()
}

// stands tells where a node stands, itself included.
func (j *judge) stands(id int64) standing {
	if at, ok := j.found[id]; ok {
		return at
	}
	j.found[id] = elsewhere // who makes a circle of them finds this
	n := j.nodes[id]
	parent, before := j.around[id]
	if n.parent != 0 {
		parent = n.parent
	}
	at := elsewhere
	if parent != 0 && n.holds != rrweb.HoldsNone {
		at = j.stands(parent)
	}
	if at == elsewhere && (n.holds == rrweb.HoldsText || before && n.holds != rrweb.HoldsNone) {
		at = inField
	}
	if at == inField && j.knows(id) || j.knows(placeOf(id)) {
		at = inSecret
	}
	j.found[id] = at
	return at
}

// maxChoices bounds how deep what a select offers lies in it. What lies deeper
// counts as in a protected one.
const maxChoices = 16

// choose notes what the event puts into protected selects.
func (j *judge) choose(list []rrweb.Field) {
	if j.parents == nil || len(j.parents) > maxKept {
		j.parents = map[int64]int64{}
	}
	clear(j.parents)
	for i := range list {
		if el := &list[i]; el.Kind == rrweb.FieldElement && el.Parent != 0 && !el.Select {
			j.parents[el.ID] = el.Parent
		}
	}
	for i := range list {
		if el := &list[i]; el.Choice && j.isOffered(el.ID) {
			j.learn(choiceOf(el.ID))
		}
	}
}

// isOffered tells whether a protected select offers a node.
func (j *judge) isOffered(id int64) bool {
	for range maxChoices {
		parent, ok := j.parents[id]
		if !ok {
			return false
		}
		if j.knows(parent) || j.knows(choiceOf(parent)) {
			return true
		}
		id = parent
	}
	return true
}
