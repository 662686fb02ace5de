package eventlog

import "sync"

// batchPool keeps the memory of batches between uses. It holds memory only,
// no state: what a batch was is wiped before it is handed out.
type batchPool struct{ pool sync.Pool }

func (p *batchPool) get() *batch {
	b, _ := p.pool.Get().(*batch)
	if b == nil {
		b = new(batch)
	}
	b.reset()
	return b
}

func (p *batchPool) put(b *batch) {
	clear(b.records) // let go of the callbacks
	p.pool.Put(b)
}
