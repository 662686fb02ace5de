package eventlog

// keptRoom is the memory for what records of the tail keep until their reader
// releases them: keys and headers. The zero value is ready; it is for one
// goroutine.
type keptRoom struct {
	used, spare []*keptBlock // used in the order of reading; the last is being filled
}

// keptBlock is memory of which records have parts, from the front.
type keptBlock struct {
	headers                [keptHeaders]Header
	bytes                  [keptBytes]byte
	headersUsed, bytesUsed int
	last                   int64 // so many records have been read with the last of them
}

const (
	// keptHeaders and keptBytes are what some 110 records need.
	keptHeaders = 1000
	keptBytes   = 56 << 10
	// mostHeaders is how many headers a record has at most, as a producer of this
	// process writes it; slackBytes what it may keep more than its batch's first.
	mostHeaders = 10
	// keptTogether records take room together: less than half of a block is.
	keptTogether = 32
	slackBytes   = 16
)

// take is room for so many records of which the first keeps so many bytes: empty
// lists, which grow elsewhere should it not do. last is how many records will
// have been read with them.
func (r *keptRoom) take(records, bytes int, last int64) ([]Header, []byte) {
	h, n := mostHeaders*records, (bytes+slackBytes)*records
	if h > keptHeaders/2 || n > keptBytes/2 {
		return make([]Header, 0, h), make([]byte, 0, n)
	}
	var b *keptBlock
	if at := len(r.used) - 1; at >= 0 {
		b = r.used[at]
	}
	if b == nil || b.headersUsed+h > keptHeaders || b.bytesUsed+n > keptBytes {
		b = r.another()
	}
	headers := b.headers[b.headersUsed : b.headersUsed : b.headersUsed+h]
	text := b.bytes[b.bytesUsed : b.bytesUsed : b.bytesUsed+n]
	b.headersUsed, b.bytesUsed, b.last = b.headersUsed+h, b.bytesUsed+n, last
	return headers, text
}

func (r *keptRoom) another() (b *keptBlock) {
	if last := len(r.spare) - 1; last >= 0 {
		b, r.spare = r.spare[last], r.spare[:last]
	} else {
		b = new(keptBlock)
	}
	r.used = append(r.used, b)
	return b
}

// release takes back what only the first so many records need. As much is kept
// to be used again as was in use: what a backlog took is let go when it is worked
// off.
func (r *keptRoom) release(records int64) {
	n := 0
	for n < len(r.used) && r.used[n].last <= records {
		b := r.used[n]
		clear(b.headers[:b.headersUsed]) // of what they keep in memory
		b.headersUsed, b.bytesUsed = 0, 0
		n++
	}
	keep := min(len(r.spare), len(r.used))
	clear(r.spare[keep:])
	r.spare = append(r.spare[:keep], r.used[:n]...)
	left := copy(r.used, r.used[n:])
	clear(r.used[left:])
	r.used = r.used[:left]
}
