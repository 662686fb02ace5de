package processor

// clocksApartMS is how far the clocks of two collectors may be apart. An order
// means what was received until this long after it: a session that began right
// before it, at a collector whose clock is ahead, goes as well.
const clocksApartMS = 1000

// maxOrders bounds each half of the orders that are remembered, at some 100 bytes.
const maxOrders = 10_000

// erasure is whom an order wants to be forgotten.
type erasure struct {
	site    string
	visitor [16]byte
}

// orders are the last erasures that were read, each with the Unix ms until which
// it means what was received: a record that was on its way when the order came
// may lie behind it in the log.
type orders struct{ recent, older map[erasure]int64 }

func (o *orders) add(e erasure, until int64) {
	if o.recent == nil || len(o.recent) >= maxOrders {
		o.recent, o.older = map[erasure]int64{}, o.recent
	}
	before, _ := o.of(e)
	o.recent[e] = max(before, until)
}

func (o *orders) of(e erasure) (until int64, some bool) {
	if len(o.recent) == 0 {
		return 0, false
	}
	if until, some = o.recent[e]; !some {
		until, some = o.older[e]
	}
	return until, some
}
