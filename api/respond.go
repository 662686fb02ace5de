package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"
)

// stamp is a time in answers: RFC 3339 in UTC with milliseconds.
type stamp time.Time

const stampFormat = "2006-01-02T15:04:05.000Z"

// MarshalText writes the time.
func (s stamp) MarshalText() ([]byte, error) {
	return time.Time(s).UTC().AppendFormat(nil, stampFormat), nil
}

// UnmarshalText reads the time back.
func (s *stamp) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339, string(text))
	*s = stamp(t)
	return err
}

func respond(w http.ResponseWriter, status int, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the client may have gone
	return nil
}

const maxBody = 64 << 10

// readBody reads a JSON object and refuses members that are not known. Insisting
// on the media type keeps plain forms of other sites out as well.
func readBody(r *http.Request, into any) error {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return unsupportedMedia.says("Send Content-Type: application/json.")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge.says("At most %d bytes are taken.", maxBody)
	}
	if err != nil {
		return malformedBody.says("The body broke off.")
	}
	return decodeStrict(raw, into)
}
