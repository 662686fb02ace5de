package store

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

// ErrNotFound is what a read of one thing returns when there is no such thing,
// or when retention hides it.
var ErrNotFound = errors.New("not found")

// ValidID tells whether s is the text form of a session, document or visitor:
// 32 lower-case hexadecimal digits.
func ValidID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

// SessionDay is the UTC day in a session's id (its first two bytes, days since
// 1970, big-endian). The id must be valid.
func SessionDay(session string) time.Time {
	raw, err := hex.DecodeString(session[:4])
	if err != nil {
		return time.Unix(0, 0).UTC()
	}
	return time.Unix(int64(binary.BigEndian.Uint16(raw))*86400, 0).UTC()
}

// sessionArgs name one session, and the day it lies in.
func sessionArgs(session string) []any {
	return []any{named("session", session), named("day", date(SessionDay(session)))}
}

// hexID is the text form of 16 bytes as the driver hands them over.
func hexID(raw string) string { return hex.EncodeToString([]byte(raw)) }

// visitorID is the text form of a visitor, "" for none (zeros).
func visitorID(raw string) string {
	if strings.Trim(raw, "\x00") == "" {
		return ""
	}
	return hexID(raw)
}
