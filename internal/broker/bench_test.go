package broker_test

import (
	"context"
	"encoding/hex"
	"net"
	"strconv"
	"strings"

	"github.com/segmentio/kafka-go"
	"go.uber.org/zap"

	"hindsight/internal/eventlog"
)

var nopLogger = zap.NewNop()

func dialUnix(addr string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", strings.TrimPrefix(addr, "unix:"))
	}
}

type built struct {
	key     []byte
	headers []kafka.Header
}

// message builds what a user of kafka-go's own writers would have to.
func message(r *eventlog.Record) built {
	return built{
		key: []byte(hex.EncodeToString(r.Session[:])),
		headers: []kafka.Header{
			{Key: "v", Value: []byte("1")}, {Key: "site", Value: []byte(r.Site)},
			{Key: "rcv", Value: strconv.AppendInt(nil, r.Received.UnixMilli(), 10)}, {Key: "via", Value: []byte(r.Via)},
			{Key: "doc", Value: []byte(hex.EncodeToString(r.Document[:]))}, {Key: "seq", Value: strconv.AppendUint(nil, uint64(r.Sequence), 10)},
			{Key: "consent", Value: []byte("1")}, {Key: "ua", Value: []byte(r.Agent)}, {Key: "addr", Value: r.Address},
		},
	}
}
