package wire

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

func TestServerMessagesRoundTrip(t *testing.T) {
	welcome := Welcome{Time: 1772366400123, MaxFrame: 900000, MaxUnacked: 8, MaxUnackedBytes: 1800000,
		FlushMS: 2000, FlushBytes: 16384, SampleRate: 0.05, Consent: "implied"}
	m, err := ParseServerMessage(AppendWelcome(nil, welcome))
	if err != nil || *m.Welcome != welcome {
		t.Errorf("%+v, %v", m.Welcome, err)
	}
	if m, err = ParseServerMessage(AppendAck(nil, 12345)); err != nil || m.Ack != 12345 {
		t.Errorf("%+v, %v", m, err)
	}
	for _, refuse := range []Refuse{{N: 3, Reason: ReasonConsent}, {N: 4, Reason: ReasonSessionDay, Day: "2026-03-01"}} {
		text := AppendRefuse(nil, refuse)
		if m, err = ParseServerMessage(text); err != nil || *m.Refuse != refuse {
			t.Errorf("%s: %+v, %v", text, m.Refuse, err)
		}
	}
	if got := string(AppendRefuse(nil, Refuse{N: 1, Reason: ReasonMalformed})); got != `{"refuse":{"n":1,"reason":"malformed"}}` {
		t.Error(got)
	}
	for _, text := range []string{`{"ack":-1}`, `{"ack":"1"}`, `{"welcome":3}`, `{"refuse":[]}`, `{}`, `[]`, ``, `{"ack":1,"x":2}`} {
		if _, err := ParseServerMessage([]byte(text)); !errors.Is(err, ErrMessage) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAcksDoNotAllocate(t *testing.T) {
	buf := make([]byte, 0, 128)
	if n := testing.AllocsPerRun(100, func() {
		buf = AppendAck(buf[:0], 1<<63)
		buf = AppendRefuse(buf[:0], Refuse{N: 9, Reason: ReasonSessionDay, Day: "2026-03-01"})
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestClientMessages(t *testing.T) {
	hello, err := ParseClientMessage(AppendHello(nil, Hello{Tracker: `0.1.0 "x"`}))
	if err != nil || hello.Tracker != `0.1.0 "x"` {
		t.Fatalf("%+v, %v", hello, err)
	}
	if hello, err = ParseClientMessage([]byte(` {"hello":{"tracker":"1","more":[1,{}]}} `)); err != nil || hello.Tracker != "1" {
		t.Errorf("further members: %+v, %v", hello, err)
	}
	if hello, err = ParseClientMessage([]byte(`{"later":1}`)); err != nil || hello != nil {
		t.Errorf("unknown kind: %+v, %v", hello, err)
	}
	for _, text := range []string{``, `{}`, `null`, `"hello"`, `[]`, `{"hello":null}`, `{"hello":1}`, `{"hello":{"tracker":1}}`,
		`{"hello":{}} x`, `{"hello":{},"b":1}`, "{\"hello\":{\"tracker\":\"\xff\"}}",
		`{"hello":{"tracker":"` + strings.Repeat("x", MaxText) + `"}}`} {
		if _, err := ParseClientMessage([]byte(text)); !errors.Is(err, ErrMessage) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func FuzzMessages(f *testing.F) {
	f.Add([]byte(`{"hello":{"tracker":"0.1.0"}}`))
	f.Add(AppendAck(nil, 3))
	f.Add(AppendWelcome(nil, Welcome{Consent: "ask"}))
	f.Add(AppendRefuse(nil, Refuse{N: 1, Reason: ReasonSessionDay, Day: "2026-03-01"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, clientErr := ParseClientMessage(b)
		_, serverErr := ParseServerMessage(b)
		if (clientErr == nil || serverErr == nil) && !json.Valid(b) {
			t.Errorf("%q is no JSON and passes", b)
		}
	})
}

// The document is normative: every code that it lists is known here, with the
// same name where it gives one, and every code known here is listed.
func TestCloseCodesMatchTheDocument(t *testing.T) {
	doc := readDoc(t)
	for _, info := range CloseCodes() {
		row := docRow(doc, info.Code)
		if row == "" {
			t.Errorf("close code %d is not in the document", info.Code)
			continue
		}
		if info.Code >= 4000 && !strings.Contains(row, "`"+info.Name+"`") {
			t.Errorf("close code %d has another name in the document: %s", info.Code, row)
		}
		columns := strings.Split(row, "|")
		may := strings.HasPrefix(strings.TrimSpace(columns[len(columns)-2]), "yes")
		if may != info.Reconnect || info.Code.MayReconnect() != may {
			t.Errorf("close code %d: the document says reconnect=%v", info.Code, may)
		}
		if info.Code.Name() != info.Name {
			t.Errorf("name of %d is %q", info.Code, info.Code.Name())
		}
	}
	if CloseCode(4999).Name() != "other" || !CloseCode(1006).MayReconnect() || CloseCode(4199).MayReconnect() {
		t.Error("codes outside the table")
	}
	for _, reason := range []Reason{ReasonMalformed, ReasonVersion, ReasonTooLarge, ReasonSessionDay, ReasonConsent} {
		if !strings.Contains(doc, "| `"+string(reason)+"` |") {
			t.Errorf("refusal %q is not in the document", reason)
		}
	}
}

func readDoc(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../docs/wire-protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func docRow(doc string, code CloseCode) string {
	digits, _ := json.Marshal(int(code))
	for line := range strings.Lines(doc) {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
		if strings.HasPrefix(line, "|") && strings.Contains(first, string(digits)) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
