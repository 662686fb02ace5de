package eventlog

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"hindsight/internal/fault"
)

// headerOrder names what a record without a frame orders; orderErase is the
// only order there is.
const (
	headerOrder = "order"
	orderErase  = "erase"
)

// Erasure orders that everything of one visitor of a site is erased. It lies in
// every partition, so that whoever reads one executes it after all that came
// before it there.
type Erasure struct {
	Site     string    // site id, 1 to 128 bytes
	Visitor  [16]byte  // the visitor's hash, as frames carry it
	Received time.Time // when the collector had the order; to the millisecond
}

// AppendErasure puts the order into every partition and returns when all in-sync
// replicas of all of them have it. After an error some may have it; the order may
// be given again. It waits while the log was never reached.
//
// Partitions that were added while this process runs are not among them, nor are
// they used for its records.
func (p *Producer) AppendErasure(ctx context.Context, e *Erasure) error {
	if e.Site == "" || len(e.Site) > maxSiteBytes || e.Received.UnixMilli() <= 0 {
		return errors.New("erasure without a site or a receive time")
	}
	if err := p.awaitReady(ctx); err != nil {
		return err
	}
	piece := e.encode()
	size := int64(len(piece.head) + len(piece.tail) + 16)
	// Buffered: whoever answers after ctx has ended must not hang.
	answers := make(chan error, len(p.parts))
	for _, q := range p.parts {
		if err := p.acquire(ctx, size); err != nil {
			return err
		}
		if !q.append(piece, e.Received.UnixMilli(), size, func(err error) { answers <- err }) {
			p.release(size)
			return ErrClosed
		}
		fault.Here(fault.AfterOrder)
	}
	for range p.parts {
		select {
		case err := <-answers:
			if err != nil {
				return fmt.Errorf("append an erasure: %w", err)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// encode lays the record out; a batch copies it.
func (e *Erasure) encode() parts {
	var id [32]byte
	hex.Encode(id[:], e.Visitor[:])
	head := binary.AppendVarint(appendBytes(nil, id[:]), 0) // no value
	tail := binary.AppendVarint(nil, 4)
	tail = appendHeader(tail, headerVersion, recordVersion)
	tail = appendHeader(tail, headerOrder, orderErase)
	tail = appendHeader(tail, headerSite, e.Site)
	tail = appendHeader(tail, headerReceived, strconv.FormatInt(e.Received.UnixMilli(), 10))
	return parts{head: head, tail: tail}
}

// DecodeErasure reads an order. ok tells whether the record is one at all; an
// error says what is wrong with it, and then it belongs to the dead letters.
func DecodeErasure(f *Fetched) (e Erasure, ok bool, err error) {
	var r Record // headers mean the same in both
	for i := range f.Headers {
		h := &f.Headers[i]
		switch h.Key {
		case headerOrder:
			ok = true
			if string(h.Value) != orderErase {
				err = errors.New("record holds an unknown order")
			}
		case headerVersion, headerSite, headerReceived:
			if _, bad := r.setHeader(h); bad != nil && err == nil {
				err = bad
			}
		}
	}
	switch {
	case !ok:
		return Erasure{}, false, nil
	case err == nil && (r.Site == "" || r.Received.IsZero()):
		err = errors.New("erasure without a site or a receive time")
	case err == nil && !decodeID(&e.Visitor, f.Key):
		err = errors.New("erasure's key is no visitor's hash")
	}
	e.Site, e.Received = r.Site, r.Received
	return e, true, err
}
