package heatmap

// Band is a range of viewport widths in CSS px, both ends inclusive. Layouts
// change at about these widths, so a page is drawn for one band at a time.
type Band struct {
	Min int
	Max int // 0: open upwards
}

// Bands returns every band, narrowest first. Together they cover all widths.
func Bands() []Band {
	return []Band{{0, 479}, {480, 767}, {768, 1023}, {1024, 1439}, {1440, 0}}
}

// BandOf returns the band that a viewport width lies in.
func BandOf(width int) Band {
	bands := Bands()
	for _, b := range bands {
		if b.Contains(width) {
			return b
		}
	}
	return bands[0] // a negative width; widths are unsigned where they rest
}

// Contains tells whether a viewport width lies in the band.
func (b Band) Contains(width int) bool {
	return width >= b.Min && (b.Max == 0 || width <= b.Max)
}

// WidthCount is how much was counted at one viewport width: clicks, ms of
// movement, or page views.
type WidthCount struct {
	Width int
	Count uint64
}

// BandCount is how much was counted in one band.
type BandCount struct {
	Band
	Count uint64
	// Width is the most common viewport width of the band, the narrowest of
	// equals; a snapshot near it looks like what most visitors saw.
	Width int
}

// CountBands sums widths into bands and leaves out the bands that are empty.
func CountBands(widths []WidthCount) []BandCount {
	perWidth := make(map[int]uint64, len(widths))
	for _, w := range widths {
		perWidth[w.Width] += w.Count
	}
	var out []BandCount
	for _, b := range Bands() {
		c := BandCount{Band: b}
		var most uint64
		for w, n := range perWidth {
			if n == 0 || !b.Contains(w) {
				continue
			}
			c.Count += n
			if n > most || n == most && w < c.Width {
				most, c.Width = n, w
			}
		}
		if c.Count > 0 {
			out = append(out, c)
		}
	}
	return out
}

// Fullest returns the band with most counted, the narrower of equals; false
// when nothing was counted at all.
func Fullest(bands []BandCount) (BandCount, bool) {
	var best BandCount
	for _, b := range bands {
		if b.Count > best.Count {
			best = b
		}
	}
	return best, best.Count > 0
}
