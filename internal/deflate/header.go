package deflate

// header writes what stands before a block whose codes it tells (RFC 1951,
// 3.2.7): that it is the last, and the lengths of the codes. Runs are told
// short.
func header(w *writer, literals, distances []uint8) {
	w.put(1|2<<1, 3)
	w.put(uint64(len(literals)-257), 5)
	w.put(uint64(len(distances)-1), 5)
	w.put(lengthSymbols-4, 4)
	lengths := lengthLengths()
	for _, symbol := range lengthOrder {
		w.put(uint64(lengths[symbol]), 3)
		w.flush()
	}
	codes := assigned(lengths[:])
	all := append(append([]uint8(nil), literals...), distances...)
	for i := 0; i < len(all); {
		w.code(codes[all[i]])
		w.flush()
		same := i + 1
		for same < len(all) && all[same] == all[i] {
			same++
		}
		for i++; same-i >= 3; i += min(same-i, 6) { // three to six times the same
			w.code(codes[repeatLast])
			w.put(uint64(min(same-i, 6)-3), 2)
			w.flush()
		}
	}
}

const (
	repeatLast    = 16
	lengthSymbols = 19
)

// lengthOrder is that in which the lengths of the codes for lengths stand.
var lengthOrder = [lengthSymbols]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// lengthLengths are those of the codes for lengths: a complete set of codes for
// 0 to 12 and for the last once more, which there is most often.
func lengthLengths() (n [lengthSymbols]uint8) {
	for symbol := range 13 {
		n[symbol] = 4
	}
	for _, rare := range [...]int{0, 1, 2, 3} {
		n[rare] = 5
	}
	n[repeatLast], n[12] = 2, 3
	return n
}
