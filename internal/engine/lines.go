package engine

import (
	"bytes"
	"regexp"
	"sync"

	"go.uber.org/zap"
	"golang.org/x/time/rate"
)

// Bounds of what the child's output may put into the log.
const (
	lineBytes   = 1000
	linesBurst  = 50
	linesPerSec = 5
)

// literal is a quoted value. The engine may print a statement when it crashes;
// what visitors typed must not come into a log that way.
var literal = regexp.MustCompile(`'(?:[^'\\]|\\.)*'?`)

// lineLog is an io.Writer that logs what the child prints, line by line.
type lineLog struct {
	log     *zap.Logger
	limit   *rate.Limiter
	mu      sync.Mutex
	partial []byte
	dropped int
}

func newLineLog(log *zap.Logger) *lineLog {
	return &lineLog{log: log, limit: rate.NewLimiter(linesPerSec, linesBurst)}
}

// Write takes output as it comes. It never fails and never blocks on the child.
func (l *lineLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(b)
	for {
		line, rest, found := bytes.Cut(b, []byte{'\n'})
		if room := lineBytes - len(l.partial); room > 0 { // a longer line loses its tail
			l.partial = append(l.partial, line[:min(len(line), room)]...)
		}
		if !found {
			return n, nil
		}
		l.emit()
		b = rest
	}
}

// flush logs a last line without an end.
func (l *lineLog) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.emit()
}

func (l *lineLog) emit() {
	text := bytes.TrimSpace(literal.ReplaceAll(l.partial, []byte("'…'")))
	l.partial = l.partial[:0]
	switch {
	case len(text) == 0:
	case !l.limit.Allow():
		l.dropped++
	default:
		fields := []zap.Field{zap.ByteString("line", text)}
		if l.dropped > 0 {
			fields = append(fields, zap.Int("lines_dropped", l.dropped))
			l.dropped = 0
		}
		l.log.Warn("engine output", fields...)
	}
}
