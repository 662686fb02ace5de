package processor

import (
	"context"
	"time"

	"hindsight/internal/eventlog"
	"hindsight/internal/store"
)

// batch is what is stored and committed together.
type batch struct {
	records []*store.Record
	letters []letter
	// orders to erase visitors: all that came before them is among the records, or
	// was stored earlier.
	orders []order
	// suspects are sections that may be stored though they are to be refused.
	suspects []store.Sections
	// origins is where each element of records lies in the log.
	origins []*eventlog.Fetched
	next    map[int]int64 // first offset after the batch, by partition
	read    int
	bytes   int
}

// letter is a dead letter to write.
type letter struct {
	fetched       *eventlog.Fetched
	reason        string
	site, session string
	payload       bool
}

// idleWait is how long to wait for a first record before lag is looked at again.
const idleWait = time.Second

// fetchBytes is the most that one request asks of a broker: twice that may be held
// beside the batch.
const fetchBytes = 4 << 20

// behindFactor is how many intervals a processor that is behind gathers for.
const behindFactor = 10

// gather reads and decodes records until enough are in hand, or FlushInterval
// has passed since the first; behindFactor times that while the log holds more
// than is in hand, since much of what a batch costs does not depend on its size.
// ended tells that the generation is over, or that the processor is to stop; what
// is in hand by then is given all the same.
func (p *Processor) gather(ctx context.Context, d *decoder, g *eventlog.Generation, before *memory, w *wishes) (b *batch, ended bool) {
	b = &batch{next: map[int]int64{}}
	wait := idleWait
	var until, atMost time.Time
	for b.read < p.cfg.FlushRecords && b.bytes < p.cfg.FlushBytes {
		if !until.IsZero() {
			if wait = time.Until(until); wait <= 0 {
				if wait = time.Until(atMost); wait <= 0 || !behind(g, b, w) {
					break
				}
			}
		}
		records, err := g.Fetch(ctx, p.cfg.FlushRecords-b.read, min(p.cfg.FlushBytes, fetchBytes), wait)
		if p.recall(ctx, before, records) != nil {
			return b, true // ctx has ended: these are not taken, and so read again
		}
		for i := range records {
			p.take(b, d, before.earlier, &records[i])
		}
		switch {
		case err != nil:
			return b, true
		case b.read == 0:
			return b, false
		case until.IsZero():
			until = time.Now().Add(p.cfg.FlushInterval)
			atMost = until.Add((behindFactor - 1) * p.cfg.FlushInterval)
		}
	}
	return b, false
}

// behind tells whether the log holds a quarter more than is in hand.
func behind(g *eventlog.Generation, b *batch, w *wishes) bool {
	waiting := -w.waiting()
	for _, n := range g.Lag() { // not committed: also what is in hand
		waiting += n
	}
	return 4*waiting > 5*int64(b.read)
}

// take decodes one record into the batch.
func (p *Processor) take(b *batch, d *decoder, earlier *store.Earlier, f *eventlog.Fetched) {
	b.read++
	b.bytes += len(f.Value)
	b.next[f.Partition] = f.Offset + 1
	if told, ok, err := eventlog.DecodeErasure(f); ok {
		p.takeErasure(b, f, told, err)
		return
	}
	out, err := d.decode(f)
	if err != nil {
		b.letters = append(b.letters, p.unread(f, err))
		p.metrics.records.WithLabelValues("dead").Inc()
		return
	}
	p.metrics.took(&out)
	out.Record.New = !earlier.Has(out.Record.Site, out.Record.Session)
	b.suspect(&out)
	if out.Refused != "" {
		reason := out.Refused
		if out.Guarded {
			p.metrics.refusals.WithLabelValues(reason).Inc()
			reason = reasonGuard + reason
		}
		b.letters = append(b.letters, letterOf(f, out.Record, reason))
		p.metrics.records.WithLabelValues("partial").Inc()
	} else {
		p.metrics.kept.Inc()
	}
	b.records = append(b.records, out.Record)
	// The frame is not needed any more: only a record that could not be decoded
	// takes its payload along, and this one could.
	b.bytes += rowBytes(out.Record) - len(f.Value)
	f.Value = nil
	b.origins = append(b.origins, f)
}

// takeErasure notes an order. The same order lies in every partition; it is
// executed each time, and counted in the first.
func (p *Processor) takeErasure(b *batch, f *eventlog.Fetched, told eventlog.Erasure, err error) {
	if err != nil {
		b.letters = append(b.letters, letter{fetched: f, reason: reasonRecord})
		p.metrics.records.WithLabelValues("dead").Inc()
		return
	}
	o := order{erasure{told.Site, told.Visitor}, told.Received.UnixMilli() + clocksApartMS, f.Partition, f.Offset, f.Partition == 0}
	b.orders = append(b.orders, o)
	p.orders.add(o.erasure, o.until)
	p.metrics.records.WithLabelValues("erasure").Inc()
}

// rowBytes is about what a record's rows hold in memory.
func rowBytes(r *store.Record) int {
	n := 512 + 256*(len(r.Views)+len(r.Events)) + 128*(len(r.HeatPoints)+len(r.Hits))
	for i := range r.Traces {
		n += 256 + 12*len(r.Traces[i].X)
	}
	if r.Chunk != nil {
		n += len(r.Chunk.Payload)
	}
	for i := range r.Sheets {
		n += 256 + len(r.Sheets[i].Payload)
	}
	return n
}
