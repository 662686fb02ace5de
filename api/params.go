package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hindsight/internal/store"
)

// params reads a request's query. The first mistake stays; a handler reads all
// it wants and asks for the mistake once.
type params struct {
	values  url.Values
	problem *Problem
}

// checkQuery refuses parameters that the call does not have, and those that are
// given twice: nothing a client wrote is ignored.
func checkQuery(r *http.Request, allowed []string) (url.Values, *Problem) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, invalidParameter.says("The query is not well-formed.")
	}
	for _, name := range sortedKeys(values) {
		switch {
		case len(allowed) == 0 && !slices.Contains(allowed, name):
			return nil, unknownParameter.says("There is no parameter %q; this call takes none.", name).about(name)
		case !slices.Contains(allowed, name):
			return nil, unknownParameter.says("There is no parameter %q; there are: %s.", name, strings.Join(allowed, ", ")).about(name)
		case len(values[name]) > 1:
			return nil, invalidParameter.says("%s is given %d times.", name, len(values[name])).about(name)
		}
	}
	return values, nil
}

func sortedKeys(values url.Values) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p *params) refuse(name, format string, args ...any) {
	if p.problem == nil {
		p.problem = invalidParameter.says(format, args...).about(name)
	}
}

// has tells whether a parameter is given. An empty value is a value.
func (p *params) has(name string) bool { return p.values.Has(name) }

const maxText = 2048

func (p *params) text(name string) string {
	v := p.values.Get(name)
	if len(v) > maxText || !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
		p.refuse(name, "%s must be text of at most %d bytes.", name, maxText)
		return ""
	}
	return v
}

func (p *params) integer(name string, without, low, high int) int {
	if !p.has(name) {
		return without
	}
	n, err := strconv.Atoi(p.values.Get(name))
	if err != nil || n < low || n > high {
		p.refuse(name, "%s must be a whole number from %d to %d.", name, low, high)
		return without
	}
	return n
}

func (p *params) oneOf(name, without string, allowed ...string) string {
	if !p.has(name) {
		return without
	}
	v := p.values.Get(name)
	if !slices.Contains(allowed, v) {
		p.refuse(name, "%s must be one of: %s.", name, strings.Join(allowed, ", "))
		return without
	}
	return v
}

// someOf reads a comma-separated list.
func (p *params) someOf(name string, allowed ...string) map[string]bool {
	out := map[string]bool{}
	if !p.has(name) {
		return out
	}
	for word := range strings.SplitSeq(p.values.Get(name), ",") {
		if !slices.Contains(allowed, word) {
			p.refuse(name, "%s must be a comma-separated list of: %s.", name, strings.Join(allowed, ", "))
		}
		out[word] = true
	}
	return out
}

// id reads 32 hexadecimal digits; "" when not given.
func (p *params) id(name string) string {
	v := p.values.Get(name)
	if p.has(name) && !store.ValidID(v) {
		p.refuse(name, "%s must be 32 lower-case hexadecimal digits.", name)
		return ""
	}
	return v
}

func (p *params) time(name string, without time.Time) time.Time {
	if !p.has(name) {
		return without
	}
	t, err := time.Parse(time.RFC3339, p.values.Get(name))
	if err != nil || t.Year() < 1970 || t.Year() > 2148 {
		p.refuse(name, "%s must be a time as in RFC 3339, such as 2026-03-01T00:00:00Z.", name)
		return without
	}
	return t.UTC()
}

const defaultDays = 30

// period reads from and to: the last 30 days when neither is given.
func (p *params) period(now time.Time) store.Period {
	to := p.time("to", now)
	from := p.time("from", to.AddDate(0, 0, -defaultDays))
	if p.problem == nil && !from.Before(to) {
		p.refuse("from", "from must lie before to.")
	}
	return store.Period{From: from, To: to}
}
