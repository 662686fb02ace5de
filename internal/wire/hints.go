package wire

// maxBrands bounds the list of brands; browsers have three or four.
const maxBrands = 16

// hints reads what client hints told.
func (v *View) hints(r *reader, d *decoder) {
	if r.null() {
		return
	}
	if !r.open('{') {
		r.judge(optional, false)
		return
	}
	v.HasHints = true
	for first := true; ; first = false {
		name, ok := r.member(first)
		if !ok {
			return
		}
		switch name {
		case "brands":
			v.Brands = d.readBrands()
		case "browser":
			v.Browser = r.str(optional, 0)
		case "browser_version":
			v.BrowserVersion = r.str(optional, 0)
		case "os":
			v.OS = r.str(optional, 0)
		case "os_version":
			v.OSVersion = r.str(optional, 0)
		case "mobile":
			v.Mobile = r.flag(optional)
		default:
			d.out.UnknownMembers++
			r.skip(4)
		}
	}
}

// readBrands reads an array of pairs. All brands of a section lie in one piece
// of memory.
func (d *decoder) readBrands() []Brand {
	if d.null() {
		return nil
	}
	start, valid := len(d.out.brands), true
	if !d.open('[') {
		d.judge(optional, false)
		return nil
	}
	for first := true; d.next(first, ']'); first = false {
		var pair [2]string
		n := 0
		if !d.open('[') {
			valid = false
			continue
		}
		for first := true; d.next(first, ']'); first = false {
			text, ok := d.text()
			if !ok || n == len(pair) {
				valid = false
				continue
			}
			pair[n] = d.texts.keep(text)
			n++
		}
		if n != len(pair) || len(d.out.brands)-start == maxBrands {
			valid = false
			continue
		}
		d.out.brands = append(d.out.brands, Brand{Name: pair[0], Version: pair[1]})
	}
	d.judge(optional, valid)
	return d.out.brands[start:len(d.out.brands):len(d.out.brands)]
}
