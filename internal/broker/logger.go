package broker

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/zap"
)

// kfakeLogger passes kfake's warnings on: they name topics, partitions and
// files of the log, never a record.
type kfakeLogger struct{ log *zap.Logger }

func (kfakeLogger) Level() kfake.LogLevel { return kfake.LogLevelWarn }

func (l kfakeLogger) Logf(level kfake.LogLevel, msg string, args ...any) {
	text := zap.String("detail", fmt.Sprintf(msg, args...))
	switch level {
	case kfake.LogLevelError:
		l.log.Error("embedded log", text)
	case kfake.LogLevelWarn:
		l.log.Warn("embedded log", text)
	}
}
