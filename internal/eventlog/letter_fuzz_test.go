package eventlog

import (
	"bytes"
	"testing"
	"time"
)

// FuzzDecodeLetter: whatever lies in the topics is told of without harm: as a dead letter, as an order to erase.
func FuzzDecodeLetter(f *testing.F) {
	f.Add([]byte("log/0/1"), []byte("frame"), []byte("reason\x00guard_value\x00session\x004e200000000000000000000000000001\x00read\x00log/0/2\x00site\x00s\x00resolved\x00dropped"))
	f.Add([]byte("4e200000000000000000000000000001"), []byte{}, []byte("v\x001\x00order\x00erase\x00site\x00s\x00rcv\x001"))
	f.Add([]byte{}, []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, key, value, headers []byte) {
		in := &Fetched{Key: key, Value: value}
		fields := bytes.Split(headers, []byte{0})
		for i := 0; i+1 < len(fields); i += 2 {
			in.Headers = append(in.Headers, Header{string(fields[i]), fields[i+1]})
		}
		_, r, missing := DecodeLetter(in)
		if missing == "" {
			if r.Letter = ""; len(r.Frame) > 0 {
				if _, err := EncodeRecord(nil, &r); err != nil {
					t.Errorf("a letter that lacks nothing cannot be tried again: %v", err)
				}
			}
		}
		order, ok, err := DecodeErasure(in)
		if ok && err == nil && (order.Site == "" || order.Received.Before(time.UnixMilli(1)) || len(key) != 32) {
			t.Errorf("an order without a site, a time or a visitor: %+v", order)
		}
	})
}
