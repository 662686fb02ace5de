// Package guard is the second check of privacy, on the server: it refuses a
// replay section in which a field that the recording itself shows as protected
// carries a value that is not the mask. It catches old, modified and
// misconfigured trackers; it cannot catch one that hides what a field is.
package guard

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"hindsight/internal/rrweb"
)

// Document names a page load within its site.
type Document struct {
	Site              string
	Session, Document [16]byte
}

// Guard knows which fields of running documents are protected: from the section
// that shows them as such on, for the document's life. Its memory is bounded and
// its own: what it has forgotten, what was shown before a restart and what
// another processor saw is stored beside the recording, and told by Learn.
// It is for one goroutine.
type Guard struct {
	documents map[Document]fields
	previous  map[Document]fields   // the older half of the memory
	lost      map[Document]struct{} // what was forgotten though it has fields
}

// fields are protected nodes and the sequence of the section that first showed
// them so: a section that is read again is judged by what came before it.
type fields map[int64]uint32

// MaxFields is how many protected fields of one document are known.
const MaxFields = 2_000

const (
	maxDocuments = 20_000 // in each half of the memory
	maxLost      = 20_000
)

// New returns a guard that knows nothing yet.
func New() *Guard {
	g := &Guard{}
	g.Forget()
	return g
}

// Forget lets go of everything.
func (g *Guard) Forget() {
	g.documents, g.previous, g.lost = map[Document]fields{}, nil, map[Document]struct{}{}
}

// Knows tells whether the guard has all that was shown of a document; if not, it
// wants Learn before Check.
func (g *Guard) Knows(doc Document) bool {
	_, ok := g.recall(doc)
	return ok
}

// Lost tells whether the guard has forgotten, since Forget, what was shown of a
// document.
func (g *Guard) Lost(doc Document) bool {
	_, ok := g.lost[doc]
	return ok
}

// Worn tells that the guard has forgotten of more documents than it should
// remember the names of: it is time for Forget.
func (g *Guard) Worn() bool { return len(g.lost) > maxLost }

// Learn tells what earlier sections have shown: protected nodes, each with the
// sequence of the first section that did. nil says that there are none.
func (g *Guard) Learn(doc Document, protected map[int64]uint32) {
	g.remember(doc, protected)
}

// Reasons of refusal.
const (
	// ReasonValue: an element that is protected carries a value.
	ReasonValue = "protected_value"
	// ReasonInput: an input event tells the text of a protected field.
	ReasonInput = "protected_input"
	// ReasonUnreadable: an event holds nodes that cannot be read.
	ReasonUnreadable = "unreadable"
)

// Reasons lists every reason of refusal.
func Reasons() []string { return []string{ReasonValue, ReasonInput, ReasonUnreadable} }

// Verdict is what Check found in a section.
type Verdict struct {
	// Reason of refusal; empty when the events may be stored.
	Reason string
	// Shown are the nodes that the section itself shows as protected, ascending,
	// each once, at most MaxFields: a function of the section alone.
	Shown []int64
}

// Check judges what one section tells of fields. What a refused section shows is
// remembered all the same.
func (g *Guard) Check(doc Document, sequence uint32, fields []rrweb.Field) Verdict {
	known, _ := g.recall(doc)
	j := judge{known: known, sequence: sequence}
	for i := range fields {
		switch f := &fields[i]; f.Kind {
		case rrweb.FieldElement:
			j.element(f)
		case rrweb.FieldInput:
			j.input(f)
		default:
			j.refuse(ReasonUnreadable)
		}
	}
	g.remember(doc, j.known)
	return Verdict{Reason: j.reason, Shown: sorted(j.shown)}
}

func sorted(shown map[int64]struct{}) []int64 {
	if len(shown) == 0 {
		return nil
	}
	ids := slices.AppendSeq(make([]int64, 0, len(shown)), maps.Keys(shown))
	slices.Sort(ids)
	return ids
}

func (g *Guard) recall(doc Document) (fields, bool) {
	if f, ok := g.documents[doc]; ok {
		return f, true
	}
	f, ok := g.previous[doc]
	return f, ok
}

// remember keeps the newer half when the memory is full.
func (g *Guard) remember(doc Document, f fields) {
	if _, ok := g.documents[doc]; !ok && len(g.documents) >= maxDocuments {
		for old, shown := range g.previous {
			if _, again := g.documents[old]; !again && len(shown) > 0 {
				g.lost[old] = struct{}{}
			}
		}
		g.previous, g.documents = g.documents, make(map[Document]fields)
	}
	g.documents[doc] = f
}

// judge judges what the recording tells, in its order.
type judge struct {
	known    fields
	sequence uint32
	shown    map[int64]struct{}
	reason   string
}

// element learns whether an element is protected, and judges its value.
func (j *judge) element(el *rrweb.Field) {
	shows := showsProtected(el)
	if shows {
		j.learn(el.ID)
	}
	if (shows || j.protected(el.ID)) && !isMask(el.Value) {
		j.refuse(ReasonValue)
	}
}

func (j *judge) learn(id int64) {
	if j.shown == nil {
		j.shown = map[int64]struct{}{}
	}
	if len(j.shown) < MaxFields {
		j.shown[id] = struct{}{}
	}
	if first, ok := j.known[id]; ok && first <= j.sequence || !ok && len(j.known) >= MaxFields {
		return
	}
	if j.known == nil {
		j.known = fields{}
	}
	j.known[id] = j.sequence
}

// input judges a text that was typed.
func (j *judge) input(in *rrweb.Field) {
	if j.protected(in.ID) && !isMask(in.Value) {
		j.refuse(ReasonInput)
	}
}

func (j *judge) protected(id int64) bool {
	first, ok := j.known[id]
	return ok && first <= j.sequence
}

func (j *judge) refuse(reason string) {
	if j.reason == "" {
		j.reason = reason
	}
}

// expiry begins what autocomplete calls the parts of a card's last day.
const expiry = "cc-exp"

// showsProtected tells whether an element's attributes say that it holds a secret.
func showsProtected(el *rrweb.Field) bool {
	if el.Secret || equals(bytes.TrimSpace(el.Type), "password") {
		return true
	}
	for word := range bytes.FieldsSeq(el.Autocomplete) {
		for _, secret := range [...]string{"current-password", "new-password", "one-time-code", "cc-number", "cc-csc"} {
			if equals(word, secret) {
				return true
			}
		}
		if len(word) >= len(expiry) && equals(word[:len(expiry)], expiry) {
			return true
		}
	}
	return false
}

// equals compares whatever the case of letters.
func equals(text []byte, word string) bool {
	return len(text) >= len(word) && strings.EqualFold(string(text), word)
}

// mask is what stands for a text that is hidden, whatever its length. A mask of
// another length may be that of the text.
const mask = "•••"

// isMask tells whether a text gives nothing away.
func isMask(text []byte) bool { return len(text) == 0 || string(text) == mask }
