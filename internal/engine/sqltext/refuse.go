package sqltext

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Reasons why a text is no statement to run.
var (
	ErrEmpty = errors.New("the statement is empty")
	ErrMany  = errors.New("several statements in one request are not taken")
)

// Refusal says what in a statement is not allowed. Its text names functions and
// engines only, never a value.
type Refusal struct{ What string }

func (r *Refusal) Error() string { return r.What + " is not allowed in the embedded engine" }

// Rules are the names that the loaded engine knows and that may not be used.
// All names are in small letters.
type Rules struct {
	TableFunctions map[string]bool // refused as name(…)
	Engines        map[string]bool // refused as ENGINE = name
}

// Deny makes the set of all names but the allowed ones.
func Deny(all []string, allowed ...string) map[string]bool {
	deny := make(map[string]bool, len(all))
	for _, name := range all {
		deny[strings.ToLower(name)] = true
	}
	for _, name := range allowed {
		delete(deny, strings.ToLower(name))
	}
	return deny
}

// reserved are names refused wherever they stand, also without parentheses,
// because a function can be handed over by name (arrayMap(file, …), * APPLY
// file): file reads any file of the host, catboostEvaluate loads a library, the
// ai functions talk to the network. No column can have such a name.
var reserved = map[string]bool{
	"file": true, "catboostevaluate": true,
	"aiclassify": true, "aiembed": true, "aiextract": true, "aigenerate": true, "aitranslate": true,
}

// changesRows are the statements that the engine's classifier holds for control
// statements as soon as they carry a SETTINGS clause.
var changesRows = map[string]bool{"ALTER": true, "DELETE": true, "INSERT": true, "OPTIMIZE": true, "UPDATE": true, "WITH": true}

// leaves are words by which such a statement would be more than that.
var leaves = []string{"FUNCTION", "FREEZE", "UNFREEZE", "FETCH", "DISK", "VOLUME", "SHARD"}

// OnlySettings reports whether nothing but a SETTINGS clause makes a control
// statement out of st.
func OnlySettings(st *Statement) bool {
	if len(st.Tokens) == 0 || !changesRows[strings.ToUpper(st.Tokens[0].Text)] {
		return false
	}
	settings := false
	for _, t := range st.Tokens {
		settings = settings || t.Is("SETTINGS")
		if slices.ContainsFunc(leaves, t.Is) {
			return false
		}
	}
	return settings
}

// Check returns a *Refusal when the statement holds something that reaches out
// of the engine: host files, other hosts, programs.
func (r *Rules) Check(st *Statement) error {
	return r.check(st.Tokens)
}

// CheckData does the same for the expressions in the data of INSERT … VALUES.
func (r *Rules) CheckData(values string) error {
	scan := NewScanner(values)
	var tokens []Token
	for {
		t, ok, err := scan.Next()
		if err != nil {
			return err
		}
		if !ok {
			return r.check(tokens)
		}
		tokens = append(tokens, t)
	}
}

func (r *Rules) check(tokens []Token) error {
	var prev Token
	for i, t := range tokens {
		var next Token
		if i+1 < len(tokens) {
			next = tokens[i+1]
		}
		if err := r.checkToken(prev, t, next); err != nil {
			return err
		}
		if t.Is("ENGINE") {
			if err := r.checkEngine(tokens[i+1:]); err != nil {
				return err
			}
		}
		prev = t
	}
	return nil
}

func (r *Rules) checkToken(prev, t, next Token) error {
	name := strings.ToLower(t.Text)
	switch {
	case !t.Name():
	case reserved[name]:
		return &Refusal{fmt.Sprintf("the name %s", name)}
	case prev.Symbol('.'): // the name of a table or column
	case next.Symbol('(') && r.TableFunctions[name]:
		return &Refusal{fmt.Sprintf("the table function %s", name)}
	case next.Symbol('(') && name == "disk":
		return &Refusal{"a disk of its own for a table"}
	case t.Is("INFILE") && prev.Is("FROM"):
		return &Refusal{"FROM INFILE"}
	case t.Is("OUTFILE") && prev.Is("INTO"):
		return &Refusal{"INTO OUTFILE"}
	}
	return nil
}

// checkEngine looks at what follows the word ENGINE. The word is also an
// ordinary column name, so only the names of refused engines count.
func (r *Rules) checkEngine(rest []Token) error {
	if len(rest) > 0 && rest[0].Symbol('=') {
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0].Name() && r.Engines[strings.ToLower(rest[0].Text)] {
		return &Refusal{fmt.Sprintf("the engine %s", rest[0].Text)}
	}
	return nil
}
