package plain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"hindsight/internal/rrweb"
)

var errShape = errors.New("not what the protocol says")

// event is an event in rrweb's form.
type event struct {
	Type      int             `json:"type"`
	Data      json.RawMessage `json:"data"`
	Timestamp int64           `json:"timestamp"`
}

// reading is one section on its way.
type reading struct {
	text   []byte
	events []rrweb.Event
	fields []rrweb.Field
	out    bytes.Buffer
	json   *json.Encoder
	next   int64
}

// Replay reads an inflated replay section and writes out what is short in it.
func (Sections) Replay(raw []byte, limit int) (rrweb.Section, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return rrweb.Section{}, fmt.Errorf("read events: %w", err)
	}
	r := &reading{text: make([]byte, 0, 2*len(raw))}
	r.json = json.NewEncoder(&r.out)
	r.json.SetEscapeHTML(false)
	var at int64
	for i, raw := range list {
		e, err := r.event(raw, at)
		if err != nil {
			return rrweb.Section{}, fmt.Errorf("event %d: %w", i, err)
		}
		at = e.Timestamp
		r.add(e)
	}
	if len(list) == 0 {
		r.text = append(r.text, '[')
	}
	r.text = append(r.text, ']')
	if len(r.text) > limit {
		return rrweb.Section{}, rrweb.ErrTooLong
	}
	return rrweb.Section{Text: r.text, Size: len(r.text), Events: r.events, Fields: r.fields}, nil
}

// add writes an event behind the others. Its data is JSON as it stands.
func (r *reading) add(e event) {
	lead := byte('[')
	if len(r.text) > 0 {
		lead = ','
	}
	r.text = append(r.text, lead)
	start := len(r.text)
	r.text = fmt.Appendf(r.text, `{"type":%d,"data":%s,"timestamp":%d}`, e.Type, e.Data, e.Timestamp)
	r.events = append(r.events, rrweb.Event{Type: e.Type, Timestamp: e.Timestamp, Data: e.Data, Start: start, Size: len(r.text) - start})
}

// encoded is a value as JSON.
func (r *reading) encoded(v any) (json.RawMessage, error) {
	r.out.Reset()
	if err := r.json.Encode(v); err != nil {
		return nil, err
	}
	return bytes.Clone(bytes.TrimSpace(r.out.Bytes())), nil
}

func (r *reading) event(raw json.RawMessage, before int64) (e event, err error) {
	if raw[0] == '[' {
		var parts []any
		if err = json.Unmarshal(raw, &parts); err != nil {
			return e, err
		}
		if len(parts) < 2 {
			return e, errShape
		}
		e = event{Type: rrweb.TypeIncremental, Timestamp: before + whole(parts[0])}
		data, err := r.incremental(whole(parts[1]), parts[2:])
		if err != nil {
			return e, err
		}
		e.Data, err = r.encoded(data)
		return e, err
	}
	if err = json.Unmarshal(raw, &e); err != nil {
		return e, err
	}
	if e.Type != rrweb.TypeFullSnapshot {
		return e, nil // the tracker writes no long incremental ones
	}
	var data map[string]any
	if err = json.Unmarshal(e.Data, &data); err != nil {
		return e, err
	}
	if short, ok := data["node"].([]any); ok {
		r.next = whole(data["id"])
		delete(data, "id")
		if data["node"], err = r.tree(short, 0, false); err != nil {
			return e, err
		}
		e.Data, err = r.encoded(data)
	}
	return e, err
}

func whole(v any) int64 {
	f, _ := v.(float64)
	return int64(f)
}

// position of a pointer.
type position struct {
	X    int64 `json:"x"`
	Y    int64 `json:"y"`
	ID   int64 `json:"id"`
	Time int64 `json:"timeOffset"`
}

// incremental makes the data of a short event.
func (r *reading) incremental(source int64, rest []any) (any, error) {
	data := map[string]any{"source": source}
	named := func(names ...string) {
		for i, name := range names {
			if i < len(rest) && rest[i] != nil {
				data[name] = rest[i]
			}
		}
	}
	switch source {
	case 0:
		return r.mutation(rest)
	case 1, 6, 12:
		positions := make([]position, 0, len(rest)/4)
		var p position
		for i := 0; i+3 < len(rest); i += 4 {
			p = position{X: p.X + whole(rest[i]), Y: p.Y + whole(rest[i+1]), ID: whole(rest[i+2]), Time: p.Time + whole(rest[i+3])}
			positions = append(positions, p)
		}
		data["positions"] = positions
	case 2:
		named("type", "id", "x", "y", "pointerType")
	case 3:
		named("id", "x", "y")
	case 4:
		named("width", "height")
	default:
		if len(rest) != 1 {
			return nil, errShape
		}
		object, ok := rest[0].(map[string]any)
		if !ok {
			return nil, errShape
		}
		object["source"] = source
		if source == rrweb.SourceInput {
			text, _ := object["text"].(string)
			r.fields = append(r.fields, rrweb.Field{Kind: rrweb.FieldInput, ID: whole(object["id"]), Value: []byte(text), Event: int32(len(r.events))})
		}
		return object, nil
	}
	return data, nil
}
