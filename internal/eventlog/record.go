package eventlog

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// The names of the record headers; docs/storage.md describes them.
const (
	headerVersion  = "v"
	headerSite     = "site"
	headerReceived = "rcv"
	headerAgent    = "ua"
	headerAddress  = "addr"
	headerVia      = "via"
	headerDocument = "doc"
	headerSequence = "seq"
	headerConsent  = "consent"
	headerLetter   = "letter"
)

// How a frame came to the collector.
const (
	ViaWebSocket = "ws"
	ViaBeacon    = "beacon"
)

const (
	recordVersion  = "1"
	maxAgentBytes  = 512
	maxSiteBytes   = 128
	maxSealedBytes = 256
	maxLetterBytes = 128
)

// Record is what the collector writes and the processor reads: one frame,
// unopened, with what the collector knew about it.
type Record struct {
	Site     string    // site id, 1 to 128 bytes
	Session  [16]byte  // session id; its hexadecimal form is the key
	Document [16]byte  // document id
	Sequence uint32    // sequence of the batch within the document
	Consent  uint8     // consent state as the frame's header has it
	Received time.Time // when the collector had the frame; to the millisecond
	Via      string    // ViaWebSocket or ViaBeacon
	Agent    string    // User-Agent; cut to 512 bytes of valid UTF-8; may be empty
	Address  []byte    // sealed client address; empty if unknown
	Letter   string    // key of the dead letter of which this is another try; mostly empty
	Frame    []byte    // the frame, byte for byte
}

// Header is a Kafka record header.
type Header struct {
	Key   string
	Value []byte
}

// Fetched is a record as it lies in the log.
type Fetched struct {
	Partition int
	Offset    int64
	Time      time.Time
	Key       []byte
	Value     []byte
	Headers   []Header
}

// check says what keeps r from being written.
func (r *Record) check() error {
	switch {
	case r.Site == "" || len(r.Site) > maxSiteBytes:
		return fmt.Errorf("record's site id has %d bytes, not 1 to %d", len(r.Site), maxSiteBytes)
	case r.Via != ViaWebSocket && r.Via != ViaBeacon:
		return errors.New("record says neither ws nor beacon")
	case r.Received.UnixMilli() <= 0:
		return errors.New("record has no receive time")
	case len(r.Address) > maxSealedBytes:
		return fmt.Errorf("record's sealed address has %d bytes", len(r.Address))
	case len(r.Letter) > maxLetterBytes:
		return fmt.Errorf("record's dead letter has a key of %d bytes", len(r.Letter))
	}
	return nil
}

// cutAgent returns ua as valid UTF-8 of at most 512 bytes. It allocates only
// when there is something to repair.
func cutAgent(ua string) string {
	if len(ua) > maxAgentBytes {
		ua = ua[:maxAgentBytes]
		for i := 0; i < utf8.UTFMax-1 && len(ua) > 0; i++ { // a rune that was cut in two
			if r, n := utf8.DecodeLastRuneInString(ua); r != utf8.RuneError || n != 1 {
				break
			}
			ua = ua[:len(ua)-1]
		}
	}
	if utf8.ValidString(ua) {
		return ua
	}
	valid := make([]byte, 0, len(ua))
	for _, r := range ua { // an invalid byte is U+FFFD, three bytes
		if len(valid)+utf8.RuneLen(r) > maxAgentBytes {
			break
		}
		valid = utf8.AppendRune(valid, r)
	}
	return string(valid)
}

