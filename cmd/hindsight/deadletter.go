package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"hindsight/internal/deadletter"
	"hindsight/internal/eventlog"
)

// letterFlags say where the log is and which letters are meant.
type letterFlags struct {
	data                 string
	kafka                brokerFlags
	sites, reasons       []string
	states               []string
	olderThan, newerThan time.Duration
	json                 bool
}

func newDeadletterCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "deadletter", Short: "Records that could not be stored: list, show, retry, drop", Args: noArgs,
		Long: `What cannot be decoded, what the privacy guard refuses and what the store refuses lies in the
topic hindsight.deadletter with its reason. These commands talk to the log itself: to the one
that runs on --data, or to --kafka-brokers.

A letter is open, retried or dropped. Trying one again appends its record to the log once more;
the record keeps its identity, so nothing is counted twice, and when it is refused again it is
the same letter that opens. The frame is kept only of what could not be decoded; of others the
record is taken from where it lies in the log, as long as it lies there.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newLetterListCommand(), newLetterShowCommand(), newLetterRetryCommand(), newLetterDropCommand())
	return cmd
}

// addWhere gives a command the flags that say where the log is.
func (f *letterFlags) addWhere(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.data, "data", "./data", "data `DIR` of a hindsight that runs on this machine")
	f.kafka.addBrokers(cmd)
	cmd.Flags().BoolVar(&f.json, "json", false, "answer in JSON")
}

// addFilter gives it the flags that say which letters are meant.
func (f *letterFlags) addFilter(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.sites, "site", nil, "only letters of this site's `ID` (may be repeated)")
	cmd.Flags().StringSliceVar(&f.reasons, "reason", nil, "only letters of this `REASON`; guard_* stands for all that begin so (may be repeated)")
	cmd.Flags().DurationVar(&f.olderThan, "older-than", 0, "only letters refused at least this long ago, for example 24h")
	cmd.Flags().DurationVar(&f.newerThan, "newer-than", 0, "only letters refused at most this long ago")
}

func (f *letterFlags) filter(keys []string) (deadletter.Filter, error) {
	for _, state := range f.states {
		if !slices.Contains(deadletter.States(), state) {
			return deadletter.Filter{}, usagef("--state %q is none of %s, all", state, strings.Join(deadletter.States(), ", "))
		}
	}
	if f.olderThan < 0 || f.newerThan < 0 {
		return deadletter.Filter{}, usagef("--older-than and --newer-than are lengths of time, not less than 0")
	}
	return deadletter.Filter{
		Keys: keys, Sites: f.sites, Reasons: f.reasons, States: f.states, OlderThan: f.olderThan, NewerThan: f.newerThan,
	}, nil
}

// lookFor bounds how long a command looks for the log.
const lookFor = 30 * time.Second

// log finds the log; it must answer, and is asked for its id.
func (f *letterFlags) log(ctx context.Context) (at eventlog.Config, logID string, err error) {
	dir, err := absData(f.data)
	if err != nil {
		return at, "", err
	}
	if at, err = findLog(dir, f.kafka); err != nil {
		return at, "", err
	}
	if err := at.Validate(); err != nil {
		return at, "", usagef("--kafka-brokers: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	if logID, err = eventlog.LogID(ctx, at); err != nil {
		return at, "", fmt.Errorf("the log at %s does not answer: %w", strings.Join(at.Brokers, ","), ofLog(err))
	}
	return at, logID, nil
}

// read returns the letters that a command line means.
func (f *letterFlags) read(ctx context.Context, at eventlog.Config, keys []string) ([]deadletter.Letter, error) {
	filter, err := f.filter(keys)
	if err != nil {
		return nil, err
	}
	all, err := deadletter.Read(ctx, at)
	if err != nil {
		return nil, err
	}
	chosen := filter.Select(all, time.Now())
	for _, key := range keys {
		if !slices.ContainsFunc(all, func(l deadletter.Letter) bool { return l.Key == key }) {
			return nil, fmt.Errorf("there is no dead letter %q; `hindsight deadletter list --state all` names them", key)
		}
	}
	return chosen, nil
}

// desk is where letters are worked on; done ends it.
func desk(ctx context.Context, at eventlog.Config, logID string) (d *deadletter.Desk, done func() error, err error) {
	marks, err := eventlog.NewDeadLetter(at, nil, zap.NewNop())
	if err != nil {
		return nil, nil, err
	}
	producer, err := eventlog.NewProducer(at, eventlog.ProducerConfig{}, nil, zap.NewNop())
	if err != nil {
		return nil, nil, err
	}
	if err := producer.Start(ctx); err != nil {
		return nil, nil, err
	}
	done = func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookFor)
		defer cancel()
		return producer.Close(ctx)
	}
	return &deadletter.Desk{Log: at, LogID: logID, Append: producer, Marks: marks}, done, nil
}

func newLetterListCommand() *cobra.Command {
	var f letterFlags
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List dead letters, oldest first, and count them by reason", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, _, err := f.log(cmd.Context())
			if err != nil {
				return err
			}
			if slices.Equal(f.states, []string{"all"}) {
				f.states = nil
			}
			letters, err := f.read(cmd.Context(), at, nil)
			if err != nil {
				return err
			}
			return printLetters(cmd.OutOrStdout(), letters, limit, f.json)
		},
	}
	f.addWhere(cmd)
	f.addFilter(cmd)
	cmd.Flags().StringSliceVar(&f.states, "state", []string{deadletter.StateOpen}, "open, retried, dropped, or all")
	cmd.Flags().IntVar(&limit, "limit", 100, "show at most this many (0: all); the counts are of all")
	return cmd
}

func newLetterShowCommand() *cobra.Command {
	var f letterFlags
	var payload string
	cmd := &cobra.Command{
		Use: "show KEY", Short: "Show one dead letter, and why its frame cannot be decoded", Args: exactArgs("KEY"),
		RunE: func(cmd *cobra.Command, keys []string) error {
			at, _, err := f.log(cmd.Context())
			if err != nil {
				return err
			}
			letters, err := f.read(cmd.Context(), at, keys)
			if err != nil {
				return err
			}
			frame, err := deadletter.Payload(cmd.Context(), at, &letters[0])
			if err != nil {
				return err
			}
			if payload != "" {
				if frame == nil {
					return errors.New("the payload of this letter was not kept: its record could be decoded")
				}
				if err := os.WriteFile(payload, frame, 0o600); err != nil {
					return fmt.Errorf("write %s: %w", payload, plain(err))
				}
			}
			return printLetter(cmd.OutOrStdout(), &letters[0], frame, f.json)
		},
	}
	f.addWhere(cmd)
	cmd.Flags().StringVar(&payload, "payload", "", "write the frame to this `FILE`, byte for byte; it may hold what a visitor typed")
	return cmd
}
