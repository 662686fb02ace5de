package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// usageError marks an error of the command line itself: exit code 2.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "hindsight",
		Short: "Self-hosted session replay and heatmaps",
		Long: `Hindsight records visits to your site, replays them and draws heatmaps.

  hindsight all          everything in one process, data under ./data
  hindsight collector    only the collector   (browser in, Kafka out)
  hindsight processor    only the processor   (Kafka in, ClickHouse out)
  hindsight api          only API and dashboard

Each flag has an environment twin (--public-url is HINDSIGHT_PUBLIC_URL) and a key of the
same name in the file given by --config (YAML). Flags win over the environment, the
environment over the file.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return applyConfig(cmd)
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetVersionTemplate("hindsight {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.PersistentFlags().String("config", "", "YAML `FILE` with keys named like the flags")
	root.AddCommand(
		newAllCommand(), newCollectorCommand(), newProcessorCommand(), newAPICommand(), newEmbeddedCommand(),
		newMigrateCommand(), newDemoCommand(), newSiteCommand(), newUserCommand(), newTokenCommand(),
		newRebuildCommand(), newDeadletterCommand(), newDoctorCommand(), newBenchCommand(), newVersionCommand(), newEngineChildCommand(),
	)
	return root
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		return usagef("unknown command %q for %q%s", args[0], cmd.CommandPath(), suggestion(cmd, args[0]))
	}
	return usagef("%q takes no arguments, but got %q", cmd.CommandPath(), strings.Join(args, " "))
}

func suggestion(cmd *cobra.Command, word string) string {
	if cmd.SuggestionsMinimumDistance == 0 {
		cmd.SuggestionsMinimumDistance = 2
	}
	if s := cmd.SuggestionsFor(word); len(s) > 0 {
		return "; did you mean " + strings.Join(s, " or ") + "?"
	}
	return ""
}

func exactArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return usagef("%q takes %d argument(s): %s", cmd.CommandPath(), len(names), strings.Join(names, " "))
		}
		return nil
	}
}

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArgs,
		Run: func(cmd *cobra.Command, _ []string) { fmt.Fprintln(cmd.OutOrStdout(), "hindsight "+version) },
	}
}
