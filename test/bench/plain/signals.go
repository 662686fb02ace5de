package plain

import (
	"encoding/json"
	"fmt"
	"math"

	"hindsight/internal/wire"
)

// Sections reads sections; it is a processor.Sections.
type Sections struct{}

// Signals reads an inflated signals section.
func (Sections) Signals(s *wire.Signals, raw []byte) error {
	var section struct {
		Origin  float64
		Offset  *float64
		View    int
		Path    string
		Signals []json.RawMessage
	}
	if err := json.Unmarshal(raw, &section); err != nil {
		return fmt.Errorf("read signals: %w", err)
	}
	*s = wire.Signals{Origin: section.Origin, View: section.View, Path: section.Path, Count: len(section.Signals)}
	if section.Offset != nil {
		s.Offset, s.HasOffset = *section.Offset, true
	}
	for i, raw := range section.Signals {
		var g signal
		if err := json.Unmarshal(raw, &g); err != nil {
			return fmt.Errorf("read signal %d: %w", i, err)
		}
		if !g.into(s, wire.At{Index: i, T: g.T}) {
			s.UnknownKinds++
		}
	}
	return nil
}

// signal has the members of every kind.
type signal struct {
	K                         string
	T                         float64
	URL, Title, Ref, Nav      string
	Lang, TZ                  string
	SW, SH, VW, VH, DW, DH    float64
	DPR                       float64
	Hints                     *hints
	MS                        float64
	TTFB, DCL, FCP, Wait      *float64
	El, Ptr, Form, Left       string
	FX, FY, X, Y, SX, SY, Max float64
	Fixed, Able, Filled, On   number
	Held                      number
	Of, To, Value, At         float64
	Cells, Bands              []int
	H                         float64
	N, Refills, Line, Col     int
	Name, Rating, Msg, Type   string
	Stack, Src, ID, State     string
	Version, Key, Reason      string
	Props, Traits             json.RawMessage
}

// number is 0, 1, false or true.
type number bool

func (n *number) UnmarshalJSON(raw []byte) error {
	*n = string(raw) == "1" || string(raw) == "true"
	return nil
}

type hints struct {
	Brands    [][2]string
	Browser   string
	Version   string `json:"browser_version"`
	OS        string
	OSVersion string `json:"os_version"`
	Mobile    bool
}

func px(f float64) int { return int(math.Round(f)) }

func maybe(ms *float64) wire.OptionalMS {
	if ms == nil {
		return wire.OptionalMS{}
	}
	return wire.OptionalMS{MS: *ms, Known: true}
}

// into adds the signal to the list of its kind.
func (g *signal) into(s *wire.Signals, at wire.At) bool {
	switch g.K {
	case "view":
		s.Views = append(s.Views, g.view(at))
	case "load":
		s.Loads = append(s.Loads, wire.Load{At: at, MS: g.MS, TTFB: maybe(g.TTFB), DCL: maybe(g.DCL), FCP: maybe(g.FCP)})
	case "click":
		s.Clicks = append(s.Clicks, wire.Click{
			At: at, Selector: g.El, FX: g.FX, FY: g.FY, X: px(g.X), Y: px(g.Y), ViewportW: px(g.VW), ViewportH: px(g.VH),
			DocumentW: px(g.DW), DocumentH: px(g.DH), Fixed: bool(g.Fixed), ScrollX: px(g.SX), ScrollY: px(g.SY), Pointer: g.Ptr, Able: bool(g.Able),
		})
	case "dead":
		s.Deads = append(s.Deads, wire.Dead{At: at, Of: g.Of})
	case "move":
		m := wire.Move{At: at, ViewportW: px(g.VW), ViewportH: px(g.VH), DocumentW: px(g.DW), DocumentH: px(g.DH)}
		for i := 0; i+2 < len(g.Cells); i += 3 {
			m.Cells = append(m.Cells, wire.Cell{Col: g.Cells[i], Row: g.Cells[i+1], DwellMS: g.Cells[i+2]})
		}
		s.Moves = append(s.Moves, m)
	case "scroll":
		s.Scrolls = append(s.Scrolls, wire.Scroll{At: at, Y: px(g.Y), Max: px(g.Max), ViewportW: px(g.VW), ViewportH: px(g.VH), DocumentH: px(g.DH)})
	case "attention":
		a := wire.Attention{At: at, ViewportW: px(g.VW), ViewportH: px(g.VH), DocumentH: px(g.DH), Height: px(g.H)}
		for i := 0; i+1 < len(g.Bands); i += 2 {
			a.Bands = append(a.Bands, wire.BandTime{Band: g.Bands[i], MS: g.Bands[i+1]})
		}
		s.Attentions = append(s.Attentions, a)
	case "field":
		s.Fields = append(s.Fields, wire.Field{
			At: at, Selector: g.El, Form: g.Form, MS: g.MS, Wait: maybe(g.Wait), Changes: g.N, Refills: g.Refills, Filled: bool(g.Filled), Left: g.Left,
		})
	case "submit":
		s.Submits = append(s.Submits, wire.Submit{At: at, Selector: g.El, Fields: g.N})
	case "vital":
		s.Vitals = append(s.Vitals, wire.Vital{At: at, Name: g.Name, Value: g.Value, Rating: g.Rating})
	case "typing":
		s.Typings = append(s.Typings, wire.Typing{At: at, Selector: g.El, Keys: g.N, MS: g.MS})
	case "error":
		s.Errors = append(s.Errors, wire.ScriptError{At: at, Message: g.Msg, Type: g.Type, Stack: g.Stack, Source: g.Src, Line: g.Line, Col: g.Col})
	case "event":
		s.Events = append(s.Events, wire.Event{At: at, Name: g.Name, Props: string(g.Props)})
	case "identify":
		s.Identifies = append(s.Identifies, wire.Identify{At: at, ID: g.ID, Traits: string(g.Traits)})
	case "set":
		s.Sets = append(s.Sets, wire.Set{At: at, Props: string(g.Props)})
	case "consent":
		s.Consents = append(s.Consents, wire.Consent{At: at, State: g.State, Version: g.Version, Key: g.Key, Given: g.At, URL: g.URL, Held: bool(g.Held)})
	case "visible":
		s.Visibles = append(s.Visibles, wire.Visible{At: at, On: bool(g.On)})
	case "gap":
		s.Gaps = append(s.Gaps, wire.Gap{At: at, Reason: g.Reason, To: g.To})
	default:
		return false
	}
	return true
}

func (g *signal) view(at wire.At) wire.View {
	v := wire.View{
		At: at, URL: g.URL, Title: g.Title, Referrer: g.Ref, Nav: g.Nav, Language: g.Lang, TimeZone: g.TZ,
		ScreenW: px(g.SW), ScreenH: px(g.SH), ViewportW: px(g.VW), ViewportH: px(g.VH), DocumentW: px(g.DW), DocumentH: px(g.DH), DPR: g.DPR,
	}
	if h := g.Hints; h != nil {
		v.HasHints, v.Mobile = true, h.Mobile
		v.Browser, v.BrowserVersion, v.OS, v.OSVersion = h.Browser, h.Version, h.OS, h.OSVersion
		for _, b := range h.Brands {
			v.Brands = append(v.Brands, wire.Brand{Name: b[0], Version: b[1]})
		}
	}
	return v
}
