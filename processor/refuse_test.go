package processor

import (
	"errors"
	"fmt"
	"testing"

	"hindsight/internal/eventlog"
	"hindsight/internal/store"
	"hindsight/internal/wire"
)

// TestDecodeRefuses: what is wrong with a record, and what is kept of it.
func TestDecodeRefuses(t *testing.T) {
	good := func() *eventlog.Fetched {
		return fetched(t, newFrame(t, testHeader(), section(everyKind), replaySection(testOrigin), wire.CodecNone), testOrigin)
	}
	with := func(signals, replay string) *eventlog.Fetched {
		return fetched(t, newFrame(t, testHeader(), signals, replay, wire.CodecNone), testOrigin)
	}
	gzipped := fetched(t, newFrame(t, testHeader(), section(everyKind), "", wire.CodecGzip), testOrigin)
	gzipped.Value[len(gzipped.Value)-9] ^= 0xff
	corrupt := fetched(t, newFrame(t, testHeader(), section(""), replaySection(testOrigin), wire.CodecGzip), testOrigin)
	corrupt.Value[len(corrupt.Value)-9] ^= 0xff
	password := `[{"type":3,"timestamp":1,"data":{"source":0,"attributes":[{"id":7,"attributes":{"type":"password","value":"hunter2"}}]}}]`

	for _, c := range []struct {
		name    string
		record  *eventlog.Fetched
		dead    string // why nothing of it is stored
		refused string // why its replay section is not
	}{
		{"good", good(), "", ""},
		{"no headers", func() *eventlog.Fetched { f := good(); f.Headers = nil; return f }(), reasonRecord, ""},
		{"key of no session", func() *eventlog.Fetched { f := good(); f.Key = []byte("x"); return f }(), reasonRecord, ""},
		{"cut frame", func() *eventlog.Fetched { f := good(); f.Value = f.Value[:99]; return f }(), reasonFrame, ""},
		{"another session's key", func() *eventlog.Fetched { f := good(); f.Key = []byte(testSession(9).String()); return f }(), reasonMismatch, ""},
		{"signals of no JSON", with(`{"origin":`, ""), reasonSignals, ""},
		{"signals that lack the path", with(`{"origin":1,"view":0,"signals":[]}`, ""), reasonSignals, ""},
		{"signals that do not inflate", gzipped, reasonSignals, ""},
		{"replay of no JSON", with(section(""), `[{"type":3`), "", reasonReplayFormat},
		{"replay of no events", with(section(""), `[{"x":3}]`), "", reasonReplayFormat},
		{"replay that does not inflate", corrupt, "", reasonReplay},
		{"a password", with(section(""), password), "", "protected_value"},
		{"replay alone", with("", replaySection(testOrigin)), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := testDecoder(t).decode(c.record)
			var u *undecodable
			if errors.As(err, &u) {
				if u.reason != c.dead {
					t.Fatalf("dead for %q (%v), want %q", u.reason, err, c.dead)
				}
				return
			}
			if err != nil || c.dead != "" {
				t.Fatalf("decoded with %v, want it dead for %q", err, c.dead)
			}
			if out.Refused != c.refused {
				t.Fatalf("replay refused for %q, want %q", out.Refused, c.refused)
			}
			b := out.Record.Batch
			kept := out.Record.Chunk != nil
			if kept != (c.refused == "") || kept != (b.ReplayState == store.ReplayKept) || !kept && (b.ReplayState != store.ReplayRefused || len(out.Record.Snapshots) > 0) {
				t.Errorf("chunk %v, state %d", kept, b.ReplayState)
			}
		})
	}
}

// What cannot be decoded is kept for whoever can look into it, but not a
// recording beside it that would not have been stored.
func TestUndecodableIsKeptIfItsRecordingMay(t *testing.T) {
	shown := func(id int, value string) string {
		return fmt.Sprintf(`[{"type":3,"timestamp":%d,"data":{"source":0,"attributes":[{"id":%d,"attributes":{"type":"password","value":"%s"}}]}}]`, testOrigin, id, value)
	}
	input := fmt.Sprintf(`[{"type":3,"timestamp":%d,"data":{"source":5,"id":7,"text":"hunter2","isChecked":false}}]`, testOrigin)
	d := testDecoder(t)
	h := testHeader()
	for i, c := range []struct {
		name, signals, replay string
		spoil                 func(f *eventlog.Fetched)
		keep                  bool
	}{
		{"no recording", `{"origin":"x"}`, "", nil, true},
		{"a good recording", `{"origin":"x"}`, shown(7, "•••"), nil, true},
		{"a password in it", `{"origin":"x"}`, shown(8, "hunter2"), nil, false},
		{"a field that was shown as protected before", `{"origin":"x"}`, input, nil, false},
		{"an unreadable one", `{"origin":"x"}`, `[{"type":3,"data":"hunter2"}]`, nil, false},
		{"a password, headers of no record", section(""), shown(9, "hunter2"), func(f *eventlog.Fetched) { f.Headers = nil }, false},
		{"no recording, headers of no record", section(""), "", func(f *eventlog.Fetched) { f.Headers = nil }, true},
	} {
		h.Sequence = uint32(i + 1)
		f := fetched(t, newFrame(t, h, c.signals, c.replay, wire.CodecGzip), testOrigin)
		if c.spoil != nil {
			c.spoil(f)
		}
		_, err := d.decode(f)
		if err == nil {
			t.Fatalf("%s: decoded", c.name)
		}
		if l := unreadLetter(f, err); l.payload != c.keep || l.reason == "" {
			t.Errorf("%s: %+v, %v", c.name, l, err)
		}
	}
}
