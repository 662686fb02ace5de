package api

import (
	"encoding/json"
	"time"

	"hindsight/internal/store"
)

// detailView is a session with what it consists of. Its Gaps take the place of
// the number of gaps that a list shows under the same name.
type detailView struct {
	sessionView
	PageViews []pageViewView `json:"page_views"`
	Documents []documentView `json:"documents"`
	Gaps      []gapView      `json:"gaps"`
	Events    []eventView    `json:"events"`
}

type pageViewView struct {
	Document string   `json:"document"`
	View     int      `json:"view"`
	At       stamp    `json:"at"`
	Path     string   `json:"path"`
	URL      string   `json:"url"`
	Title    string   `json:"title"`
	Nav      string   `json:"nav"`
	LoadMS   *float64 `json:"load_ms"`
	Viewport sizeView `json:"viewport"`
}

type gapView struct {
	Document string `json:"document"`
	Reason   string `json:"reason"`
	From     stamp  `json:"from"`
	To       stamp  `json:"to"`
}

type eventView struct {
	Document string          `json:"document"`
	At       stamp           `json:"at"`
	Kind     string          `json:"kind"`
	Path     string          `json:"path"`
	Name     string          `json:"name"`
	Value    float64         `json:"value"`
	Data     json.RawMessage `json:"data,omitempty"`
}

func viewDetail(s store.Session, now time.Time, views []store.SessionPageView, documents []documentView, gaps, events []store.SessionEvent) detailView {
	detail := detailView{
		sessionView: viewSession(s, now),
		PageViews:   make([]pageViewView, len(views)),
		Documents:   documents,
		Gaps:        make([]gapView, len(gaps)),
		Events:      make([]eventView, len(events)),
	}
	if documents == nil {
		detail.Documents = []documentView{}
	}
	for i, v := range views {
		detail.PageViews[i] = pageViewView{
			Document: v.Document, View: v.View, At: stamp(v.At), Path: v.Path, URL: v.URL, Title: v.Title,
			Nav: v.Nav, LoadMS: v.Load, Viewport: sizeView(v.Viewport),
		}
	}
	for i, g := range gaps {
		// The value of a gap is its length in ms.
		end := g.At.Add(time.Duration(g.Value * float64(time.Millisecond)))
		detail.Gaps[i] = gapView{Document: g.Document, Reason: g.Name, From: stamp(g.At), To: stamp(end)}
	}
	for i, e := range events {
		detail.Events[i] = eventView{
			Document: e.Document, At: stamp(e.At), Kind: e.Kind, Path: e.Path, Name: e.Name, Value: e.Value, Data: jsonObject(e.Data),
		}
	}
	return detail
}

// jsonObject passes a stored object on, and leaves out what is none.
func jsonObject(text string) json.RawMessage {
	if len(text) < 2 || text[0] != '{' || !json.Valid([]byte(text)) {
		return nil
	}
	return json.RawMessage(text)
}
