package native

// Source has the values of a column, one for each row, and gives them a piece at
// a time: a column of all of them would be megabytes that are written once, read
// once and thrown away.
type Source[V any] struct {
	Rows int
	Fill func(from int, into []V) // with the values from a row on
}

// All gives the values as a slice.
func (s Source[V]) All() any {
	all := make([]V, s.Rows)
	s.Fill(0, all)
	return all
}

// pieceRows is how many values are looked at together.
const pieceRows = 256

// pieces goes through the values of a source.
type pieces[V any] struct {
	Source[V]
	at   int // row of the next value
	room []V
}

func newPieces[V any](s Source[V]) pieces[V] { return pieces[V]{Source: s} }

func (p *pieces[V]) rows() int { return p.Rows }

// next gives values that follow; none when all were given.
func (p *pieces[V]) next() []V {
	if p.room == nil {
		p.room = make([]V, min(pieceRows, p.Rows))
	}
	piece := p.room[:min(len(p.room), p.Rows-p.at)]
	if len(piece) > 0 {
		p.Fill(p.at, piece)
		p.at += len(piece)
	}
	return piece
}

func (p *pieces[V]) done() bool { return p.at == p.Rows }
