package broker

import (
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/zap"
	"golang.org/x/time/rate"
)

// Of each kind of warning this many are told at once, and one for every length
// of time after that: a full disk is refused several times a second, for as long
// as it is full.
const (
	warningsAtOnce = 10
	warningEvery   = 10 * time.Second
)

// kfakeLogger passes kfake's warnings on: they name topics, partitions and
// files of the log, never a record.
type kfakeLogger struct {
	log *zap.Logger

	mu    sync.Mutex
	kinds map[string]*warnings // by the text before anything is put into it
}

// warnings are all those of one kind.
type warnings struct {
	told   rate.Sometimes
	untold int
}

func newKfakeLogger(log *zap.Logger) *kfakeLogger {
	return &kfakeLogger{log: log, kinds: map[string]*warnings{}}
}

func (*kfakeLogger) Level() kfake.LogLevel { return kfake.LogLevelWarn }

func (l *kfakeLogger) Logf(level kfake.LogLevel, msg string, args ...any) {
	switch level {
	case kfake.LogLevelError:
		l.log.Error("embedded log", detail(msg, args))
	case kfake.LogLevelWarn:
		l.warn(msg, args)
	}
}

func (l *kfakeLogger) warn(msg string, args []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kind := l.kinds[msg]
	if kind == nil {
		kind = &warnings{told: rate.Sometimes{First: warningsAtOnce, Interval: warningEvery}}
		l.kinds[msg] = kind
	}
	kind.untold++
	kind.told.Do(func() {
		l.log.Warn("embedded log", detail(msg, args), zap.Int("untold_before", kind.untold-1))
		kind.untold = 0
	})
}

func detail(msg string, args []any) zap.Field { return zap.String("detail", fmt.Sprintf(msg, args...)) }
