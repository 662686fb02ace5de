package eventlog

import (
	"encoding/binary"
	"errors"
	"time"
)

var errUnpack = errors.New("a batch of this process cannot be read back")

// unpack appends the records of a batch from offset next on. Frames lie in the
// batch's memory; what a record keeps for longer, its key and headers, in kept.
// read is how many records were read before.
func (p *piece) unpack(to []Fetched, kept *keptRoom, read int64, partition int, next int64) ([]Fetched, error) {
	r := unpacker{b: p.records}
	var headers []Header
	var text []byte
	for i := range p.count {
		body := unpacker{b: r.field()}
		body.take(1) // attributes
		f := Fetched{Partition: partition, Offset: p.base + int64(i), Time: time.UnixMilli(p.firstMS + body.varint())}
		body.varint() // its place in the batch
		key, value := body.field(), body.field()
		if i%keptTogether == 0 {
			n := min(keptTogether, p.count-i)
			headers, text = kept.take(n, len(key)+len(body.b), read+int64(i+n))
		}
		text = append(append(text, key...), body.b...)
		tail := unpacker{b: text[len(text)-len(body.b):]}
		f.Key, f.Value = text[len(text)-len(body.b)-len(key):len(text)-len(body.b)], value
		from := len(headers)
		for range tail.varint() {
			headers = append(headers, Header{Key: headerName(tail.field()), Value: tail.field()})
			if tail.bad {
				break
			}
		}
		if f.Headers = headers[from:len(headers):len(headers)]; r.bad || body.bad || tail.bad {
			return to, errUnpack
		}
		if f.Offset >= next {
			to = append(to, f)
		}
	}
	if len(r.b) > 0 {
		return to, errUnpack
	}
	return to, nil
}

// unpacker reads the parts of a record (format v2). What is cut makes it bad.
type unpacker struct {
	b   []byte
	bad bool
}

func (u *unpacker) varint() int64 {
	v, n := binary.Varint(u.b)
	if n <= 0 {
		u.b, u.bad = nil, true
		return 0
	}
	u.b = u.b[n:]
	return v
}

func (u *unpacker) take(n int64) []byte {
	if n < 0 || n > int64(len(u.b)) {
		u.b, u.bad = nil, true
		return nil
	}
	part := u.b[:n:n]
	u.b = u.b[n:]
	return part
}

// field reads bytes with their length in front.
func (u *unpacker) field() []byte { return u.take(u.varint()) }

// headerName is a header's name; for those that are known without memory of its
// own.
func headerName(name []byte) string {
	for _, known := range [...]string{
		headerVersion, headerSite, headerReceived, headerVia, headerDocument, headerSequence, headerConsent, headerAgent,
		headerAddress, headerLetter, headerOrder,
	} {
		if string(name) == known {
			return known
		}
	}
	return string(name)
}
