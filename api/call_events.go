package api

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hindsight/api/recording"
	"hindsight/internal/store"
)

// chunksOf reads where the recording of a session, or of one document of it, lies. It asks the raw rows first: a
// recording can be replayed before its session is derived. Only where there is none it matters whether the session
// is known at all.
func (a *API) chunksOf(r *http.Request, document string) (v store.Visible, session string, chunks []store.ReplayChunk, err error) {
	if v, err = a.visibleOf(r); err != nil {
		return v, "", nil, err
	}
	if session, err = pathID(r, "session"); err != nil {
		return v, "", nil, err
	}
	if chunks, err = a.store.Chunks(r.Context(), v, session, document); err == nil && len(chunks) == 0 {
		_, _, err = a.sessionOf(r)
	}
	return v, session, chunks, err
}

func (a *API) getEvents(w http.ResponseWriter, r *http.Request) error {
	p := queryOf(r)
	document := p.id("document")
	span := recording.Always()
	if p.has("from") {
		span.From = float64(p.time("from", time.Time{}).UnixMilli())
	}
	if p.has("to") {
		span.To = float64(p.time("to", time.Time{}).UnixMilli())
	}
	if p.problem == nil && span.From >= span.To {
		p.refuse("from", "from must lie before to.")
	}
	if p.problem != nil {
		return p.problem
	}
	v, session, chunks, err := a.chunksOf(r, document)
	if err != nil {
		return err
	}
	out := newEventWriter(w, wantsLines(r))
	sheets := recording.NewSheets(a.inflater, sessionSheets{a.store, v, session})
	defer func() { a.metrics.unknownSheets.Add(float64(sheets.Unknown)) }()
	err = recording.Stream(r.Context(), a.inflater, a.payloads(v, session), chunks, span, func(event []byte) error {
		whole, err := sheets.Expand(r.Context(), event)
		if err != nil {
			return err
		}
		return out.write(whole)
	})
	if err != nil {
		return err
	}
	return out.end()
}

// sessionSheets asks the store for the style sheets of one session.
type sessionSheets struct {
	store   ReplayStore
	v       store.Visible
	session string
}

// Names is recording.SheetSource's.
func (s sessionSheets) Names(ctx context.Context) (map[string]store.SheetName, error) {
	return s.store.SessionSheets(ctx, s.v, s.session)
}

// Texts is recording.SheetSource's.
func (s sessionSheets) Texts(ctx context.Context, hashes []string) ([]store.SheetText, error) {
	return s.store.Sheets(ctx, s.v, hashes)
}

// payloads fetches from the store for one session.
func (a *API) payloads(v store.Visible, session string) recording.Source {
	return func(ctx context.Context, document string, first, last uint32) ([]store.ReplayPayload, error) {
		return a.store.Payloads(ctx, v, session, document, first, last)
	}
}

const linesType = "application/x-ndjson"

// wantsLines reads Accept: whichever of the two is named first.
func wantsLines(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		media, _, err := mime.ParseMediaType(part)
		switch {
		case err != nil:
		case media == linesType:
			return true
		case media == "application/json":
			return false
		}
	}
	return false
}

func (a *API) getSnapshot(w http.ResponseWriter, r *http.Request) error {
	document, err := pathID(r, "document")
	if err != nil {
		return err
	}
	sequence, err := strconv.ParseUint(r.PathValue("sequence"), 10, 32)
	if err != nil {
		return invalidParameter.says("sequence must be a whole number.").about("sequence")
	}
	v, session, chunks, err := a.chunksOf(r, document)
	if err != nil {
		return err
	}
	events, found, err := recording.Picture(r.Context(), a.inflater, a.payloads(v, session), chunks, uint32(sequence))
	if err != nil {
		return err
	}
	if !found {
		return notFound.says("There is no full snapshot at this place.")
	}
	sheets := recording.NewSheets(a.inflater, sessionSheets{a.store, v, session})
	defer func() { a.metrics.unknownSheets.Add(float64(sheets.Unknown)) }()
	raw := make([]json.RawMessage, len(events))
	for i, e := range events {
		whole, err := sheets.Expand(r.Context(), e)
		if err != nil {
			return err
		}
		raw[i] = bytes.Clone(whole)
	}
	return respond(w, http.StatusOK, raw)
}
