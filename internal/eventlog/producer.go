package eventlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
	"go.uber.org/zap"
)

// ProducerConfig tunes a Producer. The zero value of each field is its default.
type ProducerConfig struct {
	// MaxPendingBytes bounds what is taken and not yet acknowledged (64 MiB;
	// at least 2 MiB). Append blocks at the bound.
	MaxPendingBytes int64
	// Linger is how long the first record after a pause waits for company, and
	// the least time between the beginnings of two requests to a broker
	// (5 ms): a request costs as much as sealing and storing a dozen records.
	// Nothing waits while a request's worth of records is there.
	Linger time.Duration
	// RequestTimeout after which a silent broker's request is given up and
	// sent again (30 s).
	RequestTimeout time.Duration
}

// Producer appends records to hindsight.events, acks=all. It keeps the order
// of a partition (one request in flight to each broker), retries for ever, and
// tells every record's fate once. kafka-go's Writer does neither: it drops a
// batch after its attempts, and it does not retry UNKNOWN_SERVER_ERROR, which
// is what the embedded log answers when its disk is full.
//
// A retry may store a batch twice; what rests on the log must not mind.
type Producer struct {
	cfg     Config
	tune    ProducerConfig
	log     *zap.Logger
	metrics *producerMetrics

	client    *kafka.Client
	transport *kafka.Transport

	room    *budget      // of MaxPendingBytes
	told    atomic.Int64 // how much of it is taken, as the metrics have it
	scratch sync.Pool
	batches batchPool
	ready   chan struct{} // closed when the partitions are known
	closing atomic.Bool
	refresh chan struct{} // capacity 1: ask for metadata

	parts []*partition // set before ready is closed, then fixed

	mu       sync.Mutex
	senders  map[int]*sender
	metaErr  error
	started  bool
	cancel   context.CancelFunc
	stopped  chan struct{}
	stopOnce sync.Once
	wg       sync.WaitGroup
}

// NewProducer returns an inert producer; Start gives it life. reg may be nil.
func NewProducer(cfg Config, tune ProducerConfig, reg prometheus.Registerer, log *zap.Logger) (*Producer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	setDefault(&tune.Linger, 5*time.Millisecond)
	setDefault(&tune.RequestTimeout, 30*time.Second)
	if tune.MaxPendingBytes == 0 {
		tune.MaxPendingBytes = 64 << 20
	}
	tune.MaxPendingBytes = max(tune.MaxPendingBytes, 2*maxBatchBytes)
	return &Producer{
		cfg:     cfg.withDefaults(),
		tune:    tune,
		log:     log,
		metrics: newProducerMetrics(reg),
		room:    newBudget(tune.MaxPendingBytes),
		scratch: sync.Pool{New: func() any { return new([headTailRoom]byte) }},
		ready:   make(chan struct{}),
		refresh: make(chan struct{}, 1),
		senders: make(map[int]*sender),
		metaErr: errors.New("the log was not reached yet"),
		stopped: make(chan struct{}),
	}, nil
}

// Start begins to look for the log and returns at once: a log that is away
// shows in Healthy, not here. Work goes on until Close.
func (p *Producer) Start(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started {
		return errors.New("the log's producer was started twice")
	}
	p.started = true
	// Not the caller's context: a shutdown drains first, then stops (Close).
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	p.client, p.transport = p.cfg.client(ctx)
	p.wg.Go(func() { p.watchMetadata(ctx) })
	return nil
}

