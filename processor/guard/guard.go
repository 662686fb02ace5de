// Package guard is the second check of privacy, on the server: it refuses a
// replay section in which a field that the recording itself shows as protected
// carries a value that is not the mask. It catches old, modified and
// misconfigured trackers; it cannot catch one that hides what a field is.
package guard

import (
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
// that shows them as such on, for the document's life. Its memory is bounded;
// what it has forgotten it learns again from the next section that shows it.
// It is for one goroutine.
type Guard struct {
	documents map[Document]fields
	previous  map[Document]fields // the older half of the memory
}

// fields are protected nodes and the sequence of the section that first showed
// them so: a section that is read again is judged by what came before it.
type fields map[int64]uint32

const (
	maxDocuments = 20_000 // in each half of the memory
	maxFields    = 2_000  // of one document
)

// New returns a guard that knows nothing yet.
func New() *Guard {
	return &Guard{documents: map[Document]fields{}, previous: map[Document]fields{}}
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

// Check judges the events of one section; the reason is empty when they may be
// stored. What a refused section shows of fields is remembered all the same.
func (g *Guard) Check(doc Document, sequence uint32, events []rrweb.Event) (reason string) {
	w := walker{known: g.recall(doc), sequence: sequence}
	for i := range events {
		if !events[i].Walk(&w) && w.reason == "" {
			w.reason = ReasonUnreadable
		}
	}
	if len(w.known) > 0 {
		g.remember(doc, w.known)
	}
	return w.reason
}

func (g *Guard) recall(doc Document) fields {
	if f, ok := g.documents[doc]; ok {
		return f
	}
	if f, ok := g.previous[doc]; ok {
		return f
	}
	return fields{}
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
	reason   string
}

// Element learns whether an element is protected, and judges its value.
func (w *walker) Element(el rrweb.Element) {
	if showsProtected(el) && len(w.known) < maxFields {
		if first, ok := w.known[el.ID]; !ok || w.sequence < first {
			w.known[el.ID] = w.sequence
		}
	}
	if (w.protected(el.ID) || showsProtected(el)) && el.HasValue && !isMask(el.Value) {
		w.refuse(ReasonValue)
	}
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
