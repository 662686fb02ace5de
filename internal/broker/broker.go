// Package broker is the embedded log: a broker inside this process that speaks
// Kafka's protocol and keeps its data on disk (franz-go's kfake), reachable
// through a private unix socket only.
//
// What kfake leaves to its user is here: a lock on the directory, small
// segments, trimming that can never lose the log's place, a check of committed
// offsets at every start before anybody may connect, retention of dead letters
// on a timer, and members of groups that were lost while they joined. franz-go is used in this package and nowhere else.
package broker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
)

// Config of the embedded log. Only Dir is needed.
type Config struct {
	// Dir holds everything of the log; it is made with mode 0700.
	Dir string
	// SocketPath of the unix socket; default Dir/log.sock, or a private
	// directory for temporary files if that is too long for a socket.
	SocketPath string

	// Partitions of hindsight.events (8) and of hindsight.deadletter (1) when
	// they are made.
	Partitions           int
	DeadLetterPartitions int
	// SegmentBytes after which a segment is closed (4 MiB). After a kill the
	// whole log is read, and two segments of each partition are always kept:
	// small segments make that fast.
	SegmentBytes int64
	// Group whose commits say what was stored; below them the log is trimmed.
	// Default DefaultGroup.
	Group string
	// TrimEvery is how often that is done (1 s): what is let go soon is written to
	// memory that was just in use, and often never to the disk.
	TrimEvery time.Duration
	// KeepFor keeps segments younger than this although they are stored, for
	// a rewind (0: none).
	KeepFor time.Duration
	// DeadLetterRetention is how long dead letters are kept (30 days).
	DeadLetterRetention time.Duration
	// Sync makes an acknowledgement survive power loss: every batch is fsynced.
	// Errors of fsync go unseen in kfake.
	Sync bool
	// MinSessionTimeout of consumer groups (1 s).
	MinSessionTimeout time.Duration
	// Refuse says why no further event may be taken, a full disk for example;
	// nil: it may. It is asked for every request and must answer from memory. Its
	// producers keep what is refused and try again. May be nil: never.
	Refuse func() error
	// Registerer of the metrics; may be nil.
	Registerer prometheus.Registerer
}

// DefaultGroup is the consumer group of the processor.
const DefaultGroup = "hindsight-processor"

func (c Config) withDefaults() Config {
	setDefault(&c.Partitions, 8)
	setDefault(&c.DeadLetterPartitions, 1)
	setDefault(&c.SegmentBytes, 4<<20)
	setDefault(&c.Group, DefaultGroup)
	setDefault(&c.TrimEvery, time.Second)
	setDefault(&c.DeadLetterRetention, 30*24*time.Hour)
	setDefault(&c.MinSessionTimeout, time.Second)
	return c
}

func setDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// ErrNotRunning says that no log runs on a directory.
var ErrNotRunning = errors.New("no embedded log runs on this directory")

// Broker is the embedded log.
type Broker struct {
	cfg     Config
	log     *zap.Logger
	metrics *metrics
	members members
	loans   loans

	mu       sync.Mutex
	lock     *os.File
	listener *listener
	socket   socket
	cluster  *kfake.Cluster
	admin    *admin
	id       string
	cancel   context.CancelFunc
	wg       sync.WaitGroup
}

// New returns an inert broker.
func New(cfg Config, log *zap.Logger) (*Broker, error) {
	if cfg.Dir == "" {
		return nil, errors.New("the embedded log has no directory")
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("the embedded log's directory: %w", err)
	}
	cfg.Dir = dir
	cfg = cfg.withDefaults()
	return &Broker{
		cfg: cfg, log: log, metrics: newMetrics(cfg.Registerer), members: members{of: make(map[string]map[string]*member)},
	}, nil
}

