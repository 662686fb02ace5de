package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// The API's answers, as far as the tests read them.
type sessionSummary struct {
	ID           string    `json:"id"`
	Visitor      *string   `json:"visitor"`
	StartedAt    time.Time `json:"started_at"`
	DurationMS   int64     `json:"duration_ms"`
	Pages        int       `json:"pages"`
	Clicks       int       `json:"clicks"`
	Keystrokes   int       `json:"keystrokes"`
	Errors       int       `json:"errors"`
	Batches      int       `json:"batches"`
	Missing      int       `json:"missing"`
	EntryPath    string    `json:"entry_path"`
	ExitPath     string    `json:"exit_path"`
	Language     string    `json:"language"`
	TimeZone     string    `json:"time_zone"`
	Browser      string    `json:"browser"`
	BrowserV     string    `json:"browser_version"`
	OS           string    `json:"os"`
	Device       string    `json:"device"`
	HasRecording bool      `json:"has_recording"`
	Viewport     struct{ W, H int }
	Screen       struct{ W, H int }
}

type sessionDetail struct {
	sessionSummary
	PageViews []struct {
		Document, Path, Title, Nav string
		At                         time.Time
		LoadMS                     *float64 `json:"load_ms"`
	} `json:"page_views"`
	Documents []struct {
		Document string
		Batches  int
		Missing  []int
	}
	Events []struct {
		Kind, Name, Path string
		Data             json.RawMessage
	}
}

type heatmap struct {
	Counts struct{ Total, Sessions int }
	Points []struct {
		Element *int
		X, Y    int
		Weight  int
	}
	Elements []struct {
		Selector string
		Count    int
	}
	Scroll   []struct{ From, To, Reached int }
	Snapshot *struct {
		Session, Document string
		Sequence          int
		Width             int
	}
}

func (c client) sessions(site string) ([]sessionSummary, error) {
	var all []sessionSummary
	cursor := ""
	for {
		var answer struct {
			Sessions   []sessionSummary
			NextCursor *string `json:"next_cursor"`
		}
		path := "/sites/" + site + "/sessions?limit=500"
		if cursor != "" {
			path += "&cursor=" + url.QueryEscape(cursor)
		}
		if err := c.get(path, &answer); err != nil {
			return nil, err
		}
		all = append(all, answer.Sessions...)
		if answer.NextCursor == nil {
			return all, nil
		}
		cursor = *answer.NextCursor
	}
}

func (c client) session(site, id string) (sessionDetail, error) {
	var s sessionDetail
	return s, c.get("/sites/"+site+"/sessions/"+id, &s)
}

func (c client) heatmap(site, path, kind string) (heatmap, error) {
	var h heatmap
	err := c.get(fmt.Sprintf("/sites/%s/heatmap?kind=%s&path=%s", site, kind, url.QueryEscape(path)), &h)
	return h, err
}

// diffLines shows the first lines in which two canonical pages differ.
func diffLines(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := 0; i < len(w) || i < len(g); i++ {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			from := max(0, i-3)
			return fmt.Sprintf("line %d:\n  page:   %s\n  replay: %s\nafter:\n%s", i+1,
				strings.Join(w[i:min(i+4, len(w))], "\n          "), strings.Join(g[i:min(i+4, len(g))], "\n          "),
				strings.Join(w[from:min(i, len(w))], "\n"))
		}
	}
	return ""
}
