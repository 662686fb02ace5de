package demo

import "math"

// rrweb's numbers of what a pointer does.
const (
	actionMouseUp    = 0
	actionMouseDown  = 1
	actionClick      = 2
	actionFocus      = 5
	actionBlur       = 6
	actionTouchStart = 7
	actionTouchEnd   = 9
)

// mask is what a recording shows of any field that is not empty.
const mask = "•••"

// limit is how far the page scrolls.
func (v *visit) limit() float64 {
	_, vh := v.viewport()
	return math.Max(0, v.height()-vh)
}

// scrollTo brings the page to y, in the steps of a wheel or the glide of a
// finger, written down every 100 ms.
func (v *visit) scrollTo(y float64) {
	y = math.Round(math.Min(math.Max(y, 0), v.limit()))
	from := v.scroll
	distance := math.Abs(y - from)
	if distance < 1 {
		return
	}
	steps := int(math.Min(60, math.Ceil(distance/v.between(90, 170))))
	for i := 1; i <= steps; i++ {
		u := float64(i) / float64(steps)
		v.wait(100)
		v.scroll = math.Round(from + (y-from)*u*(2-u))
		v.see()
		v.tellScroll()
	}
}

// tellScroll records where the page is; the document's node has id 1.
func (v *visit) tellScroll() {
	v.tape.event(v.now, eventIncremental, map[string]any{
		"source": replayScroll, "id": v.doc.root.id, "x": 0, "y": v.scroll,
	})
}

// reveal scrolls until the element can be reached below the header.
func (v *visit) reveal(e *layoutElement) {
	if e.Fixed {
		return
	}
	b := e.Boxes[v.width]
	_, vh := v.viewport()
	top, bottom := b[1]-v.scroll, b[1]+math.Min(b[3], vh/2)-v.scroll
	if top < headerHeight+comfortMargin || bottom > vh-comfortMargin {
		v.scrollTo(b[1] - v.between(0.3, 0.55)*vh)
		v.wait(v.between(200, 700))
	}
}

// click goes to the element and clicks it, somewhere near its middle. It tells
// whether the layout shows the element at all.
func (v *visit) click(e *layoutElement) bool {
	if e == nil || e.Boxes[v.width] == nil {
		return false
	}
	v.reveal(e)
	b := e.Boxes[v.width]
	near := func(at float64) float64 { return math.Min(math.Max(at, 0.06), 0.94) }
	x := b[0] + near(0.5+0.15*v.r.NormFloat64())*b[2]
	y := b[1] + near(0.5+0.15*v.r.NormFloat64())*b[3]
	if !e.Fixed {
		y -= v.scroll
	}
	if vw, vh := v.viewport(); x > vw-2 || y > vh-2 {
		x, y = math.Min(x, vw-2), math.Min(y, vh-2) // a tall element that ends below the fold
	}
	n := v.node(e.Selector)
	v.moveTo(x, y, n.id)
	v.wait(v.between(60, 320))
	v.press(e, n, math.Round(x), math.Round(y))
	return true
}

// again clicks the same element at almost the same place, impatiently.
func (v *visit) again(e *layoutElement) {
	v.wait(v.between(120, 260))
	x, y := v.pointer.x, v.pointer.y
	v.press(e, v.node(e.Selector), x, y)
}

// press is the click itself, at a place in the viewport.
func (v *visit) press(e *layoutElement, n *node, x, y float64) {
	v.flushPositions()
	v.pointer.x, v.pointer.y = x, y
	pointerType, ptr := 0, "mouse"
	if v.touch() {
		pointerType, ptr = 2, "touch"
		v.act(actionTouchStart, n.id, x, y, pointerType)
		v.wait(v.between(40, 110))
		v.act(actionTouchEnd, n.id, x, y, pointerType)
		v.wait(8)
	}
	v.act(actionMouseDown, n.id, x, y, pointerType)
	v.refocus(e, n)
	v.wait(v.between(50, 120))
	v.act(actionMouseUp, n.id, x, y, pointerType)
	v.act(actionClick, n.id, x, y, pointerType)

	b := e.Boxes[v.width]
	top := b[1]
	if e.Fixed {
		top += v.scroll
	}
	fraction := func(at, start, length float64) float64 {
		return math.Round(math.Min(1, math.Max(0, (at-start)/length))*1e4) / 1e4
	}
	members := v.sizes(map[string]any{
		"el": e.Selector, "fx": fraction(x, b[0], b[2]), "fy": fraction(y+v.scroll, top, b[3]),
		"x": math.Round(x), "y": math.Round(y + v.scroll), "ptr": ptr,
	})
	if e.Fixed {
		members["fixed"] = 1
	}
	v.tape.signal(v.now, "click", members)
}

func (v *visit) act(action, id int, x, y float64, pointerType int) {
	v.tape.event(v.now, eventIncremental, map[string]any{
		"source": replayAction, "type": action, "id": id, "x": x, "y": y, "pointerType": pointerType,
	})
}

// refocus moves the focus with a press, as browsers do.
func (v *visit) refocus(e *layoutElement, n *node) {
	takes := e.Kind == "field" || e.Kind == "check" || e.Kind == "button" || e.Kind == "link"
	if v.focus == n.id {
		return
	}
	if v.focus != 0 && v.doc.byID[v.focus] != nil {
		v.tape.event(v.now, eventIncremental, map[string]any{"source": replayAction, "type": actionBlur, "id": v.focus})
	}
	v.focus = 0
	if takes {
		v.focus = n.id
		v.tape.event(v.now, eventIncremental, map[string]any{"source": replayAction, "type": actionFocus, "id": n.id})
	}
}

// write fills a field with so many keystrokes. A recording learns that the
// field is not empty any more, the signals learn totals; of a protected field
// neither learns anything.
func (v *visit) write(ref string, keys int) {
	e := v.element("field", ref)
	if !v.click(e) {
		return
	}
	v.wait(v.between(200, 900))
	n := v.node(e.Selector)
	spent := 0.0
	for range keys {
		spent += v.lognormal(150, 0.4)
	}
	if ref == "password" {
		v.wait(spent)
		return
	}
	v.tape.event(v.now, eventIncremental, map[string]any{
		"source": replayInput, "id": n.id, "text": mask, "isChecked": false,
	})
	v.wait(spent)
	v.tape.signal(v.now, "typing", map[string]any{"el": e.Selector, "n": keys, "ms": math.Round(spent)})
}
