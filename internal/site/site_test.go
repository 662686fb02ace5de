package site

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"hindsight/internal/wire"
)

func TestNewIsValid(t *testing.T) {
	s := New("Shop", "https://shop.example.com")
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	if other := New("Shop"); other.ID == s.ID || other.Key == s.Key || s.ID == s.Key {
		t.Error("ids and keys must be random")
	}
	if len(s.ID) != 16 || len(s.Key) != 24 {
		t.Errorf("id %q, key %q", s.ID, s.Key)
	}
}

func TestValidate(t *testing.T) {
	cases := map[string]struct {
		change func(*Site)
		want   string // part of the sentence; "" passes
	}{
		"no id":             {func(s *Site) { s.ID = "" }, "id must"},
		"id with a slash":   {func(s *Site) { s.ID = "a/b" }, "id must"},
		"short key":         {func(s *Site) { s.Key = "abc" }, "key must"},
		"long key":          {func(s *Site) { s.Key = strings.Repeat("k", 65) }, "key must"},
		"chosen key":        {func(s *Site) { s.Key = "demo" }, ""},
		"no name":           {func(s *Site) { s.Name = "  " }, "name must"},
		"long name":         {func(s *Site) { s.Name = strings.Repeat("ä", 201) }, "name must"},
		"name not UTF-8":    {func(s *Site) { s.Name = "\xff" }, "name must"},
		"no origins":        {func(s *Site) { s.Origins = nil }, "origins must"},
		"too many origins":  {func(s *Site) { s.Origins = make([]string, 65) }, "origins must"},
		"origin twice":      {func(s *Site) { s.Origins = []string{"https://a.b", "https://a.b"} }, "twice"},
		"bad origin":        {func(s *Site) { s.Origins = []string{"a.b"} }, "must begin with"},
		"every origin":      {func(s *Site) { s.Origins = []string{"*"} }, "must begin with"},
		"consent":           {func(s *Site) { s.Consent = "maybe" }, "ask, required, implied, none"},
		"sample rate":       {func(s *Site) { s.SampleRate = 1.01 }, "sample_rate"},
		"sample rate NaN":   {func(s *Site) { s.SampleRate = math.NaN() }, "sample_rate"},
		"recordings 0":      {func(s *Site) { s.Retention.RecordingsDays = 0 }, "recordings_days"},
		"data for ever":     {func(s *Site) { s.Retention.DataDays = 3651 }, "data_days"},
		"recordings longer": {func(s *Site) { s.Retention = Retention{91, 90} }, "not be more"},
		"closed":            {func(s *Site) { s.Closed = true }, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := New("Shop", "https://shop.example.com")
			c.change(&s)
			err := s.Validate()
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want something about %q", err, c.want)
			}
		})
	}
	var empty Site
	if err := empty.Validate(); err == nil || strings.Count(err.Error(), "\n") < 4 {
		t.Errorf("all faults must be told at once: %v", err)
	}
}

func TestJSONShape(t *testing.T) {
	s := Site{ID: "i", Key: "kkkk", Name: "n", Origins: []string{"https://a.b"}, Retention: DefaultRetention(), Consent: ModeImplied, SampleRate: 0.5}
	got, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"i","key":"kkkk","name":"n","origins":["https://a.b"],"retention":{"recordings_days":90,"data_days":365},"consent":"implied","sample_rate":0.5,"closed":false}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The table of the protocol, section 6, cell by cell.
func TestAllowsConsentState(t *testing.T) {
	table := map[Mode][5]bool{ //          unknown granted denied implied not needed
		ModeAsk:      {false, true, false, false, false},
		ModeRequired: {false, true, false, false, false},
		ModeImplied:  {false, true, false, true, false},
		ModeNone:     {false, true, false, true, true},
		"":           {false, true, false, false, false},
	}
	for mode, row := range table {
		s := Site{Consent: mode}
		for state, want := range row {
			if got := s.AllowsConsentState(wire.ConsentState(state)); got != want {
				t.Errorf("mode %q, state %v: %v", mode, wire.ConsentState(state), got)
			}
		}
	}
	if (&Site{Consent: ModeNone}).AllowsConsentState(9) {
		t.Error("a state that does not exist is allowed")
	}
}
