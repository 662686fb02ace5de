package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// MaxText is the longest text message taken, in bytes.
const MaxText = 4096

// ErrMessage marks a text message that is not one JSON object with exactly one
// member, or whose known member has the wrong form.
var ErrMessage = errors.New("no valid text message")

// Hello is the tracker's first message.
type Hello struct {
	// Tracker is the tracker's version.
	Tracker string `json:"tracker"`
}

// Welcome is the collector's answer to a hello.
type Welcome struct {
	// Time is the collector's clock, Unix ms.
	Time int64 `json:"time"`
	// MaxFrame is in bytes.
	MaxFrame int `json:"max_frame"`
	// MaxUnacked (frames) and MaxUnackedBytes bound what waits for its ack.
	MaxUnacked      int `json:"max_unacked"`
	MaxUnackedBytes int `json:"max_unacked_bytes"`
	// FlushMS and FlushBytes say when the tracker sends a batch.
	FlushMS    int `json:"flush_ms"`
	FlushBytes int `json:"flush_bytes"`
	// SampleRate is 0…1.
	SampleRate float64 `json:"sample_rate"`
	// Consent is the site's mode.
	Consent string `json:"consent"`
}

// Refuse says that one frame is not taken and must not be sent again.
type Refuse struct {
	// N is the frame's number: on its connection, or in a beacon's body.
	N      uint64 `json:"n"`
	Reason Reason `json:"reason"`
	// Day is the server's UTC day (YYYY-MM-DD), for ReasonSessionDay only.
	Day string `json:"day,omitempty"`
}

// AppendAck appends {"ack":n}. It allocates nothing beyond dst.
func AppendAck(dst []byte, n uint64) []byte {
	dst = append(dst, `{"ack":`...)
	dst = strconv.AppendUint(dst, n, 10)
	return append(dst, '}')
}

// AppendRefuse appends {"refuse":{…}}. It allocates nothing beyond dst.
func AppendRefuse(dst []byte, r Refuse) []byte {
	dst = append(dst, `{"refuse":`...)
	dst = r.AppendJSON(dst)
	return append(dst, '}')
}

// AppendJSON appends the bare object, as a beacon's answer lists it.
func (r Refuse) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"n":`...)
	dst = strconv.AppendUint(dst, r.N, 10)
	dst = append(dst, `,"reason":"`...)
	dst = append(dst, r.Reason...)
	if r.Day != "" {
		dst = append(dst, `","day":"`...)
		dst = append(dst, r.Day...)
	}
	return append(dst, `"}`...)
}

// AppendWelcome appends {"welcome":{…}}.
func AppendWelcome(dst []byte, w Welcome) []byte {
	field := func(name string, n int64) {
		dst = append(dst, name...)
		dst = strconv.AppendInt(dst, n, 10)
	}
	field(`{"welcome":{"time":`, w.Time)
	field(`,"max_frame":`, int64(w.MaxFrame))
	field(`,"max_unacked":`, int64(w.MaxUnacked))
	field(`,"max_unacked_bytes":`, int64(w.MaxUnackedBytes))
	field(`,"flush_ms":`, int64(w.FlushMS))
	field(`,"flush_bytes":`, int64(w.FlushBytes))
	dst = append(dst, ',')
	dst = appendTerms(dst, w.SampleRate, w.Consent)
	return append(dst, `}}`...)
}

// AppendTerms appends the members of a welcome that an answer to a POST tells,
// the site's own settings, as an object of their own.
func AppendTerms(dst []byte, sampleRate float64, consent string) []byte {
	return append(appendTerms(append(dst, '{'), sampleRate, consent), '}')
}

func appendTerms(dst []byte, sampleRate float64, consent string) []byte {
	dst = append(dst, `"sample_rate":`...)
	dst = strconv.AppendFloat(dst, sampleRate, 'f', -1, 64)
	dst = append(dst, `,"consent":`...)
	return strconv.AppendQuote(dst, consent)
}

// AppendHello appends {"hello":{…}}, for clients written in Go.
func AppendHello(dst []byte, h Hello) []byte {
	dst = append(dst, `{"hello":{"tracker":`...)
	dst = strconv.AppendQuote(dst, h.Tracker)
	return append(dst, `}}`...)
}

// ParseClientMessage reads a text message of the tracker. It gives nil for a
// valid message of a kind that is not known here. The error is ErrMessage.
func ParseClientMessage(b []byte) (*Hello, error) {
	name, value, err := oneMember(b)
	if err != nil || name != "hello" {
		return nil, err
	}
	var hello *Hello
	if err := json.Unmarshal(value, &hello); err != nil || hello == nil {
		return nil, ErrMessage
	}
	return hello, nil
}

// ServerMessage is a text message of the collector: one of its members is set.
type ServerMessage struct {
	Welcome *Welcome
	// Ack is 0 when the message is none.
	Ack    uint64
	Refuse *Refuse
}

// ParseServerMessage reads a text message of the collector, for clients
// written in Go.
func ParseServerMessage(b []byte) (ServerMessage, error) {
	var m ServerMessage
	name, value, err := oneMember(b)
	if err != nil {
		return m, err
	}
	switch name {
	case "welcome":
		err = json.Unmarshal(value, &m.Welcome)
	case "ack":
		err = json.Unmarshal(value, &m.Ack)
	case "refuse":
		err = json.Unmarshal(value, &m.Refuse)
	}
	if err != nil {
		return m, fmt.Errorf("read %s message: %w", name, ErrMessage)
	}
	return m, nil
}

// oneMember takes a JSON object with exactly one member apart.
func oneMember(b []byte) (name string, value json.RawMessage, err error) {
	if len(b) > MaxText || !utf8.Valid(b) {
		return "", nil, ErrMessage
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(b, &object); err != nil || len(object) != 1 {
		return "", nil, ErrMessage
	}
	for name, value = range object {
	}
	return name, value, nil
}
