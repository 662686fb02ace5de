package eventlog

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func testRecord() *Record {
	return &Record{
		Site: "site-1", Session: [16]byte{0x4e, 0x20, 15: 1}, Document: [16]byte{9, 15: 0xff}, Sequence: 42, Consent: 3,
		Received: time.UnixMilli(1_760_000_000_123).UTC(), Via: ViaBeacon, Agent: "Mozilla/5.0", Address: []byte{1, 2, 0, 255},
		Frame: []byte("the frame\x00\xff"),
	}
}

// parseBody reads what EncodeRecord wrote, by the format's description.
func parseBody(t testing.TB, body []byte) *Fetched {
	t.Helper()
	next := func() []byte {
		n, used := binary.Varint(body)
		if used <= 0 || n < 0 || int(n) > len(body)-used {
			t.Fatal("a length is wrong")
		}
		v := body[used : used+int(n)]
		body = body[used+int(n):]
		return v
	}
	f := &Fetched{Key: next(), Value: next()}
	count, used := binary.Varint(body)
	body = body[used:]
	for range count {
		f.Headers = append(f.Headers, Header{Key: string(next()), Value: next()})
	}
	if len(body) != 0 {
		t.Fatalf("%d bytes are left", len(body))
	}
	return f
}

func TestEncodeDecode(t *testing.T) {
	r := testRecord()
	body, err := EncodeRecord(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	f := parseBody(t, body)
	if string(f.Key) != "4e200000000000000000000000000001" {
		t.Errorf("key %s", f.Key)
	}
	want := map[string]string{
		"v": "1", "site": "site-1", "rcv": "1760000000123", "via": "beacon", "doc": "090000000000000000000000000000ff",
		"seq": "42", "consent": "3", "ua": "Mozilla/5.0", "addr": "\x01\x02\x00\xff",
	}
	got := map[string]string{}
	for _, h := range f.Headers {
		got[h.Key] = string(h.Value)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("headers %q", got)
	}
	back, err := DecodeRecord(f)
	if err != nil || !reflect.DeepEqual(&back, r) {
		t.Errorf("came back as %+v, %v", back, err)
	}
	r.Agent, r.Address = "", nil
	body, _ = EncodeRecord(nil, r)
	if back, err = DecodeRecord(parseBody(t, body)); err != nil || !reflect.DeepEqual(&back, r) {
		t.Errorf("without agent and address: %+v, %v", back, err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, change := range map[string]func(*Record){
		"no site":     func(r *Record) { r.Site = "" },
		"long site":   func(r *Record) { r.Site = strings.Repeat("x", 129) },
		"via":         func(r *Record) { r.Via = "pigeon" },
		"no time":     func(r *Record) { r.Received = time.Time{} },
		"big address": func(r *Record) { r.Address = make([]byte, 300) },
	} {
		r := testRecord()
		change(r)
		if _, err := EncodeRecord(nil, r); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	set := func(key, value string) func(*Fetched) {
		return func(f *Fetched) {
			for i := range f.Headers {
				if f.Headers[i].Key == key {
					f.Headers[i].Value = []byte(value)
				}
			}
		}
	}
	drop := func(key string) func(*Fetched) {
		return func(f *Fetched) {
			kept := f.Headers[:0]
			for _, h := range f.Headers {
				if h.Key != key {
					kept = append(kept, h)
				}
			}
			f.Headers = kept
		}
	}
	cases := map[string]func(*Fetched){
		"version 2": set("v", "2"), "site empty": set("site", ""), "rcv word": set("rcv", "now"), "rcv negative": set("rcv", "-5"),
		"via": set("via", "x"), "doc short": set("doc", "00"), "doc upper": set("doc", strings.Repeat("A", 32)),
		"seq negative": set("seq", "-1"), "seq large": set("seq", "4294967296"), "consent large": set("consent", "256"),
		"ua not utf-8": set("ua", "\xff"), "ua long": set("ua", strings.Repeat("x", 513)), "addr long": set("addr", strings.Repeat("x", 257)),
		"key":      func(f *Fetched) { f.Key = f.Key[:31] },
		"no frame": func(f *Fetched) { f.Value = nil },
		"twice":    func(f *Fetched) { f.Headers = append(f.Headers, Header{"seq", []byte("42")}) },
	}
	for _, key := range []string{"v", "site", "rcv", "via", "doc", "seq", "consent"} {
		cases["without "+key] = drop(key)
	}
	for name, change := range cases {
		body, err := EncodeRecord(nil, testRecord())
		if err != nil {
			t.Fatal(err)
		}
		f := parseBody(t, body)
		change(f)
		if _, err := DecodeRecord(f); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	body, _ := EncodeRecord(nil, testRecord())
	f := parseBody(t, body)
	f.Headers = append(f.Headers, Header{"traceparent", []byte("x")})
	if _, err := DecodeRecord(f); err != nil {
		t.Errorf("a header of another name: %v", err)
	}
}

func TestCutAgent(t *testing.T) {
	long := strings.Repeat("é", 400)
	for in, want := range map[string]string{
		"plain": "plain", "": "", long: long[:512], "a" + long: ("a" + long)[:511], "bad\xffbyte": "bad\uFFFDbyte",
	} {
		if got := cutAgent(in); got != want {
			t.Errorf("%.20q: %d bytes %.20q", in, len(got), got)
		}
	}
	if got := cutAgent(strings.Repeat("\xff", 1000)); len(got) > 512 || !utf8.ValidString(got) {
		t.Errorf("%d bytes", len(got))
	}
}

func TestEncodeAllocatesNothing(t *testing.T) {
	r, buf := testRecord(), make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { buf, _ = EncodeRecord(buf[:0], r) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestPartitionStaysAlike holds the hash fast: a session must lie in the same
// partition whatever version of the collector wrote it.
func TestPartitionStaysAlike(t *testing.T) {
	got := make([]int, 6)
	for i := range got {
		got[i] = partitionOf([16]byte{0x4e, 0x20, 15: byte(i)}, 8)
	}
	if want := []int{0, 3, 6, 1, 4, 7}; !reflect.DeepEqual(got, want) {
		t.Errorf("partitions %v, not %v", got, want)
	}
	count := make([]int, 8)
	for i := range 8000 {
		id := [16]byte{0x4e, 0x20}
		binary.BigEndian.PutUint32(id[12:], uint32(i)*2654435761)
		count[partitionOf(id, 8)]++
	}
	for p, n := range count {
		if n < 700 || n > 1300 {
			t.Errorf("partition %d has %d of 8000 sessions", p, n)
		}
	}
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add([]byte("4e200000000000000000000000000001"), []byte("frame"), []byte("v\x001\x00site\x00s\x00rcv\x001\x00via\x00ws\x00doc\x00"+strings.Repeat("0", 32)+"\x00seq\x001\x00consent\x000"))
	f.Add([]byte{}, []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, key, value, headers []byte) {
		in := &Fetched{Key: key, Value: value}
		fields := bytes.Split(headers, []byte{0})
		for i := 0; i+1 < len(fields); i += 2 {
			in.Headers = append(in.Headers, Header{string(fields[i]), fields[i+1]})
		}
		r, err := DecodeRecord(in)
		if err != nil {
			return
		}
		body, err := EncodeRecord(nil, &r)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := DecodeRecord(parseBody(t, body))
		if len(r.Address) == 0 {
			again.Address = r.Address
		}
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("%+v came back as %+v, %v", r, again, err)
		}
	})
}

func BenchmarkEncodeRecord(b *testing.B) {
	r, buf := testRecord(), make([]byte, 0, 4096)
	r.Frame = make([]byte, 2048)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = EncodeRecord(buf[:0], r)
	}
}