// DecodeRecord reads a record of hindsight.events. An error says which header
// is missing or invalid; the record then belongs to the dead letters. Frame and
// Address share the memory of f.
func DecodeRecord(f *Fetched) (Record, error) {
	var r Record
	if !decodeID(&r.Session, f.Key) {
		return Record{}, errors.New("record's key is no session id")
	}
	var seen headerSet
	for i := range f.Headers {
		h := &f.Headers[i]
		bit, err := r.setHeader(h)
		if err != nil {
			return Record{}, err
		}
		if bit != 0 && seen&bit != 0 {
			return Record{}, fmt.Errorf("header %q stands twice", h.Key)
		}
		seen |= bit
	}
	if missing := requiredHeaders &^ seen; missing != 0 {
		return Record{}, fmt.Errorf("header %q is missing", missing.first())
	}
	if len(f.Value) == 0 {
		return Record{}, errors.New("record holds no frame")
	}
	r.Frame = f.Value
	return r, nil
}

// SiteOf is the site that a record's headers name, "" if they name none.
func SiteOf(f *Fetched) string {
	for i := range f.Headers {
		if f.Headers[i].Key == headerSite {
			return string(f.Headers[i].Value)
		}
	}
	return ""
}

// Again tells whether a record was appended once more, from a dead letter.
func (f *Fetched) Again() bool {
	return slices.ContainsFunc(f.Headers, func(h Header) bool { return h.Key == headerLetter })
}

// setHeader takes one header over. Headers of other names are left alone: a
// newer collector or a broker in between may add some.
func (r *Record) setHeader(h *Header) (headerSet, error) {
	var ok bool
	var bit headerSet
	switch h.Key {
	case headerVersion:
		bit, ok = hasVersion, string(h.Value) == recordVersion
	case headerSite:
		r.Site = string(h.Value)
		bit, ok = hasSite, len(h.Value) > 0 && len(h.Value) <= maxSiteBytes
	case headerReceived:
		ms, err := strconv.ParseInt(string(h.Value), 10, 64)
		r.Received = time.UnixMilli(ms).UTC()
		bit, ok = hasReceived, err == nil && ms > 0 && ms < 1<<50
	case headerVia:
		r.Via = string(h.Value)
		bit, ok = hasVia, r.Via == ViaWebSocket || r.Via == ViaBeacon
	case headerDocument:
		bit, ok = hasDocument, decodeID(&r.Document, h.Value)
	case headerSequence:
		n, err := strconv.ParseUint(string(h.Value), 10, 32)
		r.Sequence = uint32(n)
		bit, ok = hasSequence, err == nil
	case headerConsent:
		n, err := strconv.ParseUint(string(h.Value), 10, 8)
		r.Consent = uint8(n)
		bit, ok = hasConsent, err == nil
	case headerAgent:
		r.Agent = string(h.Value)
		bit, ok = hasAgent, len(h.Value) <= maxAgentBytes && utf8.Valid(h.Value)
	case headerAddress:
		r.Address = h.Value
		bit, ok = hasAddress, len(h.Value) <= maxSealedBytes
	case headerLetter:
		r.Letter = string(h.Value)
		bit, ok = hasLetter, len(h.Value) <= maxLetterBytes
	default:
		return 0, nil
	}
	if !ok {
		return 0, fmt.Errorf("header %q is not valid", h.Key)
	}
	return bit, nil
}

// decodeID takes 32 lower-case hexadecimal digits and nothing else.
func decodeID(id *[16]byte, text []byte) bool {
	if len(text) != 2*len(id) {
		return false
	}
	for _, c := range text {
		if c >= 'A' && c <= 'F' {
			return false
		}
	}
	_, err := hex.Decode(id[:], text)
	return err == nil
}

// headerSet is a set of the headers above, one bit each.
type headerSet uint16

const (
	hasVersion headerSet = 1 << iota
	hasSite
	hasReceived
	hasVia
	hasDocument
	hasSequence
	hasConsent
	hasAgent
	hasAddress
	hasLetter

	requiredHeaders = hasVersion | hasSite | hasReceived | hasVia | hasDocument | hasSequence | hasConsent
)

func (s headerSet) first() string {
	names := [...]string{headerVersion, headerSite, headerReceived, headerVia, headerDocument, headerSequence, headerConsent}
	for i, name := range names {
		if s&(1<<i) != 0 {
			return name
		}
	}
	return "?"
}
