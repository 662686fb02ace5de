package chaos

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hindsight/internal/broker"
	"hindsight/internal/engine"
	"hindsight/internal/eventlog"
	"hindsight/internal/fault"
	"hindsight/internal/store"
	"hindsight/test/process"
)

// sessionTimeout after which a killed or frozen processor's partitions go to another.
const sessionTimeout = time.Second

// partitions of the log: two for each of two processors.
const partitions = 4

// stack is one installation: log and engine of `hindsight embedded` on a directory of its own; the log may be Apache
// Kafka instead.
type stack struct {
	data     string
	embedded *process.Process
	brokers  []string // of Apache Kafka; none: the embedded log
}

func newStack(t testing.TB, brokers ...string) *stack {
	t.Helper()
	s := newStackWith(t, func(s *stack) *process.Process { return s.embeddedCommand(t) })
	s.brokers = brokers
	return s
}

// newStackWith has the embedded process started as command says.
func newStackWith(t testing.TB, command func(*stack) *process.Process) *stack {
	t.Helper()
	dir, err := os.MkdirTemp("", "hc-") // short: it holds unix sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &stack{data: filepath.Join(dir, "d")}
	s.embedded = command(s).Start(t).AwaitReady(t, 200)
	return s
}

func (s *stack) embeddedCommand(t testing.TB) *process.Process {
	t.Helper()
	return command(t, "embedded", "--data", s.data, "--kafka-partitions", fmt.Sprint(partitions))
}

// processor starts a processor; order is what its fault point does, such as "after-insert:3:kill".
func (s *stack) processor(t testing.TB, order string, flags ...string) *process.Process {
	t.Helper()
	flags = append(s.logFlags(), flags...)
	p := command(t, append([]string{"processor", "--data", s.data, "--kafka-session-timeout", sessionTimeout.String()}, flags...)...)
	p.Cmd.Env = append(p.Cmd.Env, fault.Variable+"="+order)
	return p.Start(t)
}

func (s *stack) log(t testing.TB) eventlog.Config {
	t.Helper()
	if len(s.brokers) > 0 {
		return eventlog.Config{Brokers: s.brokers, Partitions: partitions}
	}
	addr, err := broker.FindAddr(filepath.Join(s.data, "log"))
	if err != nil {
		t.Fatal(err)
	}
	return eventlog.Config{Brokers: []string{addr}, Partitions: partitions}
}

// logFlags say where the log is, where that is not found by the data directory.
func (s *stack) logFlags() []string {
	if len(s.brokers) == 0 {
		return nil
	}
	return []string{"--kafka-brokers", strings.Join(s.brokers, ","), "--kafka-partitions", fmt.Sprint(partitions)}
}

// store opens the store as it is now; the caller closes it.
func (s *stack) store(ctx context.Context) (*store.Store, error) {
	socket, err := engine.FindSocket(filepath.Join(s.data, "store"))
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Config{DSN: "unix://" + socket})
}

// settled waits until everything in the log is stored and committed, and everything stored is derived.
func (s *stack) settled(t testing.TB) {
	t.Helper()
	cfg := s.log(t)
	eventually(t, "everything is stored, committed and derived", func() error {
		in, err := eventlog.Inspect(t.Context(), cfg, broker.DefaultGroup)
		if err != nil {
			return err
		}
		if in.Lag > 0 {
			return fmt.Errorf("%d records are not committed", in.Lag)
		}
		return s.derived(t.Context())
	})
}

func (s *stack) derived(ctx context.Context) error {
	db, err := s.store(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	var marks uint64
	err = db.Conn().QueryRow(ctx, "SELECT count() FROM (SELECT mark FROM derive_marks GROUP BY what, site, day, key, mark HAVING sum(sign) > 0)").Scan(&marks)
	if err == nil && marks > 0 {
		err = fmt.Errorf("%d marks wait for their derivation", marks)
	}
	return err
}

// lag is how many records of the log are not committed.
func (s *stack) lag(t testing.TB) int64 {
	t.Helper()
	in, err := eventlog.Inspect(t.Context(), s.log(t), broker.DefaultGroup)
	if err != nil {
		t.Fatal(err)
	}
	return in.Lag
}

// stop ends processes in order, the embedded ones last.
func (s *stack) stop(t testing.TB, processes ...*process.Process) {
	t.Helper()
	for _, p := range append(processes, s.embedded) {
		p.Terminate(t)
	}
}
