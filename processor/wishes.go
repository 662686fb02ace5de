package processor

import (
	"context"
	"maps"
	"time"
)

// Orders to erase are carried out together, beside the storing of batches and not
// before it, and not all the time: so a visitor who gives one each second holds
// nobody back. What it costs the store hardly depends on how many there are, takes
// seconds where the store is busy, and has all pages of the days concerned derived
// anew. An order that comes when none has for a while is begun at once.
const (
	// erasureShare: so many times as long as it took the next ones wait.
	erasureShare = 20
	// mostErasurePause bounds that.
	mostErasurePause = time.Minute
)

// order is one that was read, or that a record which came too late recalls.
type order struct {
	erasure
	until     int64
	partition int
	offset    int64 // of the order, or of that record
	counts    bool  // the same order lies in every partition
}

// wishes are orders that were read and are not carried out yet. What lies in the
// log from the first of them on is not committed until then: whoever is killed, or
// loses the partition, leaves them to the next one. They are one generation's.
type wishes struct {
	orders   map[erasure]*wish
	sessions map[string][][16]byte // by site, of which was written down that they are gone
	held                           // by orders that wait
	running  *run                  // nil while none is
	stored   map[int]int64         // by partition, the first offset that is not stored, if there was a hold
}

type wish struct {
	until int64
	// written says that its sessions are written down: what is sent again of them is
	// left out, and hides no more that the session began before the order.
	written bool
}

// held is what waits for orders.
type held struct {
	counted int           // orders that count
	from    map[int]int64 // by partition, the offset of the first of them
}

// run is orders that are being carried out.
type run struct {
	held
	visitors int
	cancel   context.CancelFunc
	began    time.Time
	ended    chan error
}

func newWishes() *wishes {
	w := &wishes{stored: map[int]int64{}}
	w.clear()
	return w
}

// clear forgets what waits.
func (w *wishes) clear() {
	w.orders, w.sessions, w.held = map[erasure]*wish{}, map[string][][16]byte{}, held{from: map[int]int64{}}
}

func (w *wishes) add(o *order) {
	if has := w.orders[o.erasure]; has == nil || has.until < o.until {
		w.orders[o.erasure] = &wish{until: o.until}
	}
	if at, held := w.from[o.partition]; !held || o.offset < at {
		w.from[o.partition] = o.offset
	}
	if o.counts {
		w.counted++
	}
}

// urgent adds what the records recall, and gives the orders whose sessions have to
// be written down before these records are stored: of a visitor who has sent again
// since, which would hide when a session began, and those that were carried out
// before a record came that they mean.
func (w *wishes) urgent(known *orders, b *batch) map[erasure]int64 {
	out := map[erasure]int64{}
	for i, r := range b.records {
		key := erasure{r.Site, r.Batch.Visitor}
		if at := w.orders[key]; at != nil {
			switch {
			case r.Batch.ReceivedAt <= at.until:
				at.written = false
			case !at.written:
				at.written = true
				out[key] = at.until
			}
			continue
		}
		if until, some := known.of(key); some && r.Batch.ReceivedAt <= until {
			w.add(&order{erasure: key, until: until, partition: b.origins[i].Partition, offset: b.origins[i].Offset})
			w.orders[key].written = true
			out[key] = until
		}
	}
	return out
}

// visitors is of how many the erasure is not over.
func (w *wishes) visitors() int {
	if w.running == nil {
		return len(w.orders)
	}
	return len(w.orders) + w.running.visitors
}

// all gives every order that waits.
func (w *wishes) all() map[erasure]int64 {
	out := make(map[erasure]int64, len(w.orders))
	for key, at := range w.orders {
		out[key] = at.until
	}
	return out
}

// commit gives the offsets that may be committed once everything before next is stored.
func (w *wishes) commit(next map[int]int64) map[int]int64 {
	maps.Copy(w.stored, next)
	out := maps.Clone(w.stored)
	holds := []map[int]int64{w.from}
	if w.running != nil {
		holds = append(holds, w.running.from)
	}
	free := maps.Clone(w.stored)
	for _, hold := range holds {
		for partition, at := range hold {
			delete(free, partition)
			if offset, some := out[partition]; some {
				out[partition] = min(at, offset)
			}
		}
	}
	for partition := range free { // what nothing holds is told once
		delete(w.stored, partition)
	}
	return out
}

// waiting is how many records are stored and not committed.
func (w *wishes) waiting() (n int64) {
	for partition, offset := range w.stored {
		from := offset
		if at, some := w.from[partition]; some {
			from = min(from, at)
		}
		if w.running != nil {
			if at, some := w.running.from[partition]; some {
				from = min(from, at)
			}
		}
		n += offset - from
	}
	return n
}

// end stops what is running, and waits for it.
func (w *wishes) end() {
	if w.running != nil {
		w.running.cancel()
		for range w.running.ended { // until nothing is done any more
		}
		w.running = nil
	}
}
