package eventlog

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

// EncodeRecord appends to dst the part of a Kafka record (format v2) that does
// not depend on its place in a batch: key, value and headers. It allocates
// nothing when dst has room. r's memory is not kept.
//
// The format: https://kafka.apache.org/documentation/#record
func EncodeRecord(dst []byte, r *Record) ([]byte, error) {
	if err := r.check(); err != nil {
		return dst, err
	}
	dst = appendHead(dst, r)
	dst = append(dst, r.Frame...)
	return appendTail(dst, r), nil
}

// appendHead appends what stands before the frame: key and the frame's length.
func appendHead(dst []byte, r *Record) []byte {
	var hexID [32]byte
	hex.Encode(hexID[:], r.Session[:])
	dst = appendBytes(dst, hexID[:])
	return binary.AppendVarint(dst, int64(len(r.Frame)))
}

// appendTail appends what stands behind the frame: the headers.
func appendTail(dst []byte, r *Record) []byte {
	count := 7
	agent := cutAgent(r.Agent)
	if agent != "" {
		count++
	}
	if len(r.Address) > 0 {
		count++
	}
	if r.Letter != "" {
		count++
	}
	var room [24]byte
	var hexID [32]byte
	dst = binary.AppendVarint(dst, int64(count))
	dst = appendHeader(dst, headerVersion, recordVersion)
	dst = appendHeader(dst, headerSite, r.Site)
	dst = appendHeader(dst, headerReceived, strconv.AppendInt(room[:0], r.Received.UnixMilli(), 10))
	dst = appendHeader(dst, headerVia, r.Via)
	hex.Encode(hexID[:], r.Document[:])
	dst = appendHeader(dst, headerDocument, hexID[:])
	dst = appendHeader(dst, headerSequence, strconv.AppendUint(room[:0], uint64(r.Sequence), 10))
	dst = appendHeader(dst, headerConsent, strconv.AppendUint(room[:0], uint64(r.Consent), 10))
	if agent != "" {
		dst = appendHeader(dst, headerAgent, agent)
	}
	if len(r.Address) > 0 {
		dst = appendHeader(dst, headerAddress, r.Address)
	}
	if r.Letter != "" {
		dst = appendHeader(dst, headerLetter, r.Letter)
	}
	return dst
}

// headTailRoom is enough for what appendHead and appendTail append together.
const headTailRoom = 48 + 256 + maxSiteBytes + maxAgentBytes + maxSealedBytes + maxLetterBytes

func appendHeader[V []byte | string](dst []byte, key string, value V) []byte {
	dst = appendBytes(dst, key)
	return appendBytes(dst, value)
}

func appendBytes[V []byte | string](dst []byte, v V) []byte {
	dst = binary.AppendVarint(dst, int64(len(v)))
	return append(dst, v...)
}

func varintSize(v int64) int {
	u := uint64(v<<1) ^ uint64(v>>63)
	n := 1
	for u >= 0x80 {
		u >>= 7
		n++
	}
	return n
}
