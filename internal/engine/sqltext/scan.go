package sqltext

import (
	"errors"
	"strings"
)

// Kind tells tokens apart.
type Kind uint8

// Kinds of tokens. Comments and white space give none.
const (
	Word   Kind = iota + 1 // bare identifier or keyword
	Quoted                 // identifier in backquotes or double quotes
	String
	Number
	Symbol // one byte of punctuation
)

// Token is one token with its place in the text. Text is unescaped for quoted
// identifiers and empty for strings, whose contents decide nothing here.
type Token struct {
	Kind       Kind
	Text       string
	Start, End int // byte offsets, End exclusive
}

// Is reports whether t is the bare word given in capitals.
func (t Token) Is(word string) bool { return t.Kind == Word && strings.EqualFold(t.Text, word) }

// Symbol reports whether t is the punctuation c.
func (t Token) Symbol(c byte) bool { return t.Kind == Symbol && t.Text[0] == c }

// Name reports whether t can name something.
func (t Token) Name() bool { return t.Kind == Word || t.Kind == Quoted }

// ErrSpelling is returned for text that the scanner does not read.
var ErrSpelling = errors.New("the statement uses a spelling that the embedded engine does not take (comments other than -- and /* */, heredocs, unbalanced or typographic quotes)")

// Scanner yields the tokens of a text one by one.
type Scanner struct {
	src string
	pos int
}

// NewScanner starts at the beginning of sql.
func NewScanner(sql string) *Scanner { return &Scanner{src: sql} }

// Next returns the next token; ok is false at the end.
func (s *Scanner) Next() (t Token, ok bool, err error) {
	if err := s.skipBlank(); err != nil {
		return Token{}, false, err
	}
	if s.pos >= len(s.src) {
		return Token{}, false, nil
	}
	start, c := s.pos, s.src[s.pos]
	switch {
	case isWordStart(c):
		for s.pos < len(s.src) && isWordPart(s.src[s.pos]) {
			s.pos++
		}
		text := s.src[start:s.pos]
		// x'41' and b'01' have quoting rules of their own.
		if s.pos < len(s.src) && s.src[s.pos] == '\'' {
			return Token{}, false, ErrSpelling
		}
		return Token{Word, text, start, s.pos}, true, nil
	case c >= '0' && c <= '9':
		for s.pos < len(s.src) && (isWordPart(s.src[s.pos]) || s.src[s.pos] == '.') {
			s.pos++
		}
		return Token{Number, s.src[start:s.pos], start, s.pos}, true, nil
	case c == '\'' || c == '`' || c == '"':
		text, err := s.quoted(c)
		if err != nil {
			return Token{}, false, err
		}
		if c == '\'' {
			return Token{String, "", start, s.pos}, true, nil
		}
		return Token{Quoted, text, start, s.pos}, true, nil
	case c > ' ' && c < 0x7f && c != '#' && c != '$' && c != '\\':
		s.pos++
		return Token{Symbol, s.src[start:s.pos], start, s.pos}, true, nil
	}
	return Token{}, false, ErrSpelling
}

// skipBlank moves past white space and comments.
func (s *Scanner) skipBlank() error {
	for s.pos < len(s.src) {
		rest := s.src[s.pos:]
		switch {
		case strings.IndexByte(" \t\r\n\v\f", rest[0]) >= 0:
			s.pos++
		case strings.HasPrefix(rest, "--"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest) - 1
			}
			s.pos += end + 1
		case strings.HasPrefix(rest, "/*"):
			body, _, closed := strings.Cut(rest[2:], "*/")
			if !closed || strings.Contains(body, "/*") { // the engine nests them
				return ErrSpelling
			}
			s.pos += len(body) + 4
		case strings.HasPrefix(rest, "//"):
			return ErrSpelling
		default:
			return nil
		}
	}
	return nil
}

// quoted reads a string or quoted identifier: a backslash takes the next byte
// along, a doubled quote stands for one. An identifier with a backslash is
// refused, so that its name needs no unescaping here.
func (s *Scanner) quoted(q byte) (string, error) {
	start := s.pos + 1
	for i := start; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '\\' && q != '\'':
			return "", ErrSpelling
		case c == '\\':
			i++
		case c == q && i+1 < len(s.src) && s.src[i+1] == q:
			i++
		case c == q:
			s.pos = i + 1
			if q == '\'' {
				return "", nil
			}
			return strings.ReplaceAll(s.src[start:i], string(q)+string(q), string(q)), nil
		}
	}
	return "", ErrSpelling
}

func isWordStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isWordPart(c byte) bool { return isWordStart(c) || c >= '0' && c <= '9' }
