package wire

import (
	"errors"
	"fmt"
	"unicode/utf8"
	"unsafe"
)

// ErrSignals marks a signals section that is not what the protocol says: as a
// whole, for a single bad signal is only dropped and counted.
var ErrSignals = errors.New("signals section is malformed")

// Decode reads an inflated signals section into s, whose memory is used again;
// raw's is not kept.
// The error wraps ErrSignals; s is then not to be used.
func (s *Signals) Decode(raw []byte) error {
	s.reset()
	switch {
	case len(raw) > MaxSignals:
		return fmt.Errorf("%w: longer than allowed", ErrSignals)
	case !utf8.Valid(raw):
		return fmt.Errorf("%w: no UTF-8", ErrSignals)
	}
	// Only while it is read: what is kept of it is copied.
	text := unsafe.String(unsafe.SliceData(raw), len(raw)) //nolint:gosec // nobody writes to raw meanwhile
	d := decoder{reader: reader{scanner: scanner{s: text, resolved: s.resolved[:0]}, texts: &s.texts}, out: s}
	err := d.section()
	s.resolved = d.resolved
	return err
}

type decoder struct {
	reader
	out *Signals
}

const (
	sectionOrigin = iota
	sectionView
	sectionPath
	sectionSignals
	sectionNeeds = 1<<iota - 1
)

func (d *decoder) section() error {
	s := d.out
	d.begin()
	if d.space() != '{' {
		return fmt.Errorf("%w: no JSON object", ErrSignals)
	}
	d.pos++
	var needs uint32
	for first := true; ; first = false {
		name, ok := d.member(first)
		if !ok {
			break
		}
		switch name {
		case "origin":
			s.Origin = d.num(sectionOrigin, 0, maxTime)
		case "offset":
			if !d.null() {
				s.Offset, s.HasOffset = d.num(optional, -maxTime, maxTime), true
			}
		case "view":
			s.View = d.whole(sectionView, 0, 1<<16-1)
		case "path":
			s.Path = d.str(sectionPath, MaxPath)
		case "signals":
			if needs&(1<<sectionSignals) != 0 {
				return fmt.Errorf("%w: two arrays of signals", ErrSignals)
			}
			// The signals use the same reader; what is known of the section
			// is put aside.
			needs |= 1<<sectionSignals | d.seen
			valid := d.valid
			if err := d.signals(); err != nil {
				return err
			}
			d.begin()
			d.valid = valid
		default:
			s.UnknownMembers++
			d.skip(1)
		}
	}
	needs |= d.seen
	switch {
	case d.bad || d.space() != 0 || d.pos != len(d.s):
		return fmt.Errorf("%w: no JSON", ErrSignals)
	case !d.valid || needs&sectionNeeds != sectionNeeds:
		return fmt.Errorf("%w: a member is missing or out of range", ErrSignals)
	case s.Path == "" || s.Path[0] != '/':
		return fmt.Errorf("%w: path does not begin with a slash", ErrSignals)
	}
	return nil
}

func (d *decoder) signals() error {
	if !d.open('[') {
		return fmt.Errorf("%w: signals are no array", ErrSignals)
	}
	for first := true; d.next(first, ']'); first = false {
		if d.out.Count == MaxSignalCount {
			return fmt.Errorf("%w: too many signals", ErrSignals)
		}
		d.signal()
		d.out.Count++
	}
	return nil
}

// signal reads one signal into the list of its kind.
func (d *decoder) signal() {
	if !d.open('{') {
		d.out.Invalid++
		return
	}
	kind, ok := d.kind()
	if !ok {
		d.out.Invalid++
		d.rest()
		return
	}
	s := d.out
	switch kind {
	case "view":
		s.Views = decodeOne(d, s.Views, viewNeeds)
	case "load":
		s.Loads = decodeOne(d, s.Loads, loadNeeds)
	case "click":
		s.Clicks = decodeOne(d, s.Clicks, clickNeeds)
	case "move":
		s.Moves = decodeOne(d, s.Moves, moveNeeds)
	case "scroll":
		s.Scrolls = decodeOne(d, s.Scrolls, scrollNeeds)
	case "dead":
		s.Deads = decodeOne(d, s.Deads, deadNeeds)
		if n := len(s.Deads); n > 0 && s.Deads[n-1].T < s.Deads[n-1].Of {
			s.Deads = s.Deads[:n-1]
			s.Invalid++
		}
	case "attention":
		s.Attentions = decodeOne(d, s.Attentions, attentionNeeds)
	case "field":
		s.Fields = decodeOne(d, s.Fields, fieldNeeds)
	case "submit":
		s.Submits = decodeOne(d, s.Submits, submitNeeds)
	case "vital":
		s.Vitals = decodeOne(d, s.Vitals, vitalNeeds)
	case "typing":
		s.Typings = decodeOne(d, s.Typings, typingNeeds)
	case "error":
		s.Errors = decodeOne(d, s.Errors, errorNeeds)
	case "event":
		s.Events = decodeOne(d, s.Events, eventNeeds)
	case "identify":
		s.Identifies = decodeOne(d, s.Identifies, identifyNeeds)
	case "set":
		s.Sets = decodeOne(d, s.Sets, setNeeds)
	case "consent":
		s.Consents = decodeOne(d, s.Consents, consentNeeds)
	case "visible":
		s.Visibles = decodeOne(d, s.Visibles, visibleNeeds)
	case "gap":
		s.Gaps = decodeOne(d, s.Gaps, gapNeeds)
		if n := len(s.Gaps); n > 0 && s.Gaps[n-1].To < s.Gaps[n-1].T {
			s.Gaps = s.Gaps[:n-1]
			s.Invalid++
		}
	default:
		s.UnknownKinds++
		d.rest()
	}
}

// kind looks for the member k and leaves the position where it was: k names
// the fields, and nothing says that it comes first.
func (d *decoder) kind() (string, bool) {
	start := d.pos
	for first := true; ; first = false {
		name, ok := d.member(first)
		if !ok {
			break
		}
		if name == "k" {
			kind, ok := d.text()
			if !d.bad {
				d.pos = start
			}
			return kind, ok
		}
		d.skip(3)
	}
	if !d.bad {
		d.pos = start
	}
	return "", false
}

// rest skips what is left of a signal.
func (d *decoder) rest() {
	for first := true; ; first = false {
		if _, ok := d.member(first); !ok {
			return
		}
		d.skip(3)
	}
}

// fields is a signal that reads its own members.
type fields[T any] interface {
	*T
	at() *At
	// member reads the named member's value; false when it knows no such name.
	member(r *reader, d *decoder, name string) bool
}

// decodeOne reads a signal of known kind and appends it to list when all its
// needs were seen and valid.
func decodeOne[T any, P fields[T]](d *decoder, list []T, needs uint32) []T {
	var zero T
	list = append(list, zero)
	signal := P(&list[len(list)-1])
	at := signal.at()
	at.Index = d.out.Count
	d.begin()
	for first := true; ; first = false {
		name, ok := d.member(first)
		if !ok {
			break
		}
		switch {
		case name == "k":
			d.skip(3)
		case name == "t":
			at.T = d.num(timeBit, 0, maxT)
		case !signal.member(&d.reader, d, name):
			d.out.UnknownMembers++
			d.skip(3)
		}
	}
	if d.bad {
		return list
	}
	if !d.valid || d.seen&needs != needs || d.seen&(1<<timeBit) == 0 {
		d.out.Invalid++
		return list[:len(list)-1]
	}
	return list
}
