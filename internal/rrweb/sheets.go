package rrweb

// SheetTag is the tag of the custom events that define style sheets.
const SheetTag = "hindsight.css"

// What a definition may hold: text in bytes, and rules.
const (
	MaxSheetBytes = 4 << 20
	MaxSheetRules = 100_000
)

// Sheet is a style sheet as a recording defines it: an id that means something
// within its session, and the texts of its rules in order.
type Sheet struct {
	ID    string
	Rules []string
}

// Sheet reads the definition of a style sheet. defines tells whether the event
// claims to be one, ok whether it keeps to the protocol.
func (e *Event) Sheet() (sheet Sheet, defines, ok bool) {
	if e.Type != TypeCustom || len(e.Data) == 0 {
		return sheet, false, false
	}
	s := scanner{b: e.Data}
	good := false
	s.each(func(name []byte) bool {
		switch string(name) {
		case "tag":
			tag, _ := s.text(1)
			defines = tag == SheetTag
		case "payload":
			sheet, good = s.sheet()
		default:
			return false
		}
		return true
	}, 0)
	return sheet, defines, defines && good && !s.bad && SheetID(sheet.ID)
}

// sheet reads a payload. As in JavaScript, the last of equal names counts.
func (s *scanner) sheet() (sheet Sheet, ok bool) {
	s.each(func(name []byte) bool {
		switch string(name) {
		case "id":
			sheet.ID, _ = s.text(2)
		case "rules":
			sheet.Rules, ok = s.rules()
		default:
			return false
		}
		return true
	}, 1)
	return sheet, ok
}

// rules reads the texts; ok is false when there are other values among them, or
// too much.
func (s *scanner) rules() (rules []string, ok bool) {
	ok = s.peek() == '['
	bytes := 0
	s.list(func() {
		text, isText := s.text(3)
		bytes += len(text)
		if ok = ok && isText && bytes <= MaxSheetBytes && len(rules) < MaxSheetRules; ok {
			rules = append(rules, text)
		}
	}, 2)
	return rules, ok
}

// SheetID tells whether a text is the id of a style sheet: 8 to 32 lower-case
// hexadecimal digits.
func SheetID(id string) bool {
	if len(id) < 8 || len(id) > 32 {
		return false
	}
	for i := range len(id) {
		if c := id[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
