package rrweb

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpandEvents(t *testing.T) {
	for name, c := range map[string]struct{ short, long string }{
		"time since the event before": {
			`[[1700000000000,3,1,0,20],{"type":4,"data":{"href":"x"},"timestamp":1700000000100},[50,3,7,0.5,2],[-3,4,800,600]]`,
			`[{"type":3,"data":{"source":3,"id":1,"x":0,"y":20},"timestamp":1700000000000},{"type":4,"data":{"href":"x"},"timestamp":1700000000100},
			 {"type":3,"data":{"source":3,"id":7,"x":0.5,"y":2},"timestamp":1700000000150},{"type":3,"data":{"source":4,"width":800,"height":600},"timestamp":1700000000147}]`,
		},
		"what is nothing is left out": {
			`[[5,2,5,9],[1,2,2,9,10,20,0],[0,2,1,9,null,20]]`,
			`[{"type":3,"data":{"source":2,"type":5,"id":9},"timestamp":5},{"type":3,"data":{"source":2,"type":2,"id":9,"x":10,"y":20,"pointerType":0},"timestamp":6},
			 {"type":3,"data":{"source":2,"type":1,"id":9,"y":20},"timestamp":6}]`,
		},
		"positions": {
			`[[1000,1,100,40,7,-450, 20,-5,8,50, -1,0,8,400],[9,12,1,2,3,0],[0,6]]`,
			`[{"type":3,"data":{"source":1,"positions":[{"x":100,"y":40,"id":7,"timeOffset":-450},{"x":120,"y":35,"id":8,"timeOffset":-400},{"x":119,"y":35,"id":8,"timeOffset":0}]},"timestamp":1000},
			 {"type":3,"data":{"source":12,"positions":[{"x":1,"y":2,"id":3,"timeOffset":0}]},"timestamp":1009},{"type":3,"data":{"source":6,"positions":[]},"timestamp":1009}]`,
		},
		"other sources in one object": {
			`[[1000,8,{"id":5,"adds":[{"rule":"a{}","index":0}]}]]`,
			`[{"type":3,"data":{"source":8,"id":5,"adds":[{"rule":"a{}","index":0}]},"timestamp":1000}]`,
		},
		"a mutation": {
			`[[1000,0,[3,4,3,-5],[9,0,20,"t",9,20,-21,["b",{},"u"],30,0,40,["i",{}],-8,9,40,50,"v"],[6,"tea",7,""],[2,{"class":"x","id":null}],1]]`,
			`[{"type":3,"data":{"source":0,"removes":[{"parentId":3,"id":4},{"parentId":3,"id":5,"isShadow":true}],"adds":[
			 {"parentId":9,"nextId":null,"node":{"type":3,"textContent":"t","id":20}},
			 {"parentId":9,"nextId":20,"node":{"type":2,"tagName":"b","attributes":{},"id":21,"isShadow":true,"childNodes":[]}},
			 {"parentId":21,"nextId":null,"node":{"type":3,"textContent":"u","id":22}},
			 {"parentId":30,"nextId":null,"node":{"type":2,"tagName":"i","attributes":{},"id":40,"rootId":8,"childNodes":[]}},
			 {"parentId":9,"nextId":40,"node":{"type":3,"textContent":"v","id":50}}],
			 "texts":[{"id":6,"value":"tea"},{"id":7,"value":""}],"attributes":[{"id":2,"attributes":{"class":"x","id":null}}],"part":1},"timestamp":1000}]`,
		},
		"a mutation of which little is told": {
			`[[1000,0,null,0,[6,"tea"]],[1,0]]`,
			`[{"type":3,"data":{"source":0,"removes":[],"adds":[],"texts":[{"id":6,"value":"tea"}],"attributes":[]},"timestamp":1000},
			 {"type":3,"data":{"source":0,"removes":[],"adds":[],"texts":[],"attributes":[]},"timestamp":1001}]`,
		},
		"a frame's document": {
			`[[1000,0,null,[5,0,20,[0,{},["html",{}]]]]]`,
			`[{"type":3,"data":{"source":0,"removes":[],"texts":[],"attributes":[],"isAttachIframe":true,"adds":[{"parentId":5,"nextId":null,
			 "node":{"type":0,"id":20,"childNodes":[{"type":2,"tagName":"html","attributes":{},"id":21,"rootId":20,"childNodes":[]}]}}]},"timestamp":1000}]`,
		},
	} {
		got, err := expand([]byte(c.short), enough)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(decoded(t, []byte(c.long)), decoded(t, got)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if _, err := read(got, enough); err != nil {
			t.Errorf("%s: %v in %s", name, err, got)
		}
	}
}

func TestExpandEventsRefused(t *testing.T) {
	for name, section := range map[string]string{
		"nothing": `[[]]`, "no source": `[[1]]`, "a source that is no number": `[[1,"3",1]]`, "a negative source": `[[1,-3,{}]]`, "half a millisecond": `[[1.5,3,1,2,3]]`,
		"before all time": `[[-1,3,1,2,3]]`, "after all time": `[[8640000000000001,3,1,2,3]]`, "cut short": `[[1,3,1,2`, "no object": `[[1,8,5]]`, "nothing of another source": `[[1,8]]`,
		"more than one object": `[[1,8,{},{}]]`, "a source by name": `[[1,8,{"id":5,"source":8}]]`, "one with an escape": `[[1,8,{"id":5,"sourc\u0065":8}]]`, "too many members": `[[1,3,1,2,3,4]]`, "half a position": `[[1,1,1,2,3]]`, "a position with a fraction": `[[1,1,1,2,3.5,4]]`,
		"a place that grows": `[[1,1,9007199254740992,0,1,0,1,0,1,0]]`, "half a pair": `[[1,0,[1]]]`, "no id": `[[1,0,null,null,["a","b"]]]`, "a negative id": `[[1,0,null,null,[-1,"b"]]]`,
		"attributes in a list": `[[1,0,null,null,null,[1,[]]]]`, "an add without a node": `[[1,0,null,[1,0,2]]]`, "an add with a long node": `[[1,0,null,[1,0,2,{"type":3}]]]`,
		"an add without a parent": `[[1,0,null,[0,0,2,"x"]]]`, "an add before less than nothing": `[[1,0,null,[1,-1,2,"x"]]]`, "an add with two frames": `[[1,0,null,[1,0,2,"x",-3,-4]]]`,
		"an id of zero": `[[1,0,null,[1,0,0,"x"]]]`, "a list in a list": `[[1,0,[[1,2]]]]`, "more than a mutation has": `[[1,0,null,null,null,null,1,1]]`,
		"broken text in a list": `[[1,0,null,null,[1,"\x"]]]`,
	} {
		if got, err := expand([]byte(section), enough); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v, %s", name, err, got)
		}
	}
}

func TestExpandEventsIsBounded(t *testing.T) {
	for name, section := range map[string]string{
		"positions": `[[1,1,0,0,0,0` + strings.Repeat(`,0,0,0,0`, 20_000) + `]]`,
		"removes":   `[[1,0,[1,1` + strings.Repeat(`,1,1`, 40_000) + `]]]`,
		"adds":      `[[1,0,null,[1,0,1,""` + strings.Repeat(`,1,0,1,""`, 20_000) + `]]]`,
		"events":    `[[1,3,1,2,3]` + strings.Repeat(`,[0,0]`, 20_000) + `]`,
	} {
		if _, err := expand([]byte(section), 300_000); !errors.Is(err, ErrTooLong) {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := expand([]byte(section), 10*enough); err != nil || len(got) <= 300_000 {
			t.Errorf("%s: %v, %d bytes", name, err, len(got))
		}
	}
}
