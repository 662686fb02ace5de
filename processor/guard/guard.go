// Package guard is the second check of privacy, on the server: it refuses a
// replay section in which a field that the recording itself shows as protected
// carries a value that is not the mask. It catches old, modified and
// misconfigured trackers; it cannot catch one that hides what a field is.
package guard

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"hindsight/processor/rrweb"
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
	previous  map[Document]fields // the older half of the memory
}

// fields are protected nodes and the sequence of the section that first showed
// them so: a section that is read again is judged by what came before it.
type fields map[int64]uint32

// MaxFields is how many protected fields of one document are known.
const MaxFields = 2_000

const maxDocuments = 20_000 // in each half of the memory

// New returns a guard that knows nothing yet.
func New() *Guard {
	g := &Guard{}
	g.Forget()
	return g
}

// Forget lets go of everything.
func (g *Guard) Forget() {
	g.documents, g.previous = map[Document]fields{}, nil
}

// Knows tells whether the guard has all that was shown of a document; if not, it
// wants Learn before Check.
func (g *Guard) Knows(doc Document) bool {
	_, ok := g.recall(doc)
	return ok
}

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

// Check judges the events of one section. What a refused section shows of fields
// is remembered all the same.
func (g *Guard) Check(doc Document, sequence uint32, events []rrweb.Event) Verdict {
	known, _ := g.recall(doc)
	w := walker{known: known, sequence: sequence}
	for i := range events {
		if !events[i].Walk(&w) && w.reason == "" {
			w.reason = ReasonUnreadable
		}
	}
	g.remember(doc, w.known)
	return Verdict{Reason: w.reason, Shown: slices.Sorted(maps.Keys(w.shown))}
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
		g.previous, g.documents = g.documents, make(map[Document]fields)
	}
	g.documents[doc] = f
}

// walker judges what the recording tells, in its order.
type walker struct {
	known    fields
	sequence uint32
	shown    map[int64]struct{}
	reason   string
}

// Element learns whether an element is protected, and judges its value.
func (w *walker) Element(el rrweb.Element) {
	shows := showsProtected(el)
	if shows {
		w.learn(el.ID)
	}
	if (shows || w.protected(el.ID)) && el.HasValue && !isMask(el.Value) {
		w.refuse(ReasonValue)
	}
}

func (w *walker) learn(id int64) {
	if w.shown == nil {
		w.shown = map[int64]struct{}{}
	}
	if len(w.shown) < MaxFields {
		w.shown[id] = struct{}{}
	}
	if first, ok := w.known[id]; ok && first <= w.sequence || !ok && len(w.known) >= MaxFields {
		return
	}
	if w.known == nil {
		w.known = fields{}
	}
	w.known[id] = w.sequence
}

// Input judges a text that was typed.
func (w *walker) Input(in rrweb.Input) {
	if w.protected(in.ID) && !isMask(in.Text) {
		w.refuse(ReasonInput)
	}
}

func (w *walker) protected(id int64) bool {
	first, ok := w.known[id]
	return ok && first <= w.sequence
}

func (w *walker) refuse(reason string) {
	if w.reason == "" {
		w.reason = reason
	}
}

// showsProtected tells whether an element's attributes say that it holds a secret.
func showsProtected(el rrweb.Element) bool {
	if el.HasType && strings.EqualFold(strings.TrimSpace(el.Type), "password") {
		return true
	}
	for word := range strings.FieldsSeq(strings.ToLower(el.Autocomplete)) {
		switch word {
		case "current-password", "new-password", "one-time-code", "cc-number", "cc-csc":
			return true
		}
		if strings.HasPrefix(word, "cc-exp") {
			return true
		}
	}
	return false
}

// isMask tells whether a text gives nothing away: it is empty or one mask
// character repeated.
func isMask(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	if text == "" || first == '*' || first == '•' {
		return strings.Trim(text, string(first)) == ""
	}
	return false
}
