package processor

import (
	"net/netip"
	"testing"

	dto "github.com/prometheus/client_model/go"

	"hindsight/internal/eventlog"
	"hindsight/internal/seal"
	"hindsight/internal/wire"
	"hindsight/processor/guard"
)

// TestSealedAddress: a record whose address another key has sealed is told as
// such; one without an address, and one that can be opened, are not.
func TestSealedAddress(t *testing.T) {
	ours, theirs := seal.NewRandomSealer(), seal.NewRandomSealer()
	d, err := newDecoder(ours, noRegion{}, guard.New())
	if err != nil {
		t.Fatal(err)
	}
	header := testHeader()
	frame := newFrame(t, header, section(""), "", wire.CodecNone)
	binding := seal.Binding{Site: "shop", Document: header.Document, Sequence: header.Sequence}
	for _, c := range []struct {
		name    string
		address []byte
		sealed  bool
	}{
		{"none", nil, false},
		{"ours", ours.Seal(nil, netip.MustParseAddr("192.0.2.1"), binding), false},
		{"theirs", theirs.Seal(nil, netip.MustParseAddr("192.0.2.1"), binding), true},
		{"garbage", []byte("x"), true},
	} {
		f := fetched(t, frame, testOrigin)
		if c.address != nil {
			f.Headers = append(f.Headers, eventlog.Header{Key: "addr", Value: c.address})
		}
		out, err := d.decode(f)
		if err != nil || out.Sealed != c.sealed {
			t.Errorf("%s: sealed %v, %v", c.name, out.Sealed, err)
		}
		m := newMetrics(nil)
		m.took(&out)
		var got dto.Metric
		if err := m.sealed.Write(&got); err != nil || (got.GetCounter().GetValue() == 1) != c.sealed {
			t.Errorf("%s: counted %v, %v", c.name, got.GetCounter().GetValue(), err)
		}
	}
}
