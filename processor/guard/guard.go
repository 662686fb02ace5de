// Package guard is the second check of privacy, on the server: it refuses a
// replay section in which a field that the recording itself shows as protected
// carries a value or holds a text that is not the mask. It catches old, modified and
// misconfigured trackers; it cannot catch one that hides what a field is.
package guard

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"unicode"

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
	entries   int                   // of documents
	previous  map[Document]fields   // the older half of the memory
	lost      map[Document]struct{} // what was forgotten though it has fields
	event     event                 // memory for one after the other
}

// MaxFields is how many protected fields, places of texts in such and choices of
// such of one document are known.
const MaxFields = 2_000

// maxLate is how many sections of a document may come late, behind such of higher
// sequences that have to be judged again: each may cost as much as the whole
// document. Trackers send in order; what they send again comes late once.
const maxLate = 64

const (
	maxDocuments = 20_000 // in each half of the memory
	// maxEntries bounds what is known of all of them, in each half, at some 40 bytes:
	// twenty for each, where one document alone may have twice MaxFields.
	maxEntries = 400_000
	maxLost    = 20_000
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
	g.entries = 0
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

// Learn tells what earlier sections have shown: what their verdicts had, each
// with the sequence of the first section that did. nil says that there is nothing.
func (g *Guard) Learn(doc Document, shown map[int64]uint32) {
	f := fields{shown: shown, partial: true, entries: len(shown)}
	for id := range shown {
		f.places = f.places || isPlace(id)
	}
	g.remember(doc, f)
}

// Reasons of refusal.
const (
	// ReasonValue: an element that is protected carries a value, or what it
	// offers is shown as chosen.
	ReasonValue = "protected_value"
	// ReasonInput: an input event tells what a protected field holds.
	ReasonInput = "protected_input"
	// ReasonText: a text stands in a protected field.
	ReasonText = "protected_text"
	// ReasonUnreadable: an event holds nodes that cannot be read, or tells twice
	// what decides what it means.
	ReasonUnreadable = "unreadable"
	// ReasonDisorder: of its document more sections came late, or more that is
	// stored would have to be judged again, than is worth the time of all others.
	ReasonDisorder = "disorder"
)

// Reasons lists every reason of refusal.
func Reasons() []string {
	return []string{ReasonValue, ReasonInput, ReasonText, ReasonUnreadable, ReasonDisorder}
}

// Verdict is what Check found in a section.
type Verdict struct {
	// Reason of refusal; empty when the events may be stored.
	Reason string
	// Shown is what the section itself shows: nodes that are protected and, told
	// apart from them by a bit each, places of texts in such and what such selects
	// offer; ascending, each once, at most MaxFields. Which nodes are protected is a function of the section alone.
	Shown []int64
	// Late tells that a section of a higher sequence was, or may have been, judged
	// without knowing all that this one shows: what is stored of such has to be
	// judged again. With ReasonDisorder: all that is stored of the document.
	Late bool
}

// Check judges what one section tells of fields. What a refused section shows is
// remembered all the same.
func (g *Guard) Check(doc Document, sequence uint32, list []rrweb.Field) Verdict {
	j := g.judge(doc, sequence, list)
	late := j.disorder(j.first && (j.partial || sequence < j.highest))
	j.highest = max(j.highest, sequence)
	g.remember(doc, j.fields)
	return Verdict{Reason: j.reason, Shown: sorted(j.now), Late: late}
}

// Reason is why a section is to be refused by all that is known today, "" where it
// is not. Unlike Check it says nothing of other sections, and counts none as late.
func (g *Guard) Reason(doc Document, sequence uint32, list []rrweb.Field) string {
	j := g.judge(doc, sequence, list)
	if j.late >= maxLate {
		j.reason = ReasonDisorder
	}
	j.highest = max(j.highest, sequence)
	g.remember(doc, j.fields)
	return j.reason
}

func (g *Guard) judge(doc Document, sequence uint32, list []rrweb.Field) judge {
	known, _ := g.recall(doc)
	j := judge{fields: known, event: &g.event, sequence: sequence}
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Event == list[0].Event {
			n++
		}
		j.judge(list[:n])
		list = list[n:]
	}
	return j
}

// disorder counts what comes late, and refuses a document in which too much does:
// from then on every section of it, and once all that is stored.
func (j *judge) disorder(late bool) bool {
	if j.late >= maxLate {
		j.reason = ReasonDisorder
		return false
	}
	if late && j.sequence < j.highest {
		if j.late++; j.late == maxLate {
			j.reason = ReasonDisorder
		}
	}
	return late
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
	before, ok := g.documents[doc]
	if !ok && len(g.documents) >= maxDocuments || g.entries+f.entries-before.entries > maxEntries {
		for old, shown := range g.previous {
			if _, again := g.documents[old]; !again && len(shown.shown) > 0 {
				g.lost[old] = struct{}{}
			}
		}
		g.previous, g.documents, g.entries = g.documents, make(map[Document]fields), 0
		before = fields{}
	}
	g.entries += f.entries - before.entries
	g.documents[doc] = f
}

// expiry begins what autocomplete calls the parts of a card's last day.
const expiry = "cc-exp"

// showsProtected tells whether an element's attributes say that it holds a secret.
func showsProtected(el *rrweb.Field) bool {
	if len(el.Type)+len(el.Autocomplete) == 0 { // as most are
		return el.Secret
	}
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

// isMask tells whether a value gives nothing away.
func isMask(value []byte) bool { return len(value) == 0 || string(value) == mask }

// isNothing tells the same of a text: between elements white space lays out.
func isNothing(text []byte) bool {
	return string(text) == mask || len(bytes.TrimFunc(text, isSpace)) == 0
}

// isSpace goes by what a browser's script takes for white space.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }
