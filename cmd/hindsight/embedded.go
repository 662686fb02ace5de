package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"hindsight/internal/broker"
	"hindsight/internal/diskroom"
	"hindsight/internal/engine"
	"hindsight/internal/eventlog"
	"hindsight/internal/fault"
	"hindsight/internal/health"
	"hindsight/internal/store"
)

// places says where log and store are, embedded or not, and how to ask after those that are ours.
type places struct {
	log    eventlog.Config
	store  store.Config
	checks []health.Check
}

// startEmbedded starts the embedded log and engine, each unless a server is named instead.
func startEmbedded(ctx context.Context, s *service, flags embeddedFlags, kafka brokerFlags, db storeFlags) (places, error) {
	cfg, err := kafka.config()
	at := places{log: cfg}
	if err != nil {
		return at, err
	}
	if at.store, err = db.config(); err != nil {
		return at, err
	}
	switch {
	case flags.logKeep < 0:
		return at, usagef("--log-keep: less than nothing")
	case flags.logKeep > 0 && len(at.log.Brokers) > 0:
		return at, usagef("--log-keep is of the embedded log; with --kafka-brokers the topic's retention says how long records are kept")
	}
	guard, err := startDiskGuard(s, flags, len(at.log.Brokers) == 0)
	if err != nil {
		return at, err
	}
	if guard != nil {
		at.checks = append(at.checks, health.Check{Name: "disk", Func: guard.Full})
	}
	if at.store.DSN == "" {
		cfg := engine.DefaultConfig()
		cfg.Dir, cfg.Library = s.dir.storeDir(), flags.library
		if flags.maxMemory > 0 {
			cfg.MaxMemory = flags.maxMemory
		}
		supervisor := engine.New(cfg, s.log.Named("engine"), s.reg)
		if err := s.start(ctx, "ClickHouse engine", supervisor.Start, supervisor.Stop); err != nil {
			return at, err
		}
		at.store.DSN = "unix://" + supervisor.Socket()
		at.checks = append(at.checks, health.Check{Name: "engine", Func: supervisor.Ready})
	}
	if len(at.log.Brokers) == 0 {
		cfg := broker.Config{Dir: s.dir.logDir(), Partitions: kafka.partitions, Group: processorGroup, Sync: flags.logSync, KeepFor: flags.logKeep, Registerer: s.reg}
		cfg.SegmentBytes, cfg.TrimEvery = fault.Log()
		if guard != nil {
			cfg.Refuse = guard.Full
		}
		b, err := broker.New(cfg, s.log.Named("log"))
		if err != nil {
			return at, err
		}
		if err := s.start(ctx, "log", b.Start, b.Stop); err != nil {
			return at, err
		}
		// From inside, without the socket, and what is appended without a pipe, too:
		// either would copy every frame. And what is stored soon after it came is not
		// read back at all.
		at.log.Brokers, at.log.Dial, at.log.Lender, at.log.Tail = []string{b.Addr()}, b.Dial, b, eventlog.NewTail()
	}
	return at, nil
}

// startDiskGuard bounds the data directory, where a bound is set: at that the embedded log refuses events, so the
// collector stops reading and is not ready; what is in the log is still stored. nil without a bound.
func startDiskGuard(s *service, flags embeddedFlags, embeddedLog bool) (*diskroom.Guard, error) {
	switch {
	case flags.maxDisk < 0:
		return nil, usagef("--max-disk: less than nothing")
	case flags.maxDisk == 0:
		return nil, nil
	case !embeddedLog:
		return nil, usagef("--max-disk bounds the embedded log and what is stored from it; with --kafka-brokers the brokers' retention and disks do")
	}
	guard := diskroom.New(s.dir.path, int64(flags.maxDisk), s.log.Named("disk"), s.reg)
	if err := guard.Measure(); err != nil {
		return nil, err
	}
	s.background("disk", func(ctx context.Context) error { guard.Run(ctx); return nil }, nil)
	return guard, nil
}

// processorGroup is the consumer group of the processor: below its commits the embedded log is trimmed.
const processorGroup = broker.DefaultGroup

// findLog says where the log is for a service that runs apart: at the brokers named by flags, else at what `hindsight
// embedded` (or `all`) runs on the data directory.
func findLog(dir *dataDir, kafka brokerFlags) (eventlog.Config, error) {
	cfg, err := kafka.config()
	if err != nil {
		return cfg, err
	}
	if len(cfg.Brokers) > 0 {
		if err := cfg.Validate(); err != nil {
			return cfg, usagef("--kafka-brokers: %w", err)
		}
		return cfg, nil
	}
	addr, err := broker.FindAddr(dir.logDir())
	if errors.Is(err, broker.ErrNotRunning) {
		return cfg, fmt.Errorf("no log: neither --kafka-brokers is set, nor does `hindsight embedded` run on %s", dir.path)
	}
	cfg.Brokers = []string{addr}
	return cfg, err
}

// findStore says the same of the store.
func findStore(dir *dataDir, flags storeFlags) (store.Config, error) {
	cfg, err := flags.config()
	if err != nil || cfg.DSN != "" {
		return cfg, err
	}
	socket, err := engine.FindSocket(dir.storeDir())
	if errors.Is(err, engine.ErrNotRunning) {
		return cfg, fmt.Errorf("no store: neither --clickhouse-dsn is set, nor does `hindsight embedded` run on %s", dir.path)
	}
	cfg.DSN = "unix://" + socket
	return cfg, err
}

type embeddedOptions struct {
	listen, data string
	log          logFlags
	kafka        brokerFlags
	store        storeFlags
	embedded     embeddedFlags
}

func newEmbeddedCommand() *cobra.Command {
	var o embeddedOptions
	cmd := &cobra.Command{
		Use: "embedded", Short: "Run only the embedded log and engine, for services apart on this machine", Args: noArgs,
		Long: `Runs the embedded log and the embedded ClickHouse engine and nothing else. Other hindsight
processes of the same user find them by --data, through unix sockets that only this user may open.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runEmbedded(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8083", "`ADDRESS` of health and metrics")
	cmd.Flags().StringVar(&o.data, "data", "./data", "data `DIR`")
	cmd.Flags().IntVar(&o.kafka.partitions, "kafka-partitions", 8, "partitions of the events topic when it is made")
	o.log.add(cmd, "console")
	o.embedded.add(cmd)
	return cmd
}

func runEmbedded(ctx context.Context, o embeddedOptions) (err error) {
	s, err := begin(ctx, o.listen, o.data, openDataDir, o.log, tlsFlags{})
	if err != nil {
		return err
	}
	defer s.end(ctx, &err)
	at, err := startEmbedded(ctx, s, o.embedded, o.kafka, o.store)
	if err != nil {
		return err
	}
	if err := writePrivate(s.dir.sealKeyFile(), []byte(randomHex(32))); err != nil {
		return err
	}
	s.serve(newOperationsMux(s.reg, o.log.profiles, append(at.checks, checkLog(at.log))...))
	fmt.Printf("\nLog and engine are ready on %s. Start the services with --data %s\n", s.dir.path, s.dir.path)
	return s.wait(ctx)
}

func newEngineChildCommand() *cobra.Command {
	return &cobra.Command{
		Use: engine.ChildCommand, Hidden: true, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return engine.RunChild(cmd.Context()) },
	}
}
