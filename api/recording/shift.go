package recording

import "strconv"

// appendShifted appends an event with its timestamp moved by offset ms; nothing
// else of it changes.
func appendShifted(dst []byte, e event, offset int64) []byte {
	dst = append(dst, e.raw[:e.tsFrom]...)
	if n, err := strconv.ParseInt(string(e.raw[e.tsFrom:e.tsTo]), 10, 64); err == nil {
		dst = strconv.AppendInt(dst, n+offset, 10)
	} else {
		dst = strconv.AppendFloat(dst, e.ts+float64(offset), 'f', -1, 64)
	}
	return append(dst, e.raw[e.tsTo:]...)
}
