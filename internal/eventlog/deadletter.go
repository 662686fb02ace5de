package eventlog

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
	"go.uber.org/zap"
)

// Headers that only dead letters have.
const (
	headerReason   = "reason"
	headerSession  = "session"
	headerRead     = "read"     // where the record was read, when the key says otherwise
	headerResolved = "resolved" // a mark: what became of the letter of this key
)

// DeadLetter writes to hindsight.deadletter what cannot be stored.
type DeadLetter struct {
	cfg     Config
	log     *zap.Logger
	written *prometheus.CounterVec
	trouble trouble
}

// NewDeadLetter returns a writer of dead letters. reg may be nil.
func NewDeadLetter(cfg Config, reg prometheus.Registerer, log *zap.Logger) (*DeadLetter, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &DeadLetter{cfg: cfg.withDefaults(), log: log, written: register(reg, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "hindsight_log_deadletter_writes_total",
		Help: "Attempts to write a dead letter, by result: ok, failed.",
	}, []string{"result"}))}, nil
}

// Refused is a record that cannot be stored, and why.
type Refused struct {
	LogID   string   // LogID of the log it lies in
	Record  *Fetched // as it was read
	Reason  string   // a short stable word
	Site    string   // if known
	Session string   // if known
	// Payload says that the record could not be decoded at all: then the frame
	// is kept, for whoever looks into it. Otherwise it is not: it may be the
	// very thing that the privacy guard refused.
	Payload bool
}

// Write stores a dead letter with acks=all and returns when the log has it. It
// tries until ctx ends: until then the partition waits. The key is "log
// id/partition/offset", so the same record refused twice has the same key; a
// record that is another try (Record.Letter) keeps the key of the first. The
// client's address never goes along, sealed or not.
func (d *DeadLetter) Write(ctx context.Context, r Refused) error {
	runCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, transport := d.cfg.client(runCtx)
	defer transport.CloseIdleConnections()
	defer d.trouble.is(r.Record.Partition, nil)
	complained := false
	for attempt := 1; ; attempt++ {
		err := d.writeOnce(runCtx, client, r)
		if err == nil {
			d.written.WithLabelValues("ok").Inc()
			return nil
		}
		if errors.Is(err, kafka.MessageSizeTooLarge) && r.Payload {
			r.Payload = false // rather the reason alone than nothing, and no end
			continue
		}
		d.written.WithLabelValues("failed").Inc()
		d.trouble.is(r.Record.Partition, fmt.Errorf("cannot write a dead letter: %w", err))
		if !complained && ctx.Err() == nil {
			d.log.Warn("cannot write a dead letter; its partition waits",
				zap.Int("partition", r.Record.Partition), zap.Int64("offset", r.Record.Offset), zap.Error(err))
			complained = true
		}
		transport.CloseIdleConnections()
		if !sleep(ctx, backoff(attempt)) {
			return fmt.Errorf("write dead letter: %w", err)
		}
	}
}

// Healthy says what has kept a letter from being written for some seconds, nil
// if nothing has.
func (d *DeadLetter) Healthy() error { return d.trouble.lasting() }

func (d *DeadLetter) writeOnce(ctx context.Context, client *kafka.Client, r Refused) error {
	var value []byte
	if r.Payload {
		value = r.Record.Value
	}
	key, read := r.key()
	headers := r.headers()
	if read != key {
		headers = append(headers, kafka.Header{Key: headerRead, Value: []byte(read)})
	}
	return produceLetter(ctx, client, key, value, headers)
}

// key names the letter: where the record was refused first. read is where it
// was read this time, which differs when it is another try.
func (r Refused) key() (key, read string) {
	read = r.LogID + "/" + strconv.Itoa(r.Record.Partition) + "/" + strconv.FormatInt(r.Record.Offset, 10)
	for _, h := range r.Record.Headers {
		if h.Key == headerLetter && len(h.Value) > 0 && len(h.Value) <= maxLetterBytes {
			return string(h.Value), read
		}
	}
	return read, read
}

// produceLetter appends to hindsight.deadletter, everything of one key to one
// partition: so its order there is the order of what happened.
func produceLetter(ctx context.Context, client *kafka.Client, key string, value []byte, headers []kafka.Header) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{TopicDeadLetter}})
	if err != nil {
		return err
	}
	if len(meta.Topics) != 1 || len(meta.Topics[0].Partitions) == 0 {
		return kafka.UnknownTopicOrPartition
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	var payload kafka.Bytes
	if value != nil {
		payload = kafka.NewBytes(value)
	}
	res, err := client.Produce(ctx, &kafka.ProduceRequest{
		Topic:        TopicDeadLetter,
		Partition:    int(h.Sum32() % uint32(len(meta.Topics[0].Partitions))),
		RequiredAcks: kafka.RequireAll,
		Records: kafka.NewRecordReader(kafka.Record{
			Time: time.Now(), Key: kafka.NewBytes([]byte(key)), Value: payload, Headers: headers,
		}),
	})
	if err != nil {
		return err
	}
	return res.Error
}

// headers are reason, site and session, then the record's own except the
// client's address and what would stand twice. A broken record may hold
// anything: what it holds is bounded.
func (r Refused) headers() []kafka.Header {
	const most, longest = 32, 1024
	out := []kafka.Header{{Key: headerReason, Value: []byte(r.Reason)}}
	if r.Site != "" {
		out = append(out, kafka.Header{Key: headerSite, Value: []byte(r.Site)})
	}
	session := r.Session
	if id := ([16]byte{}); session == "" && r.Payload && decodeID(&id, r.Record.Key) {
		session = string(r.Record.Key) // not decoded; another try needs it
	}
	if session != "" {
		out = append(out, kafka.Header{Key: headerSession, Value: []byte(session)})
	}
	for _, h := range r.Record.Headers {
		switch h.Key {
		case headerAddress, headerReason, headerSession, headerLetter, headerRead, headerResolved:
			continue
		case headerSite:
			if r.Site != "" {
				continue
			}
		}
		if len(out) < most && len(h.Key) <= longest && len(h.Value) <= longest {
			out = append(out, kafka.Header{Key: h.Key, Value: h.Value})
		}
	}
	return out
}
