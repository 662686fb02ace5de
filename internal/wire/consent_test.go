package wire

import (
	"reflect"
	"testing"
)

// What a consent tells of its proof is read, and a wrong member makes that one
// signal invalid.
func TestConsentSignal(t *testing.T) {
	section := func(members string) []byte {
		return []byte(`{"origin":1,"view":0,"path":"/","signals":[{"k":"consent","t":5,"state":"granted","version":"3"` + members + `},{"k":"visible","t":6,"on":1}]}`)
	}
	plain := Consent{At: At{0, 5}, State: "granted", Version: "3"}
	for members, want := range map[string]Consent{
		``:                     plain,
		`,"key":"0a","held":1`: {At: plain.At, State: "granted", Version: "3", Key: "0a", Held: true},
		`,"at":1772366400000.5,"url":"https://x.example/"`: {At: plain.At, State: "granted", Version: "3", Given: 1772366400000.5, URL: "https://x.example/"},
		`,"held":false,"at":null,"url":null`:               plain,
	} {
		var s Signals
		if err := s.Decode(section(members)); err != nil || s.Invalid != 0 || !reflect.DeepEqual(s.Consents, []Consent{want}) {
			t.Errorf("%s: %+v, %d invalid, %v", members, s.Consents, s.Invalid, err)
		}
	}
	for _, members := range []string{`,"at":-1`, `,"at":1e13`, `,"at":"now"`, `,"held":2`, `,"url":7`} {
		var s Signals
		if err := s.Decode(section(members)); err != nil || s.Invalid != 1 || len(s.Consents) != 0 || len(s.Visibles) != 1 {
			t.Errorf("%s: %+v, %d invalid, %v", members, s.Consents, s.Invalid, err)
		}
	}
}