// Start locks the directory, reads the log, makes the topics, puts commits that
// point past the log's end back to its start, and only then lets clients in. It
// returns ErrInUse if another process has the directory.
func (b *Broker) Start(ctx context.Context) (err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cluster != nil {
		return errors.New("the embedded log was started twice")
	}
	defer func() {
		if err != nil {
			b.teardown()
		}
	}()
	if b.lock, err = lockDir(b.cfg.Dir); err != nil {
		return err
	}
	if b.id, err = logID(b.cfg.Dir); err != nil {
		return err
	}
	if b.socket, err = openSocket(b.cfg.Dir, b.cfg.SocketPath); err != nil {
		return err
	}
	b.listener = newListener(b.socket.ln)
	// Members of groups are those of a process that is gone; kfake would wait
	// for them, and refuse to put offsets right while they seem to be there.
	if err = os.Remove(filepath.Join(b.dataDir(), "session_state.json")); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("start the embedded log: %w", err)
	}
	start := time.Now()
	if b.cluster, err = kfake.NewCluster(b.options()...); err != nil {
		return fmt.Errorf("read the embedded log: %w", err)
	}
	b.cluster.ControlKey(int16(kmsg.Produce), b.takes)
	for _, key := range []kmsg.Key{kmsg.JoinGroup, kmsg.SyncGroup, kmsg.Heartbeat, kmsg.OffsetCommit} {
		b.cluster.ControlKey(int16(key), b.members.hears)
	}
	if b.admin, err = newAdmin(b.listener.dialInside); err != nil {
		return err
	}
	if err = b.ensureTopics(ctx); err != nil {
		return err
	}
	if err = b.checkCommits(ctx); err != nil {
		return err
	}
	if err = b.socket.publish(b.cfg.Dir); err != nil {
		return err
	}
	runCtx, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	b.wg.Go(func() { b.maintain(runCtx) })
	b.wg.Go(func() { b.watchMembers(runCtx) })
	b.listener.open()
	b.log.Info("embedded log is up", zap.Duration("took", time.Since(start)), zap.String("log", b.id))
	return nil
}

func (b *Broker) dataDir() string { return filepath.Join(b.cfg.Dir, "data") }

func (b *Broker) options() []kfake.Opt {
	opts := []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.ListenFn(func(string, string) (net.Listener, error) { return b.listener, nil }),
		kfake.ClusterID(b.id),
		kfake.DataDir(b.dataDir()),
		kfake.WithLogger(newKfakeLogger(b.log)),
		kfake.GroupMinSessionTimeout(b.cfg.MinSessionTimeout),
		kfake.BrokerConfigs(map[string]string{
			"log.segment.bytes": strconv.FormatInt(b.cfg.SegmentBytes, 10),
			// Ten years. By default a group's offsets are forgotten when it was
			// away for a week; much more than this overflows in kfake.
			"offsets.retention.minutes": "5256000",
			"state.log.compact.bytes":   strconv.Itoa(4 << 20),
		}),
	}
	if b.cfg.Sync {
		opts = append(opts, kfake.SyncWrites())
	}
	return opts
}

// Addr is the log's address for eventlog.Config.Brokers: "unix:" and a path.
func (b *Broker) Addr() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.socket.addr()
}

// Dial connects to the log from inside this process, without the socket: for
// eventlog.Config.Dial.
func (b *Broker) Dial(ctx context.Context) (net.Conn, error) {
	b.mu.Lock()
	l := b.listener
	b.mu.Unlock()
	if l == nil {
		return nil, ErrNotRunning
	}
	return l.dialInside(ctx)
}

// ID names this log for ever: drawn once, kept in the directory.
func (b *Broker) ID() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.id
}

// Stop ends the log in order: what it holds is on disk, the directory is free.
// If ctx ends first, Stop returns and the process must end: nothing is lost
// then either, only the next start reads everything.
func (b *Broker) Stop(ctx context.Context) error {
	done := make(chan struct{})
	go func() { // owned by this call, unless ctx ends first
		defer close(done)
		b.mu.Lock()
		defer b.mu.Unlock()
		b.teardown()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop the embedded log: %w", ctx.Err())
	}
}

// teardown undoes Start, as far as that came. The caller holds mu.
func (b *Broker) teardown() {
	if b.cancel != nil {
		b.cancel()
		b.wg.Wait()
	}
	if b.admin != nil {
		b.admin.close()
	}
	if b.cluster != nil {
		b.cluster.Close()
	}
	if b.listener != nil {
		_ = b.listener.Close()
	}
	b.socket.close(b.cfg.Dir)
	if b.lock != nil {
		_ = b.lock.Close() // lets the lock go
	}
	b.cancel, b.admin, b.cluster, b.listener, b.lock = nil, nil, nil, nil, nil
	b.socket = socket{}
}
