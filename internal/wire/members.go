package wire

// Each kind of signal reads its own members. The numbers are places in the set
// of members seen; the needs say which of them must be there.

const (
	viewNeeds      = 1<<13 - 1
	loadNeeds      = 1
	clickNeeds     = 1<<10 - 1
	deadNeeds      = 1
	moveNeeds      = 1<<5 - 1
	scrollNeeds    = 1<<5 - 1
	attentionNeeds = 1<<5 - 1
	fieldNeeds     = 1<<6 - 1
	submitNeeds    = 1<<2 - 1
	typingNeeds    = 1<<3 - 1
	vitalNeeds     = 1<<3 - 1
	errorNeeds     = 1<<2 - 1
	eventNeeds     = 1
	identifyNeeds  = 1
	setNeeds       = 1
	consentNeeds   = 1<<2 - 1
	visibleNeeds   = 1
	gapNeeds       = 1<<2 - 1
)

func (a *At) at() *At { return a }

func (v *View) member(r *reader, d *decoder, name string) bool {
	switch name {
	case "url":
		v.URL = r.str(0, 0)
	case "title":
		v.Title = r.str(1, 0)
	case "ref":
		v.Referrer = r.str(2, 0)
	case "nav":
		v.Nav = r.word(3, "load", "reload", "back", "spa")
	case "lang":
		v.Language = r.str(4, 0)
	case "tz":
		v.TimeZone = r.str(5, 0)
	case "sw":
		v.ScreenW = r.px(6, 0, maxScreen)
	case "sh":
		v.ScreenH = r.px(7, 0, maxScreen)
	case "vw":
		v.ViewportW = r.px(8, 0, maxScreen)
	case "vh":
		v.ViewportH = r.px(9, 0, maxScreen)
	case "dw":
		v.DocumentW = r.px(10, 0, maxPx)
	case "dh":
		v.DocumentH = r.px(11, 0, maxPx)
	case "dpr":
		v.DPR = r.num(12, 0, 100)
	case "hints":
		v.hints(r, d)
	default:
		return false
	}
	return true
}

func (l *Load) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "ms":
		l.MS = r.num(0, 0, maxMS)
	case "ttfb":
		l.TTFB = r.maybe()
	case "dcl":
		l.DCL = r.maybe()
	case "fcp":
		l.FCP = r.maybe()
	default:
		return false
	}
	return true
}

func (c *Click) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "el":
		c.Selector = r.name(0, MaxSelector)
	case "fx":
		c.FX = r.num(1, 0, 1)
	case "fy":
		c.FY = r.num(2, 0, 1)
	case "x":
		c.X = r.px(3, -maxPx, maxPx)
	case "y":
		c.Y = r.px(4, -maxPx, maxPx)
	case "vw":
		c.ViewportW = r.px(5, 0, maxScreen)
	case "vh":
		c.ViewportH = r.px(6, 0, maxScreen)
	case "dw":
		c.DocumentW = r.px(7, 0, maxPx)
	case "dh":
		c.DocumentH = r.px(8, 0, maxPx)
	case "ptr":
		c.Pointer = r.word(9, "mouse", "touch", "pen")
	case "fixed":
		c.Fixed = r.flag(optional)
	case "sx":
		c.ScrollX = r.px(optional, -maxPx, maxPx)
	case "sy":
		c.ScrollY = r.px(optional, -maxPx, maxPx)
	case "able":
		c.Able = r.flag(optional)
	default:
		return false
	}
	return true
}

func (s *Scroll) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "y":
		s.Y = r.px(0, -maxPx, maxPx)
	case "max":
		s.Max = r.px(1, 0, maxPx)
	case "vw":
		s.ViewportW = r.px(2, 0, maxScreen)
	case "vh":
		s.ViewportH = r.px(3, 0, maxScreen)
	case "dh":
		s.DocumentH = r.px(4, 0, maxPx)
	default:
		return false
	}
	return true
}

func (e *Dead) member(r *reader, _ *decoder, name string) bool {
	if name != "of" {
		return false
	}
	e.Of = r.num(0, 0, maxT)
	return true
}

func (f *Field) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "el":
		f.Selector = r.name(0, MaxSelector)
	case "form":
		f.Form = r.str(optional, MaxSelector)
	case "ms":
		f.MS = r.num(1, 0, maxMS)
	case "wait":
		f.Wait = r.maybe()
	case "n":
		f.Changes = r.whole(2, 0, maxCount)
	case "refills":
		f.Refills = r.whole(3, 0, maxCount)
	case "filled":
		f.Filled = r.flag(4)
	case "left":
		f.Left = r.word(5, "blur", "submit", "leave")
	default:
		return false
	}
	return true
}

func (s *Submit) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "el":
		s.Selector = r.name(0, MaxSelector)
	case "n":
		s.Fields = r.whole(1, 0, maxCount)
	default:
		return false
	}
	return true
}

func (v *Vital) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "name":
		v.Name = r.word(0, "LCP", "INP", "CLS", "FCP", "TTFB")
	case "value":
		v.Value = r.num(1, 0, maxMS)
	case "rating":
		v.Rating = r.word(2, "good", "needs-improvement", "poor")
	default:
		return false
	}
	return true
}

func (t *Typing) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "el":
		t.Selector = r.name(0, MaxSelector)
	case "n":
		t.Keys = r.whole(1, 0, maxCount)
	case "ms":
		t.MS = r.num(2, 0, maxMS)
	default:
		return false
	}
	return true
}

func (e *ScriptError) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "msg":
		e.Message = r.str(0, 0)
	case "type":
		e.Type = r.word(1, "error", "rejection")
	case "stack":
		e.Stack = r.str(optional, 0)
	case "src":
		e.Source = r.str(optional, 0)
	case "line":
		e.Line = r.whole(optional, 0, 1<<31-1)
	case "col":
		e.Col = r.whole(optional, 0, 1<<31-1)
	default:
		return false
	}
	return true
}

func (e *Event) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "name":
		e.Name = r.name(0, MaxEventName)
	case "props":
		e.Props = r.props(optional)
	default:
		return false
	}
	return true
}

func (i *Identify) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "id":
		i.ID = r.name(0, 0)
	case "traits":
		i.Traits = r.props(optional)
	default:
		return false
	}
	return true
}

func (s *Set) member(r *reader, _ *decoder, name string) bool {
	if name != "props" {
		return false
	}
	s.Props = r.props(0)
	return true
}

func (c *Consent) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "state":
		c.State = r.word(0, "granted", "denied", "implied")
	case "version":
		c.Version = r.str(1, 0)
	case "key":
		c.Key = r.str(optional, 0)
	case "at":
		c.Given = r.num(optional, 0, maxUnixMS)
	case "url":
		c.URL = r.str(optional, 0)
	case "held":
		c.Held = r.flag(optional)
	default:
		return false
	}
	return true
}

func (v *Visible) member(r *reader, _ *decoder, name string) bool {
	if name != "on" {
		return false
	}
	v.On = r.flag(0)
	return true
}

func (g *Gap) member(r *reader, _ *decoder, name string) bool {
	switch name {
	case "reason":
		g.Reason = r.word(0, "memory", "budget", "too_large", "paused")
	case "to":
		g.To = r.num(1, 0, maxT)
	default:
		return false
	}
	return true
}
