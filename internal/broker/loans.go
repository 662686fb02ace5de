package broker

import (
	"crypto/rand"
	"encoding/binary"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"

	"hindsight/internal/eventlog"
)

// loans are batches that a producer of this process has the broker take where
// they lie. The zero value has none.
type loans struct {
	mu     sync.Mutex
	random [16]byte // nobody outside knows it, so that nobody else can name a loan
	made   uint64
	of     map[loanName][]byte
}

// loanName stands in a request in place of a batch. It is shorter than any: the
// broker refuses one that names nothing.
type loanName [24]byte

// Lend is for eventlog.Config.Lender: without it each batch is copied three times
// on its way through the pipe, the last time into memory that was never used.
func (b *Broker) Lend(batch []byte) []byte { return b.loans.lend(batch) }

// Back ends a loan.
func (b *Broker) Back(name []byte) { b.loans.back(name) }

func (l *loans) lend(batch []byte) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		_, _ = rand.Read(l.random[:]) // it never fails
		l.of = map[loanName][]byte{}
	}
	l.made++
	var name loanName
	copy(name[:], l.random[:])
	binary.BigEndian.PutUint64(name[len(l.random):], l.made)
	l.of[name] = batch
	return name[:]
}

func (l *loans) back(name []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.of, loanName(name))
}

// putInPlace puts batches where a request names them.
func (l *loans) putInPlace(request *kmsg.ProduceRequest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range request.Topics {
		if request.Topics[i].Topic != eventlog.TopicEvents {
			continue
		}
		for j := range request.Topics[i].Partitions {
			p := &request.Topics[i].Partitions[j]
			if len(p.Records) != len(loanName{}) {
				continue
			}
			if batch, ok := l.of[loanName(p.Records)]; ok {
				p.Records = batch
			}
		}
	}
}
