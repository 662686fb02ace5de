package processor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hindsight/internal/eventlog"
	"hindsight/internal/store"
	"hindsight/processor/guard"
)

// Log is where records are read from; *eventlog.Consumer is one.
type Log interface {
	Run(ctx context.Context, handle func(context.Context, *eventlog.Generation) error) error
	// Healthy says what keeps it from being read, nil if nothing does.
	Healthy() error
}

// DeadLetters take what cannot be stored; *eventlog.DeadLetter is one. Write
// tries until its context ends, and takes many for little more than one; Healthy says what keeps it from working.
type DeadLetters interface {
	Write(ctx context.Context, refused ...eventlog.Refused) error
	Healthy() error
}

// Store keeps rows; *store.Store is one. It looks at the records that it is given
// to write until Write returns, and not after.
type Store interface {
	Write(ctx context.Context, records []*store.Record) ([]store.Rejected, error)
	EntombVisitors(ctx context.Context, site string, orders []store.VisitorErasure, waiting []*store.Record) (sessions [][16]byte, err error)
	DeleteEntombed(ctx context.Context, site string, sessions [][16]byte) error
	Earlier(ctx context.Context) (*store.Earlier, error)
	ProtectedFields(ctx context.Context, documents []store.Document, most int) (map[store.Document]map[int64]uint32, error)
	Stored(ctx context.Context, of []store.Sections) ([]store.StoredSection, error)
	Judged(ctx context.Context, sections []store.Identity, judge func(store.Identity, store.ReplayPayload) bool) ([]store.Identity, error)
	Refuse(ctx context.Context, sections []store.Identity) error
}

// Dependencies are what a processor works with. Region and Guard may be nil:
// then no country is known, and a guard with no knowledge yet is made.
type Dependencies struct {
	Log         Log
	LogID       string // eventlog.LogID: offsets mean something only together with it
	DeadLetters DeadLetters
	Store       Store
	Opener      Opener
	Region      Region
	Guard       Guard
	Logger      *zap.Logger
	Registerer  prometheus.Registerer
}

// Processor reads the log and fills the store.
type Processor struct {
	cfg     Config
	deps    Dependencies
	log     *zap.Logger
	metrics *metrics
	orders  orders
	keeping *keeping
	// eraseNext is when orders may be carried out again.
	eraseNext time.Time

	mu    sync.Mutex
	fault error // why it is not ready
}

var errNotRunning = errors.New("not reading the log yet")

// New returns a processor that does nothing before Run.
func New(cfg Config, deps Dependencies) *Processor {
	if deps.Region == nil {
		deps.Region = noRegion{}
	}
	if deps.Guard == nil {
		deps.Guard = guard.New()
	}
	cfg = cfg.withDefaults()
	return &Processor{
		cfg: cfg, deps: deps, log: deps.Logger, metrics: newMetrics(deps.Registerer), keeping: newKeeping(cfg.LetterBytes), fault: errNotRunning,
	}
}

// Run reads, stores and commits until ctx ends. Then it finishes the batch it
// has in hand, within Config.StopTimeout, commits it, and leaves the group. It
// returns an error only when the log refuses to be read at all. Call it once.
func (p *Processor) Run(ctx context.Context) error {
	defer p.setFault(errNotRunning)
	d, err := newDecoder(p.deps.Opener, p.deps.Region, p.deps.Guard)
	if err != nil {
		return err
	}
	err = p.deps.Log.Run(ctx, func(genCtx context.Context, g *eventlog.Generation) error {
		return p.generation(ctx, genCtx, d, g)
	})
	if err != nil {
		return fmt.Errorf("process the log: %w", err)
	}
	return nil
}

// Ready says why the processor does not make progress, nil while it does or
// could: before it has joined its group, and while the store fails, the log
// cannot be read or a dead letter not be written.
func (p *Processor) Ready() error {
	p.mu.Lock()
	fault := p.fault
	p.mu.Unlock()
	log := p.deps.Log.Healthy()
	switch {
	case errors.Is(fault, errNotRunning) && log != nil:
		return fmt.Errorf("%w: %w", fault, log)
	case fault != nil:
		return fault
	case log != nil:
		return log
	}
	return p.deps.DeadLetters.Healthy()
}

func (p *Processor) setFault(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = err
}

// generation works through one assignment of partitions. run is the context of
// Run, gen ends with the assignment or with run.
func (p *Processor) generation(run, gen context.Context, d *decoder, g *eventlog.Generation) error {
	p.setFault(nil)
	defer p.setFault(errNotRunning) // until the next assignment nothing is read
	defer p.metrics.setLag(nil)
	work, done := p.workContext(run, gen)
	defer done()
	told, stop := p.watchLag(work, g)
	defer stop()
	var before memory
	waiting := newWishes()
	defer p.metrics.wishes.Set(0)
	defer waiting.end()
	for {
		if p.deps.Guard.Worn() { // nothing is in hand: all that it has seen is stored
			before = memory{}
		}
		b, ended := p.gather(gen, d, g, &before, waiting)
		err := p.settle(work, g, waiting, b, ended)
		d.rooms.reset() // the batch's rows are stored, or will be read anew
		g.Release()
		if err != nil {
			if gen.Err() != nil && !errors.Is(err, eventlog.ErrFenced) {
				return nil // what is in hand was not committed: its next owner reads it
			}
			return err
		}
		p.metrics.setLag(g.Lag())
		told.Reset(lagEvery)
		if ended {
			return nil
		}
	}
}

// lagEvery is after how long the lag is told anew while a batch is in hand.
const lagEvery = 2 * time.Second

// watchLag tells the lag when nothing else has for lagEvery, by told: a batch may
// take long where the store is slow or away, and nobody would see what waits
// behind it. stop ends it.
func (p *Processor) watchLag(ctx context.Context, g *eventlog.Generation) (told *time.Ticker, stop func()) {
	p.metrics.setLag(g.Lag())
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	told = time.NewTicker(lagEvery)
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-told.C:
			}
			if g.LookAhead(ctx) == nil { // else Fetch will say what is wrong
				p.metrics.setLag(g.Lag())
			}
		}
	}()
	return told, func() { told.Stop(); cancel(); <-done }
}

// workContext is for storing and committing what is in hand. When the
// assignment is lost it ends at once: somebody else reads those records. When
// the processor is to stop it lasts StopTimeout longer.
func (p *Processor) workContext(run, gen context.Context) (context.Context, func()) {
	work, cancel := context.WithCancel(context.WithoutCancel(gen))
	stop := context.AfterFunc(gen, func() {
		if run.Err() == nil {
			cancel()
			return
		}
		timer := time.NewTimer(p.cfg.StopTimeout)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-work.Done():
		}
	})
	return work, func() { stop(); cancel() }
}
