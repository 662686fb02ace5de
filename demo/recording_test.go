package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// recording reads the replay sections of one document and keeps the tree that
// they build, so that every reference can be judged.
type recording struct {
	sequence uint32
	view     int
	time     int64
	started  bool
	seen     map[int]*treeNode
	password int // its node
}

type treeNode struct {
	Type       int               `json:"type"`
	ID         int               `json:"id"`
	Tag        string            `json:"tagName"`
	Attributes map[string]string `json:"attributes"`
	Children   []*treeNode       `json:"childNodes"`
	parent     int
}

type replayEvent struct {
	Type      int             `json:"type"`
	Data      json.RawMessage `json:"data"`
	Timestamp int64           `json:"timestamp"`
}

func (r *recording) read(t *testing.T, section []byte, kinds map[string]int) {
	var events []replayEvent
	if err := json.Unmarshal(section, &events); err != nil {
		t.Fatal(err)
	}
	if !r.started {
		if len(events) < 2 || events[0].Type != eventMeta || events[1].Type != eventSnapshot {
			t.Fatal("the document does not begin with a meta event and a snapshot")
		}
		r.started = true
	}
	for _, e := range events {
		if e.Timestamp < r.time {
			t.Errorf("an event at %d after one at %d", e.Timestamp, r.time)
		}
		r.time = e.Timestamp
		switch e.Type {
		case eventSnapshot:
			var data struct{ Node *treeNode }
			if err := json.Unmarshal(e.Data, &data); err != nil {
				t.Fatal(err)
			}
			r.enter(t, data.Node, 0)
		case eventIncremental:
			r.incremental(t, e.Data, kinds)
		}
	}
}

func (r *recording) enter(t *testing.T, n *treeNode, parent int) {
	if r.seen[n.ID] != nil {
		t.Errorf("id %d twice", n.ID)
	}
	n.parent = parent
	r.seen[n.ID] = n
	if n.Attributes["id"] == "password" {
		r.password = n.ID
	}
	if _, has := n.Attributes["value"]; has {
		t.Errorf("a %s carries a value", n.Tag)
	}
	for name := range n.Attributes {
		if strings.HasPrefix(name, "data-") || strings.HasPrefix(name, "on") || name == "src" {
			t.Errorf("attribute %s of a %s is kept", name, n.Tag)
		}
	}
	for _, child := range n.Children {
		r.enter(t, child, n.ID)
	}
}

func (r *recording) incremental(t *testing.T, raw json.RawMessage, kinds map[string]int) {
	var data struct {
		Source, ID int
		Text       *string
		Positions  []struct {
			ID         int
			TimeOffset int64
		}
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		t.Fatal(err)
	}
	kinds[fmt.Sprintf("source %d", data.Source)]++
	switch data.Source {
	case 0:
		r.mutate(t, raw, kinds)
	case replayMouse:
		for _, p := range data.Positions {
			if r.seen[p.ID] == nil || p.TimeOffset > 0 {
				t.Errorf("the mouse is over %d, at %d ms", p.ID, p.TimeOffset)
			}
		}
	case replayAction, replayScroll, replayInput:
		if r.seen[data.ID] == nil {
			t.Errorf("unknown node %d: %s", data.ID, raw)
		}
	}
	if data.Source == replayInput {
		if data.ID == r.password || data.Text == nil || *data.Text != mask {
			t.Errorf("an input event tells too much: %s", raw)
		}
	}
}

func (r *recording) mutate(t *testing.T, raw json.RawMessage, kinds map[string]int) {
	var m struct {
		Texts      []textChange
		Attributes []attributeChange
		Removes    []removal
		Adds       []struct {
			ParentID int
			NextID   *int
			Node     *treeNode
		}
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	kinds["texts"] += len(m.Texts)
	kinds["attributes"] += len(m.Attributes)
	kinds["removes"] += len(m.Removes)
	kinds["adds"] += len(m.Adds)
	for _, gone := range m.Removes {
		if n := r.seen[gone.ID]; n == nil || n.parent != gone.ParentID {
			t.Errorf("removes %d from %d, where it is not", gone.ID, gone.ParentID)
		}
		r.drop(gone.ID)
	}
	for _, add := range m.Adds {
		if r.seen[add.ParentID] == nil {
			t.Errorf("adds to %d, which is not there", add.ParentID)
		}
		if len(add.Node.Children) > 0 {
			t.Errorf("an added node brings children, which a reader leaves out: %s", compactJSON(add.Node))
		}
		r.enter(t, add.Node, add.ParentID)
	}
	for _, c := range m.Texts {
		if n := r.seen[c.ID]; n == nil || n.Type != typeText {
			t.Errorf("changes the text of %d, which is none", c.ID)
		}
	}
	for _, c := range m.Attributes {
		if n := r.seen[c.ID]; n == nil || n.Type != typeElement {
			t.Errorf("changes an attribute of %d, which is no element", c.ID)
		}
	}
}

// drop forgets a node and what is in it.
func (r *recording) drop(id int) {
	gone := []int{id}
	for len(gone) > 0 {
		delete(r.seen, gone[0])
		for _, n := range r.seen {
			if n.parent == gone[0] && !slices.Contains(gone, n.ID) {
				gone = append(gone, n.ID)
			}
		}
		gone = gone[1:]
	}
}
