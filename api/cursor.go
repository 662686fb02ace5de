package api

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"hindsight/internal/store"
)

// A cursor is a place in the list of sessions, opaque to clients: the last row
// of the page before, not a number of rows, so that what arrives meanwhile
// neither repeats nor hides a session.

func writeCursor(p store.SessionPlace) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.StartedAt.UnixMilli(), 10) + " " + p.Session))
}

func readCursor(text string) (store.SessionPlace, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return store.SessionPlace{}, false
	}
	when, session, ok := strings.Cut(string(raw), " ")
	ms, err := strconv.ParseInt(when, 10, 64)
	if !ok || err != nil || !store.ValidID(session) {
		return store.SessionPlace{}, false
	}
	return store.SessionPlace{StartedAt: time.UnixMilli(ms).UTC(), Session: session}, true
}
