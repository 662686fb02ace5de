package seal

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func testKey(b byte) []byte { return bytes.Repeat([]byte{b}, KeySize) }

func mustSealer(t testing.TB, keys ...[]byte) *Sealer {
	t.Helper()
	s, err := NewSealer(keys)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var binding = Binding{Site: "site-1", Document: [16]byte{1, 2, 3}, Sequence: 7}

func TestSealOpen(t *testing.T) {
	s := mustSealer(t, testKey(1))
	for _, text := range []string{"203.0.113.77", "2001:db8::42", "::1", "fe80::1"} {
		addr := netip.MustParseAddr(text)
		sealed := s.Seal([]byte("front"), addr, binding)
		if !bytes.HasPrefix(sealed, []byte("front")) || len(sealed) != len("front")+Size {
			t.Fatalf("%s: sealed form has %d bytes", text, len(sealed))
		}
		sealed = sealed[len("front"):]
		raw := addr.As16()
		if bytes.Contains(sealed, raw[12:]) || bytes.Contains(sealed, []byte(text)) {
			t.Fatalf("%s can be read in its sealed form", text)
		}
		got, err := s.Open(sealed, binding)
		if err != nil || got.ForRegionLookup() != addr {
			t.Fatalf("%s: opened as %v, %v", text, got.ForRegionLookup(), err)
		}
	}
	if got := s.Seal(nil, netip.Addr{}, binding); len(got) != 0 {
		t.Fatal("an unknown address was sealed")
	}
	mapped := s.Seal(nil, netip.MustParseAddr("::ffff:203.0.113.77"), binding)
	if got, err := s.Open(mapped, binding); err != nil || !got.ForRegionLookup().Is4() {
		t.Fatalf("mapped address opened as %v, %v", got.ForRegionLookup(), err)
	}
}

func TestSealedIsBoundToItsBatch(t *testing.T) {
	s := mustSealer(t, testKey(1))
	sealed := s.Seal(nil, netip.MustParseAddr("203.0.113.77"), binding)
	others := []Binding{binding, binding, binding}
	others[0].Site = "site-2"
	others[1].Document[15] = 9
	others[2].Sequence++
	for _, other := range others {
		if _, err := s.Open(sealed, other); !errors.Is(err, ErrInvalid) {
			t.Fatalf("opened for %+v: %v", other, err)
		}
	}
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := s.Open(broken, binding); err == nil {
			t.Fatalf("opened with byte %d changed", i)
		}
	}
}

func TestRotation(t *testing.T) {
	addr := netip.MustParseAddr("203.0.113.77")
	old := mustSealer(t, testKey(1)).Seal(nil, addr, binding)
	both := mustSealer(t, testKey(2), testKey(1))
	if got, err := both.Open(old, binding); err != nil || got.ForRegionLookup() != addr {
		t.Fatalf("old key: %v", err)
	}
	fresh := both.Seal(nil, addr, binding)
	if _, err := mustSealer(t, testKey(1)).Open(fresh, binding); !errors.Is(err, ErrUnknownKey) {
		t.Fatalf("the new key is not the one that seals: %v", err)
	}
	if _, err := NewRandomSealer().Open(fresh, binding); !errors.Is(err, ErrUnknownKey) {
		t.Fatalf("a random sealer: %v", err)
	}
}

func TestAddressNeverPrints(t *testing.T) {
	s := NewRandomSealer()
	a, err := s.Open(s.Seal(nil, netip.MustParseAddr("203.0.113.77"), binding), binding)
	if err != nil {
		t.Fatal(err)
	}
	type wrapper struct {
		inner Address
		Outer Address
	}
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
		fmt.Fprintf(&b, verb+" "+verb+" "+verb+"\n", a, wrapper{a, a}, &wrapper{a, a})
	}
	j, err := json.Marshal(wrapper{a, a})
	if err != nil {
		t.Fatal(err)
	}
	b.Write(j)
	core, logs := observer.New(zapcore.DebugLevel)
	zap.New(core).Info("x", zap.Any("a", a), zap.Any("w", wrapper{a, a}), zap.Stringer("s", a))
	for _, e := range logs.All() {
		text, err := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()).EncodeEntry(e.Entry, e.Context)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text.Bytes())
	}
	out := b.String()
	if !strings.Contains(out, hidden) {
		t.Fatal("nothing was printed at all")
	}
	// 203.0.113.77 dotted, in hexadecimal, and as the number inside a netip.Addr.
	for _, leak := range []string{"203.0.113.77", "cb00714d", "3405803853", "281474087547213", "203 0 113 77"} {
		if strings.Contains(out, leak) {
			t.Fatalf("%q shows in:\n%s", leak, out)
		}
	}
}

func TestParseKeys(t *testing.T) {
	a, b := testKey(0xfa), testKey(0x3b)
	secret := hex.EncodeToString(a) + ",\n " + base64.StdEncoding.EncodeToString(b) + " " +
		base64.RawURLEncoding.EncodeToString(a)
	keys, err := ParseKeys(secret)
	if err != nil || len(keys) != 3 || !bytes.Equal(keys[0], a) || !bytes.Equal(keys[1], b) || !bytes.Equal(keys[2], a) {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for _, bad := range []string{"", " , ", "hello", hex.EncodeToString(a[:31])} {
		if _, err := ParseKeys(bad); err == nil {
			t.Errorf("%q was taken", bad)
		} else if len(bad) > 4 && strings.Contains(err.Error(), bad) {
			t.Errorf("the error shows the secret")
		}
	}
	if _, err := NewSealer(nil); err == nil {
		t.Error("a sealer without keys")
	}
	if _, err := NewSealer([][]byte{a[:16]}); err == nil {
		t.Error("a key of 16 bytes was taken")
	}
}

func FuzzOpen(f *testing.F) {
	s := mustSealer(f, testKey(1), testKey(2))
	f.Add(s.Seal(nil, netip.MustParseAddr("203.0.113.77"), binding), "site-1", uint32(7))
	f.Add([]byte{}, "", uint32(0))
	f.Add(make([]byte, Size), "x", uint32(1))
	f.Fuzz(func(t *testing.T, sealed []byte, site string, seq uint32) {
		b := Binding{Site: site, Document: binding.Document, Sequence: seq}
		a, err := s.Open(sealed, b)
		if err != nil {
			if a.ForRegionLookup().IsValid() {
				t.Fatal("an address came with an error")
			}
			return
		}
		if b != binding {
			t.Fatal("opened for a batch it was not sealed for")
		}
		if !a.ForRegionLookup().IsValid() {
			t.Fatal("opened, but no address")
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	s := NewRandomSealer()
	addr := netip.MustParseAddr("203.0.113.77")
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = s.Seal(buf[:0], addr, binding)
	}
}
