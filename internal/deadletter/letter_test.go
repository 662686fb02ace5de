package deadletter

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
)

// story is what the topic holds under the key log/0/1, in order.
type story struct{ reason, read, resolved string }

func (s story) fetched(n int) *eventlog.Fetched {
	f := &eventlog.Fetched{Key: []byte("log/0/1"), Offset: int64(n), Time: time.Unix(int64(1000+n), 0)}
	for name, value := range map[string]string{"reason": s.reason, "read": s.read, "resolved": s.resolved} {
		if value != "" {
			f.Headers = append(f.Headers, eventlog.Header{Key: name, Value: []byte(value)})
		}
	}
	return f
}

func TestStories(t *testing.T) {
	first := story{reason: "signals"}
	again := story{reason: "frame", read: "log/2/9"}
	for name, c := range map[string]struct {
		told         []story
		state        string
		reason       string
		tries, place int
	}{
		"refused":                           {[]story{first}, "open", "signals", 1, 0},
		"read again after a crash":          {[]story{first, first}, "open", "signals", 1, 0},
		"retried":                           {[]story{first, {resolved: "retried", read: "log/0/1"}}, "retried", "signals", 1, 0},
		"retried, and refused again":        {[]story{first, {resolved: "retried", read: "log/0/1"}, again}, "open", "frame", 2, 2},
		"refused again before the mark":     {[]story{first, again, {resolved: "retried", read: "log/0/1"}}, "open", "frame", 2, 1},
		"dropped":                           {[]story{first, {resolved: "dropped", read: "log/0/1"}}, "dropped", "signals", 1, 0},
		"dropped stays so after a rewind":   {[]story{first, {resolved: "dropped", read: "log/0/1"}, first}, "dropped", "signals", 1, 0},
		"both readings after a rewind":      {[]story{first, again, {resolved: "dropped", read: "log/2/9"}, first, again}, "dropped", "frame", 2, 1},
		"dropped, and then tried after all": {[]story{first, {resolved: "dropped", read: "log/0/1"}, {resolved: "retried", read: "log/0/1"}}, "retried", "signals", 1, 0},
	} {
		book := map[string]*Letter{}
		for i, s := range c.told {
			fold(book, s.fetched(i))
		}
		l := book["log/0/1"]
		if l == nil || l.State != c.state || l.Reason != c.reason || l.Tries != c.tries || l.Offset != int64(c.place) {
			t.Errorf("%s: %+v, want %s for %s after %d tries, told at %d", name, l, c.state, c.reason, c.tries, c.place)
		}
	}
}

func TestFilter(t *testing.T) {
	now := time.Unix(100_000, 0)
	letters := []Letter{
		{Key: "a", State: StateOpen, Site: "one", Reason: "signals", Refused: now.Add(-time.Hour)},
		{Key: "b", State: StateDropped, Site: "one", Reason: "guard_protected_value", Refused: now.Add(-2 * time.Hour)},
		{Key: "c", State: StateOpen, Site: "two", Reason: "guard_unreadable", Refused: now.Add(-3 * time.Hour)},
	}
	for name, c := range map[string]struct {
		filter Filter
		want   []string
	}{
		"everything":          {Filter{}, []string{"a", "b", "c"}},
		"a site":              {Filter{Sites: []string{"one"}}, []string{"a", "b"}},
		"a reason":            {Filter{Reasons: []string{"signals"}}, []string{"a"}},
		"reasons by a prefix": {Filter{Reasons: []string{"guard_*"}}, []string{"b", "c"}},
		"open ones":           {Filter{States: []string{StateOpen}}, []string{"a", "c"}},
		"older":               {Filter{OlderThan: 90 * time.Minute}, []string{"b", "c"}},
		"newer":               {Filter{NewerThan: 150 * time.Minute}, []string{"a", "b"}},
		"all at once":         {Filter{States: []string{StateOpen}, Sites: []string{"two"}, Reasons: []string{"guard_*"}, OlderThan: time.Hour}, []string{"c"}},
		"by key":              {Filter{Keys: []string{"c", "x"}}, []string{"c"}},
		"a prefix alone":      {Filter{Reasons: []string{"guard"}}, nil},
	} {
		var got []string
		for _, l := range c.filter.Select(letters, now) {
			got = append(got, l.Key)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if (Filter{States: []string{StateOpen}}).Empty() != true || (Filter{Sites: []string{"one"}}).Empty() {
		t.Error("Empty is about what is left to choose beside the state")
	}
}

// A frame's document is told as the list tells it.
func TestDescribe(t *testing.T) {
	h := wire.Header{Session: wire.NewSessionID(20_000), Document: wire.NewDocumentID(), Sequence: 7}
	frame, err := wire.EncodeFrame(h, []byte("{}"), nil, wire.CodecNone)
	if err != nil {
		t.Fatal(err)
	}
	if got := Describe(frame); !strings.Contains(got, " document "+h.Document.String()+", sequence 7,") {
		t.Errorf("%q", got)
	}
	if got := Describe(frame[:50]); got != "50 bytes without a valid header" {
		t.Errorf("%q", got)
	}
}
