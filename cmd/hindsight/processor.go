package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"hindsight/internal/eventlog"
	"hindsight/internal/health"
	"hindsight/internal/seal"
	"hindsight/internal/store"
	"hindsight/processor"
)

type processorOptions struct {
	listen, data string
	geoip        string
	rewind       time.Duration
	sealKeys     string
	log          logFlags
	kafka        brokerFlags
	store        storeFlags
	tls          tlsFlags
}

func newProcessorCommand() *cobra.Command {
	var o processorOptions
	cmd := &cobra.Command{
		Use: "processor", Short: "Run only the processor: log in, ClickHouse out", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkRewind(o.rewind); err != nil {
				return err
			}
			return runProcessor(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8082", "`ADDRESS` of health and metrics")
	cmd.Flags().StringVar(&o.data, "data", "./data", "data `DIR` of a hindsight on this machine, for what is not named by other flags")
	cmd.Flags().StringVar(&o.geoip, "geoip", "", "MMDB `FILE` that tells the country of an address (default: no countries)")
	addRewind(cmd, &o.rewind)
	addSealKeys(cmd, &o.sealKeys)
	o.log.add(cmd, "json")
	o.kafka.add(cmd)
	o.kafka.addGroup(cmd)
	o.store.add(cmd)
	o.tls.add(cmd)
	return cmd
}

func addRewind(cmd *cobra.Command, since *time.Duration) {
	cmd.Flags().DurationVar(since, "rewind", 0, "store the records of this long again, for example 1h, when the other processors are stopped (nothing is counted twice, and what was deleted stays so)")
}

func checkRewind(since time.Duration) error {
	if since < 0 {
		return usagef("--rewind: %s lies in the future", -since)
	}
	return nil
}

// lookForNewFiles is how often files that the operator replaces are looked at.
const lookForNewFiles = 10 * time.Second

// processorParts are the processor and the deriver beside it.
type processorParts struct {
	*processor.Processor
	deriver  *store.Deriver
	consumer *eventlog.Consumer
	failed   chan error
}

// startProcessor wires the processor: records in, rows out; the deriver keeps the aggregates true to the rows.
func startProcessor(ctx context.Context, s *service, at eventlog.Config, db *store.Store, sealer *seal.Sealer, o processorOptions) (*processorParts, error) {
	var region processor.Region
	if o.geoip != "" {
		file, err := processor.OpenRegionFile(o.geoip)
		if err != nil {
			return nil, fmt.Errorf("--geoip %s: %w", o.geoip, plain(err))
		}
		region = file
		s.background("regions", func(ctx context.Context) error {
			file.Run(ctx, lookForNewFiles, s.log.Named("regions"), s.reg)
			return nil
		}, nil)
	}
	keep, err := newRetention(ctx, db, s.log)
	if err != nil {
		return nil, err
	}
	letters, err := eventlog.NewDeadLetter(at, s.reg, s.log.Named("deadletter"))
	if err != nil {
		return nil, err
	}
	consumer, err := eventlog.NewConsumer(at, processorGroup, s.reg, s.log.Named("consumer"))
	if err != nil {
		return nil, err
	}
	var logID string
	topics := func(ctx context.Context) (err error) {
		if err = eventlog.EnsureTopics(ctx, at); err != nil {
			return ofLog(err)
		}
		if o.rewind > 0 {
			if err := consumer.Rewind(ctx, o.rewind); err != nil {
				return ofLog(err)
			}
		}
		logID, err = eventlog.LogID(ctx, at)
		return ofLog(err)
	}
	if err := s.start(ctx, "topics", topics, nil); err != nil {
		return nil, err
	}
	parts := &processorParts{consumer: consumer, failed: make(chan error, 3)}
	parts.Processor = processor.New(processor.DefaultConfig(), processor.Dependencies{
		Log: consumer, LogID: logID, DeadLetters: letters, Store: db, Opener: sealer, Region: region, Logger: s.log.Named("processor"), Registerer: s.reg,
	})
	parts.deriver = store.NewDeriver(db, store.DeriverConfig{Retention: keep.of, Yield: yieldDerivations}, s.log.Named("deriver"), s.reg)
	s.background("retention", keep.run, parts.failed)
	s.background("sweep", func(ctx context.Context) error { sweep(ctx, db, s.log.Named("sweep")); return nil }, parts.failed)
	s.background("deriver", func(ctx context.Context) error { parts.deriver.Run(ctx); return nil }, parts.failed)
	s.background("processor", parts.Run, parts.failed)
	return parts, nil
}

// yieldDerivations is for how long what another processor has marked is left to that
// one: its rounds are a second apart, up to three where the store is busy.
const yieldDerivations = 3 * time.Second

func runProcessor(ctx context.Context, o processorOptions) (err error) {
	s, err := begin(ctx, o.listen, o.data, absData, o.log, o.tls)
	if err != nil {
		return err
	}
	defer s.end(ctx, &err)
	at, err := findLog(s.dir, o.kafka)
	if err != nil {
		return err
	}
	where, err := findStore(s.dir, o.store)
	if err != nil {
		return err
	}
	sealer, err := findSealer(s.dir, o.sealKeys)
	if err != nil {
		return err
	}
	db, err := openStore(ctx, s.parts, where)
	if err != nil {
		return err
	}
	proc, err := startProcessor(ctx, s, at, db, sealer, o)
	if err != nil {
		return err
	}
	s.serve(newOperationsMux(s.reg, o.log.profiles, health.Check{Name: "processor", Func: proc.Ready},
		health.Check{Name: "deriver", Func: proc.deriver.Ready}, checkLog(at), checkStore(db)))
	fmt.Printf("\nThe processor is ready, health and metrics on %s\n", s.url())
	return s.wait(ctx, proc.failed)
}
