package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
	"go.uber.org/zap"
)

// Consumer takes part in a consumer group over hindsight.events.
type Consumer struct {
	cfg     Config
	group   string
	log     *zap.Logger
	metrics *consumerMetrics
	trouble trouble
}

// NewConsumer returns an inert consumer; Run gives it life. reg may be nil.
func NewConsumer(cfg Config, group string, reg prometheus.Registerer, log *zap.Logger) (*Consumer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if group == "" {
		return nil, errors.New("the consumer group has no name")
	}
	return &Consumer{cfg: cfg.withDefaults(), group: group, log: log, metrics: newConsumerMetrics(reg)}, nil
}

// Run joins the group and calls handle once for each generation, until ctx
// ends. It retries while the log is away or young.
//
// handle's context ends when the generation does (then what is not committed
// belongs to somebody else) or when ctx does. In the second case the member
// still owns its partitions until handle returns, so that it can store and
// commit what it has (with context.WithoutCancel); only then it leaves.
//
// handle returns nil or ErrFenced to go on with the next generation. Any other
// error while the generation lives ends Run with that error.
func (c *Consumer) Run(ctx context.Context, handle func(context.Context, *Generation) error) error {
	transportCtx, stopTransport := context.WithCancel(context.WithoutCancel(ctx))
	defer stopTransport()
	client, transport := c.cfg.client(transportCtx)
	defer transport.CloseIdleConnections()

	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID:      c.group,
		Brokers: c.cfg.addresses(),
		Dialer:  c.cfg.groupDialer(),
		Topics:  []string{TopicEvents},
		// One topic: range and round robin give the same numbers of partitions.
		GroupBalancers:         []kafka.GroupBalancer{kafka.RangeGroupBalancer{}},
		HeartbeatInterval:      c.cfg.HeartbeatInterval,
		SessionTimeout:         c.cfg.SessionTimeout,
		RebalanceTimeout:       c.cfg.RebalanceTimeout,
		JoinGroupBackoff:       200 * time.Millisecond,
		WatchPartitionChanges:  !c.cfg.embedded(),
		PartitionWatchInterval: 30 * time.Second,
		StartOffset:            kafka.FirstOffset,
	})
	if err != nil {
		return fmt.Errorf("join group %s: %w", c.group, err)
	}
	// It leaves the group. If the broker cannot be told, it finds out by the
	// session's timeout.
	defer func() { _ = group.Close() }()

	complained := false
	for {
		kgen, err := group.Next(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			// "Coordinator not available" of a young cluster, a broker that is
			// away: kafka-go has waited JoinGroupBackoff already.
			if !complained {
				c.log.Warn("cannot join the consumer group; trying on", zap.String("group", c.group), zap.Error(err))
				complained = true
			}
			c.trouble.is(everywhere, fmt.Errorf("cannot join the consumer group: %w", err))
			sleep(ctx, 100*time.Millisecond)
			continue
		}
		complained = false
		c.trouble.none()
		g := newGeneration(c, client, transport, kgen)
		if err := c.runGeneration(ctx, kgen, g, handle); err != nil {
			return err
		}
	}
}

// Healthy says what has kept the log from being read for some seconds, nil if
// nothing has.
func (c *Consumer) Healthy() error { return c.trouble.lasting() }

// runGeneration calls handle inside a kafka-go generation, which waits for it.
func (c *Consumer) runGeneration(ctx context.Context, kgen *kafka.Generation, g *Generation, handle func(context.Context, *Generation) error) error {
	c.metrics.gens.Inc()
	c.log.Info("generation of the consumer group begins", zap.String("group", c.group),
		zap.Int32("generation", kgen.ID), zap.Ints("partitions", g.Partitions()))
	result := make(chan error, 1)
	kgen.Start(func(genCtx context.Context) {
		handleCtx, cancel := context.WithCancel(genCtx)
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		err := g.begin(handleCtx)
		if err == nil {
			err = handle(handleCtx, g)
		}
		cancel()
		g.wait()
		c.trouble.none() // what it could not read is no longer its own
		if genCtx.Err() != nil || ctx.Err() != nil || errors.Is(err, ErrFenced) {
			err = nil // the generation is over, whatever handle made of it
		}
		result <- err
	})
	return <-result
}
