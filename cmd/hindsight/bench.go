package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hindsight/internal/bench"
	"hindsight/internal/certificate"
	"hindsight/internal/wire"
)

func newBenchCommand() *cobra.Command {
	cfg := bench.DefaultConfig()
	var asJSON bool
	cmd := &cobra.Command{
		Use: "bench", Short: "Drive a collector as many trackers would, and check every ack", Args: noArgs,
		Long: `Opens connections to a collector, sends frames at a rate (or as fast as acks come), keeps each until
it is acknowledged, sends again what was not when a connection breaks, and says what it saw. It
stops by itself. The sessions it makes are marked as generated: hindsight demo --remove --site SITE
takes them away.

Without --origin it asks the API of the hindsight that runs on --data for the site. A collector on
another machine is driven only with --remote. Exit code 0: every frame was acknowledged. 1: not.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := completeBench(cmd, &cfg); err != nil {
				return err
			}
			pinBench(cmd, &cfg)
			if err := cfg.Validate(); errors.Is(err, bench.ErrRemote) {
				return usagef("%w; say --remote if it is yours", err)
			} else if err != nil {
				return &usageError{err}
			}
			progress := func(r bench.Result) { printBenchLine(cmd.ErrOrStderr(), r) }
			result, err := bench.Run(cmd.Context(), cfg, progress)
			fmt.Fprintln(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), result)
			} else {
				err = printBench(cmd.OutOrStdout(), result)
			}
			if err == nil && !result.Good() {
				err = errors.New("frames stayed without their ack, were refused, or were acked wrongly; see above")
			}
			return err
		},
	}
	cmd.Flags().StringVar(&cfg.Collector, "collector", "", "address of the collector, for example http://127.0.0.1:8081 (default: what runs on --data)")
	cmd.Flags().StringVar(&cfg.Site, "site", demoKey, "key of the site that takes the frames")
	cmd.Flags().StringVar(&cfg.Origin, "origin", "", "an origin of that site (default: asked from the API)")
	cmd.Flags().IntVar(&cfg.Connections, "connections", cfg.Connections, "connections at a time")
	cmd.Flags().IntVar(&cfg.Bytes, "bytes", cfg.Bytes, fmt.Sprintf("bytes of a frame, %d to %d", bench.MinBytes, wire.MaxFrame))
	cmd.Flags().Float64Var(&cfg.Rate, "rate", 0, "frames a second over all connections (0: as fast as acks come)")
	cmd.Flags().IntVar(&cfg.Window, "window", cfg.Window, "frames of a connection that may wait for their acks")
	cmd.Flags().DurationVar(&cfg.Duration, "duration", cfg.Duration, "how long to send")
	cmd.Flags().DurationVar(&cfg.Drain, "drain", cfg.Drain, "how long to wait for the last acks then")
	cmd.Flags().BoolVar(&cfg.Remote, "remote", false, "drive a collector that is not on this machine")
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	addAPIFlags(cmd)
	return cmd
}

// completeBench asks the API for what the flags do not say.
func completeBench(cmd *cobra.Command, cfg *bench.Config) error {
	if cfg.Origin != "" && cfg.Collector != "" {
		return nil
	}
	api, err := newAPIClient(cmd)
	if err != nil {
		return fmt.Errorf("%w; or give --collector, --site and --origin", err)
	}
	target, err := findDemoSite(cmd.Context(), api, cfg.Site)
	if err != nil {
		return err
	}
	cfg.Site = target.Key
	if cfg.Origin == "" {
		if len(target.Origins) == 0 || strings.Contains(target.Origins[0], "*") {
			return usagef("the site's origin stands for many; name one by --origin")
		}
		cfg.Origin = target.Origins[0]
	}
	if cfg.Collector == "" {
		cfg.Collector = api.base
		if m := scriptSource.FindStringSubmatch(target.Snippet); m != nil {
			cfg.Collector = m[1]
		}
	}
	return nil
}

// pinBench has the bench insist on the certificate of the server that runs on --data, as other commands do, where it
// is that one which is driven: its certificate need not name the address by which it is reached here.
func pinBench(cmd *cobra.Command, cfg *bench.Config) {
	path, _ := cmd.Flags().GetString("data")
	dir, err := absData(path)
	if err != nil {
		return
	}
	info, err := dir.readRunInfo()
	if err == nil && info.Certificate != "" && strings.TrimRight(cfg.Collector, "/") == info.API {
		cfg.TLS = certificate.Pinned(info.Certificate)
	}
}

func printBenchLine(w io.Writer, r bench.Result) {
	trouble := ""
	if r.Connected == 0 {
		trouble = r.Trouble
	}
	fmt.Fprintf(w, "\r%4.0f s  %d connected  %d sent  %d acked (%.0f/s)  %d resent  %d waiting  p99 %.1f ms  %s\x1b[K",
		r.Elapsed, r.Connected, r.Sent, r.Acked, r.Rate, r.Resent, r.Unacked, r.P99, trouble)
}

func printBench(w io.Writer, r bench.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "sent      %d frames, %.1f MB in %.1f s\n", r.Sent, float64(r.Bytes)/1e6, r.Seconds)
	fmt.Fprintf(&b, "acked     %d, %.0f a second, %.2f MB a second\n", r.Acked, r.Rate, r.Rate*float64(r.Bytes)/1e6/float64(max(1, r.Sent+r.Resent)))
	fmt.Fprintf(&b, "resent    %d\n", r.Resent)
	fmt.Fprintf(&b, "unacked   %d\n", r.Unacked)
	fmt.Fprintf(&b, "ack after p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, at most %.1f ms\n", r.P50, r.P90, r.P99, r.Max)
	for _, reason := range slices.Sorted(maps.Keys(r.Refused)) {
		fmt.Fprintf(&b, "refused   %d: %s\n", r.Refused[reason], reason)
	}
	for _, code := range slices.Sorted(maps.Keys(r.Closes)) {
		fmt.Fprintf(&b, "closed    %d connections with %d %s\n", r.Closes[code], code, wire.CloseCode(code).Name())
	}
	if r.Failed > 0 {
		fmt.Fprintf(&b, "failed    %d connections could not be made (%s)\n", r.Failed, r.Trouble)
	}
	if r.WrongAcks > 0 {
		fmt.Fprintf(&b, "wrong     %d acks of what was never sent, or twice\n", r.WrongAcks)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
