package deadletter

import (
	"slices"
	"strings"
	"time"
)

// Filter says which letters are meant; an empty field leaves its side open.
type Filter struct {
	Keys    []string
	Sites   []string
	Reasons []string // a reason that ends in * stands for all that begin so
	States  []string
	// OlderThan and NewerThan bound the time since the last refusal.
	OlderThan, NewerThan time.Duration
}

// Empty tells whether the filter means every letter, whatever its state.
func (f Filter) Empty() bool {
	return len(f.Keys) == 0 && len(f.Sites) == 0 && len(f.Reasons) == 0 && f.OlderThan == 0 && f.NewerThan == 0
}

// Select returns the letters that the filter means, in their order.
func (f Filter) Select(letters []Letter, now time.Time) []Letter {
	var out []Letter
	for i := range letters {
		if f.matches(&letters[i], now) {
			out = append(out, letters[i])
		}
	}
	return out
}

func (f Filter) matches(l *Letter, now time.Time) bool {
	age := now.Sub(l.Refused)
	switch {
	case len(f.Keys) > 0 && !slices.Contains(f.Keys, l.Key),
		len(f.Sites) > 0 && !slices.Contains(f.Sites, l.Site),
		len(f.States) > 0 && !slices.Contains(f.States, l.State),
		f.OlderThan > 0 && age < f.OlderThan,
		f.NewerThan > 0 && age > f.NewerThan:
		return false
	}
	return len(f.Reasons) == 0 || slices.ContainsFunc(f.Reasons, func(reason string) bool {
		if prefix, ok := strings.CutSuffix(reason, "*"); ok {
			return strings.HasPrefix(l.Reason, prefix)
		}
		return l.Reason == reason
	})
}
