package eventlog

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
	"go.uber.org/zap"

	"hindsight/internal/fault"
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

// Write stores dead letters with acks=all and returns when the log has them all.
// It tries until ctx ends: until then their partitions wait. The key is "log
// id/partition/offset", so the same record refused twice has the same key; a
// record that is another try (Record.Letter) keeps the key of the first. The
// client's address never goes along, sealed or not.
//
// Many go in one request: whoever has several gives them together.
func (d *DeadLetter) Write(ctx context.Context, refused ...Refused) error {
	if len(refused) == 0 {
		return nil
	}
	runCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, transport := d.cfg.client(runCtx)
	defer transport.CloseIdleConnections()
	defer d.trouble.none()
	for len(refused) > 0 {
		n := requestOf(refused)
		if err := d.insist(ctx, runCtx, client, transport, refused[:n]); err != nil {
			return err
		}
		d.written.WithLabelValues("ok").Add(float64(n))
		fault.Here(fault.AfterLetter)
		refused = refused[n:]
	}
	return nil
}

// A request of letters: no more of them, nor more of their payloads' bytes, if
// it is not one alone. Brokers take 1 MiB.
const requestLetters, requestBytes = 1000, 512 << 10

// requestOf is how many of the first letters go into one request.
func requestOf(refused []Refused) int {
	bytes := 0
	for n := range refused {
		for _, h := range refused[n].Record.Headers {
			bytes += len(h.Key) + len(h.Value)
		}
		if refused[n].Payload {
			bytes += len(refused[n].Record.Value)
		}
		if n > 0 && (n == requestLetters || bytes > requestBytes) {
			return n
		}
	}
	return len(refused)
}

// insist writes what goes into one request until the log has it or ctx ends.
func (d *DeadLetter) insist(ctx, runCtx context.Context, client *kafka.Client, transport *kafka.Transport, refused []Refused) error {
	complained := false
	for attempt := 1; ; attempt++ {
		err := d.writeOnce(runCtx, client, refused)
		if err == nil {
			d.trouble.none()
			return nil
		}
		if errors.Is(err, kafka.MessageSizeTooLarge) && slices.ContainsFunc(refused, func(r Refused) bool { return r.Payload }) {
			if half := len(refused) / 2; half > 0 {
				if err := d.insist(ctx, runCtx, client, transport, refused[:half]); err != nil {
					return err
				}
				return d.insist(ctx, runCtx, client, transport, refused[half:])
			}
			alone := refused[0]
			alone.Payload = false // rather the reason alone than nothing, and no end
			refused = []Refused{alone}
			continue
		}
		first := refused[0].Record
		d.written.WithLabelValues("failed").Add(float64(len(refused)))
		d.trouble.is(first.Partition, fmt.Errorf("cannot write a dead letter: %w", err))
		if !complained && ctx.Err() == nil {
			d.log.Warn("cannot write dead letters; their partitions wait", zap.Int("letters", len(refused)),
				zap.Int("partition", first.Partition), zap.Int64("offset", first.Offset), zap.Error(err))
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

func (d *DeadLetter) writeOnce(ctx context.Context, client *kafka.Client, refused []Refused) error {
	records := make([]letterRecord, 0, len(refused))
	for _, r := range refused {
		var value []byte
		if r.Payload {
			value = r.Record.Value
		}
		key, read := r.key()
		headers := r.headers()
		if read != key {
			headers = append(headers, kafka.Header{Key: headerRead, Value: []byte(read)})
		}
		records = append(records, letterRecord{key, value, headers})
	}
	return produceLetters(ctx, client, records)
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

// letterRecord is one of hindsight.deadletter: a letter, or a mark behind one.
type letterRecord struct {
	key     string
	value   []byte
	headers []kafka.Header
}

// produceLetters appends to hindsight.deadletter, everything of one key to one
// partition: so its order there is the order of what happened. After an error
// some may lie there; to write them again is harmless.
func produceLetters(ctx context.Context, client *kafka.Client, letters []letterRecord) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{TopicDeadLetter}})
	if err != nil {
		return err
	}
	if len(meta.Topics) != 1 || len(meta.Topics[0].Partitions) == 0 {
		return kafka.UnknownTopicOrPartition
	}
	now := time.Now()
	byPartition := make([][]kafka.Record, len(meta.Topics[0].Partitions))
	for _, l := range letters {
		h := fnv.New32a()
		_, _ = h.Write([]byte(l.key))
		partition := h.Sum32() % uint32(len(byPartition))
		record := kafka.Record{Time: now, Key: kafka.NewBytes([]byte(l.key)), Headers: l.headers}
		if l.value != nil {
			record.Value = kafka.NewBytes(l.value)
		}
		byPartition[partition] = append(byPartition[partition], record)
	}
	for partition, records := range byPartition {
		if len(records) == 0 {
			continue
		}
		res, err := client.Produce(ctx, &kafka.ProduceRequest{
			Topic: TopicDeadLetter, Partition: partition, RequiredAcks: kafka.RequireAll, Records: kafka.NewRecordReader(records...),
		})
		if err == nil {
			err = res.Error
		}
		if err != nil {
			return err
		}
	}
	return nil
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
	if id := ([16]byte{}); session == "" && decodeID(&id, r.Record.Key) {
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
