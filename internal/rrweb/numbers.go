package rrweb

import "strconv"

// maxWhole is the largest whole number that a JavaScript number holds.
const maxWhole = 1 << 53

// whole reads a whole number, of either sign. What is none is a fault, here or
// where the scanner finds something else than the end of a value behind it.
func (r *Reader) whole() int64 {
	s := &r.in
	negative := s.peek() == '-'
	if negative {
		s.pos++
	}
	var n int64
	from := s.pos
	for s.pos < len(s.b) && s.pos-from < 17 && s.b[s.pos]-'0' <= 9 {
		n = n*10 + int64(s.b[s.pos]-'0')
		s.pos++
	}
	if digits := s.pos - from; digits == 0 || digits > 16 || n > maxWhole || digits > 1 && s.b[from] == '0' {
		r.fault()
		return 0
	}
	if negative {
		return -n
	}
	return n
}

// another reads the whole number that must stand next in an array.
func (r *Reader) another() int64 {
	s := &r.in
	if n, end := quick(s.b, s.pos); end > 0 {
		s.pos = end
		return n
	}
	if !s.next(false, ']') {
		r.fault()
		return 0
	}
	return r.whole()
}

// quick reads a comma and a whole number of few digits as trackers write them,
// up to the comma or bracket behind it, and tells where that stands. Whatever
// else is there is left to who is slower, and end is 0.
func quick(b []byte, i int) (n int64, end int) {
	if i+8 > len(b) || b[i] != ',' {
		return 0, 0
	}
	i++
	negative := b[i] == '-'
	if negative {
		i++
	}
	first := b[i] - '0'
	if first > 9 {
		return 0, 0
	}
	v := uint32(first)
	i++
	for stop := i + 4; i < stop && i < len(b); i++ {
		d := b[i] - '0'
		if d > 9 {
			break
		}
		if v == 0 {
			return 0, 0 // a leading zero
		}
		v = v*10 + uint32(d)
	}
	if i >= len(b) || b[i] != ',' && b[i] != ']' {
		return 0, 0
	}
	n = int64(v)
	if negative {
		n = -n
	}
	return n, i
}

// intSize is how many bytes appendInt appends.
func intSize(n int64) (size int) {
	if n < 0 {
		size, n = 1, -n
	}
	switch { // a division for each digit takes longer than to append them
	case n < 10:
		return size + 1
	case n < 100:
		return size + 2
	case n < 1000:
		return size + 3
	case n < 10_000:
		return size + 4
	}
	for size += 4; n >= 10_000; size++ {
		n /= 10
	}
	return size
}

// appendInt is strconv.AppendInt, quicker for the small numbers that places and
// ids are.
func appendInt(to []byte, n int64) []byte {
	if n < 0 && n > -10_000 {
		to, n = append(to, '-'), -n
	}
	switch {
	case n < 0 || n >= 10_000:
		return strconv.AppendInt(to, n, 10)
	case n < 10:
		return append(to, '0'+byte(n))
	case n < 100:
		return append(to, '0'+byte(n/10), '0'+byte(n%10))
	case n < 1000:
		return append(to, '0'+byte(n/100), '0'+byte(n/10%10), '0'+byte(n%10))
	}
	return append(to, '0'+byte(n/1000), '0'+byte(n/100%10), '0'+byte(n/10%10), '0'+byte(n%10))
}
