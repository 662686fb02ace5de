package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden frames again")

// golden is the decoded form of a frame, as both sides' tests write it.
type golden struct {
	Header struct {
		Version      int     `json:"version"`
		Flags        uint16  `json:"flags"`
		Consent      uint8   `json:"consent"`
		Session      string  `json:"session"`
		Document     string  `json:"document"`
		Tab          string  `json:"tab"`
		Visitor      string  `json:"visitor"`
		Sequence     uint32  `json:"sequence"`
		SentAt       float64 `json:"sent_at"`
		SignalsCodec uint8   `json:"signals_codec"`
		ReplayCodec  uint8   `json:"replay_codec"`
	} `json:"header"`
	Signals any `json:"signals"`
	Replay  any `json:"replay"`
}

// goldenOf decodes a frame into its golden form.
func goldenOf(t *testing.T, b []byte) (golden, Frame) {
	t.Helper()
	f, err := ParseFrame(b)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	h := &g.Header
	h.Version, h.Flags, h.Consent, h.Sequence, h.SentAt = int(b[1]), f.Flags, uint8(f.Consent), f.Sequence, f.SentAt
	h.Session, h.Document, h.Tab, h.Visitor = f.Session.String(), f.Document.String(), f.Tab.String(), f.Visitor.String()
	h.SignalsCodec, h.ReplayCodec = uint8(f.Signals.Codec), uint8(f.Replay.Codec)
	value := func(raw []byte, err error) (v any) {
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &v); err != nil {
				t.Fatal(err)
			}
		}
		return v
	}
	g.Signals = value(f.InflateSignals(nil))
	g.Replay = value(f.InflateReplay(nil))
	return g, f
}

// replaySample is a small recording: page, snapshot, one movement.
const replaySample = `[{"type":4,"data":{"href":"https://shop.example/a","width":1440,"height":900},"timestamp":1772366400010},` +
	`{"type":2,"data":{"node":{"type":0,"childNodes":[],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":1772366400020},` +
	`{"type":3,"data":{"source":1,"positions":[{"x":1,"y":2,"id":1,"timeOffset":-50}]},"timestamp":1772366400500}]`

// goldenFrames are the frames that this side writes.
func goldenFrames(t *testing.T) map[string][]byte {
	t.Helper()
	frames := map[string][]byte{}
	add := func(name string, change func(*Header), signals, replay string, signalsCodec, replayCodec Codec) {
		h := sampleHeader()
		if change != nil {
			change(&h)
		}
		frame, err := EncodeFrameCodecs(h, []byte(signals), []byte(replay), signalsCodec, replayCodec)
		if err != nil {
			t.Fatal(err)
		}
		frames[name] = frame
	}
	all := section(strings.ReplaceAll(strings.TrimSpace(every), "\n", ""))
	add("both-none", nil, all, replaySample, CodecNone, CodecNone)
	add("both-gzip", nil, all, replaySample, CodecGzip, CodecGzip)
	add("both-deflate", nil, all, replaySample, CodecDeflateRaw, CodecDeflateRaw)
	add("mixed", nil, all, replaySample, CodecNone, CodecDeflateRaw)
	add("replay-only", func(h *Header) { h.Sequence = 1<<32 - 1; h.Flags = FlagSampled }, "", replaySample, CodecNone, CodecGzip)
	add("demo-granted", func(h *Header) { h.Flags, h.Consent, h.Visitor = FlagDemo, ConsentGranted, VisitorHash{} },
		`{"origin":1772366400000,"view":0,"path":"/","signals":[]}`, "", CodecNone, CodecNone)
	add("texts", func(h *Header) { h.Consent = ConsentNotNeeded },
		section(`{"k":"event","t":0.5,"name":"Grüße 😀 \u2028 \\ \" /","props":{"half":"\ud83d","n":-1.5e3,"off":false}}`), "", CodecGzip, CodecNone)
	add("hints-brands", nil, section(hinted), "", CodecDeflateRaw, CodecNone)
	for i, line := range strings.Split(strings.TrimSpace(every), "\n") {
		var signal struct{ K string }
		line = strings.TrimSuffix(line, ",")
		if err := json.Unmarshal([]byte(line), &signal); err != nil {
			t.Fatal(err)
		}
		add("kind-"+signal.K, func(h *Header) { h.Sequence = uint32(i + 1) }, section(line), "", Codec(i%3), CodecNone)
	}
	return frames
}

// Frames written here decode to what stands beside them, and today's encoder
// writes the same content (compressed bytes may differ).
func TestGoldenFrames(t *testing.T) {
	const dir = "testdata/golden"
	frames := goldenFrames(t)
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, frame := range frames {
			g, _ := goldenOf(t, frame)
			text, err := json.MarshalIndent(g, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			for ext, content := range map[string][]byte{".bin": frame, ".json": append(text, '\n')} {
				if err := os.WriteFile(filepath.Join(dir, name+ext), content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	names := checkGoldenDir(t, dir)
	if len(names) != len(frames) {
		t.Errorf("%d golden frames on disk, %d made here: run with -update", len(names), len(frames))
	}
	for name, frame := range frames {
		got, _ := goldenOf(t, frame)
		if want := readGolden(t, dir, name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: encoder and golden frame differ", name)
		}
	}
}

// Frames written by the tracker's tests are understood here.
func TestTrackerGoldenFrames(t *testing.T) {
	names := checkGoldenDir(t, "../../tracker-js/test/golden")
	if len(names) == 0 {
		t.Fatal("the tracker's tests have left no golden frames")
	}
}

// checkGoldenDir decodes every frame of a folder and compares it with what
// stands beside it.
func checkGoldenDir(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.bin"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".bin")
		names = append(names, name)
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got, frame := goldenOf(t, b)
			if want := readGolden(t, dir, name); !reflect.DeepEqual(got, want) {
				t.Errorf("decoded\n%+v\nbeside it\n%+v", got, want)
			}
			checkHeaderBytes(t, b)
			checkSignals(t, &frame)
		})
	}
	return names
}

// checkHeaderBytes: encoding the decoded header gives the same bytes.
func checkHeaderBytes(t *testing.T, b []byte) {
	t.Helper()
	h, err := ParseHeader(b)
	if err != nil {
		t.Fatal(err)
	}
	if again := h.append(nil); !bytes.Equal(again, b[:HeaderSize]) {
		t.Errorf("header\n%s\nwritten again\n%s", hex.EncodeToString(b[:HeaderSize]), hex.EncodeToString(again))
	}
}

// checkSignals: the section decodes, and no signal of a golden frame is
// invalid or unknown.
func checkSignals(t *testing.T, f *Frame) {
	t.Helper()
	raw, err := f.InflateSignals(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) == 0 {
		return
	}
	s := decode(t, string(raw))
	if s.Invalid+s.UnknownKinds+s.UnknownMembers != 0 || countKept(s) != s.Count {
		t.Errorf("%d invalid, %d unknown kinds, %d unknown members", s.Invalid, s.UnknownKinds, s.UnknownMembers)
	}
}

func readGolden(t *testing.T, dir, name string) golden {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}