// Append hands a record over. It copies what it needs before it returns and
// blocks while MaxPendingBytes are waiting, or while the log was never reached.
//
// done is called exactly once, from one of the producer's goroutines, and must
// not block: with nil after the log has the record on all in-sync replicas;
// with ErrTooLarge if the log can never take it; with ErrClosed if the producer
// was closed before. Where Append itself returns an error (ctx's, ErrClosed, an
// invalid record) done is not called.
func (p *Producer) Append(ctx context.Context, r *Record, done func(err error)) error {
	if err := r.check(); err != nil {
		return err
	}
	if err := p.awaitReady(ctx); err != nil {
		return err
	}
	// Not on the stack, which is another one for every connection and has to be
	// brought into the caches for it.
	room := p.scratch.Get().(*[headTailRoom]byte)
	defer p.scratch.Put(room)
	head := appendHead(room[:0], r)
	piece := parts{head: head, frame: r.Frame, tail: appendTail(head[len(head):], r)}
	size := int64(len(piece.head) + len(piece.frame) + len(piece.tail) + 16)
	if size+batchHeader > maxBatchBytes {
		p.metrics.records.WithLabelValues("too_large").Inc()
		done(ErrTooLarge)
		return nil
	}
	if err := p.acquire(ctx, size); err != nil {
		return err
	}
	if !p.parts[partitionOf(r.Session, len(p.parts))].append(piece, r.Received.UnixMilli(), size, done) {
		p.release(size)
		return ErrClosed
	}
	return nil
}

// awaitReady waits until the partitions are known.
func (p *Producer) awaitReady(ctx context.Context) error {
	select {
	case <-p.ready:
		return nil
	default:
	}
	select {
	case <-p.ready:
		return nil
	case <-p.stopped:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Producer) acquire(ctx context.Context, size int64) error {
	if p.closing.Load() {
		return ErrClosed
	}
	// Close wakes those who wait here by letting go of what is left.
	return p.room.acquire(ctx, size)
}

func (p *Producer) release(size int64) {
	p.room.release(size)
}

// pending is how many bytes are taken and not acknowledged.
func (p *Producer) pending() int64 { return p.tune.MaxPendingBytes - p.room.free.Load() }

// tellPending brings the metrics up to date: for a batch, not for each record.
func (p *Producer) tellPending() {
	now := p.pending()
	p.metrics.inflight.Add(float64(now - p.told.Swap(now)))
}

// partitionOf spreads sessions evenly and always alike: FNV-1a of the key, the
// 32 hexadecimal digits.
func partitionOf(session [16]byte, n int) int {
	const digits = "0123456789abcdef"
	h := uint32(2166136261)
	for _, b := range session {
		h = (h ^ uint32(digits[b>>4])) * 16777619
		h = (h ^ uint32(digits[b&15])) * 16777619
	}
	return int(h % uint32(n))
}

// Healthy says what keeps records from being acknowledged, nil if nothing does.
func (p *Producer) Healthy() error {
	select {
	case <-p.ready:
	default:
		p.mu.Lock()
		defer p.mu.Unlock()
		return fmt.Errorf("the log is not available: %w", p.metaErr)
	}
	for _, q := range p.parts {
		if err := q.failing(); err != nil {
			return fmt.Errorf("the log does not take records (partition %d): %w", q.id, err)
		}
	}
	return nil
}

// Close refuses further records, waits until all taken ones are acknowledged or
// ctx ends, and stops. Records that are left then are told ErrClosed.
func (p *Producer) Close(ctx context.Context) error {
	p.closing.Store(true)
	p.mu.Lock()
	started := p.started
	p.mu.Unlock()
	if !started {
		p.stopOnce.Do(func() { close(p.stopped) })
		return nil
	}
	// All the bytes are free again when nothing is pending.
	err := p.room.acquire(ctx, p.tune.MaxPendingBytes)
	if err == nil {
		p.room.release(p.tune.MaxPendingBytes)
	}
	p.stopOnce.Do(func() { close(p.stopped) })
	p.cancel()
	p.wg.Wait()
	p.transport.CloseIdleConnections()
	left := 0
	for _, q := range p.parts {
		left += q.abandon()
	}
	if left > 0 {
		return fmt.Errorf("%d records were not acknowledged by the log: %w", left, errors.Join(ErrClosed, err))
	}
	return nil
}
