package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"hindsight/internal/deadletter"
)

func newLetterRetryCommand() *cobra.Command {
	return newWorkCommand(
		"retry", "Try dead letters again: those named, or the open ones that the filters mean",
		func(ctx context.Context, d *deadletter.Desk, l *deadletter.Letter) error { return d.Retry(ctx, l) },
		"retried", []string{deadletter.StateOpen})
}

func newLetterDropCommand() *cobra.Command {
	return newWorkCommand(
		"drop", "Put dead letters aside for good: those named, or the open ones that the filters mean",
		func(ctx context.Context, d *deadletter.Desk, l *deadletter.Letter) error { return d.Drop(ctx, l) },
		"dropped", []string{deadletter.StateOpen})
}

// newWorkCommand makes a command that does something with each letter. One that
// fails does not keep the others from their turn.
func newWorkCommand(name, short string, work func(context.Context, *deadletter.Desk, *deadletter.Letter) error, done string, states []string) *cobra.Command {
	var f letterFlags
	var all bool
	cmd := &cobra.Command{
		Use: name + " [KEY…]", Short: short, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, keys []string) error {
			if len(keys) == 0 {
				f.states = states // a letter that is named is meant in whatever state it is
			}
			filter, err := f.filter(keys)
			if err != nil {
				return err
			}
			if filter.Empty() != all {
				if all {
					return usagef("--all means every open letter; leave it out beside keys and filters")
				}
				return usagef("name letters by their keys or by --site, --reason, --older-than, --newer-than; or say --all")
			}
			at, logID, err := f.log(cmd.Context())
			if err != nil {
				return err
			}
			letters, err := f.read(cmd.Context(), at, keys)
			if err != nil {
				return err
			}
			d, end, err := desk(cmd.Context(), at, logID)
			if err != nil {
				return err
			}
			worked := workThrough(cmd.Context(), d, letters, work, done)
			return errors.Join(printWork(cmd.OutOrStdout(), worked, done, f.json), end(), worked.err())
		},
	}
	f.addWhere(cmd)
	f.addFilter(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "every open letter")
	return cmd
}

// worked tells what became of letters.
type worked struct {
	Letters []workedLetter `json:"letters"`
	Done    int            `json:"done"`
	Failed  int            `json:"failed"`
}

type workedLetter struct {
	Key    string `json:"key"`
	Reason string `json:"reason"`
	Result string `json:"result"` // what was done, or failed
	Error  string `json:"error,omitempty"`
}

func workThrough(ctx context.Context, d *deadletter.Desk, letters []deadletter.Letter, work func(context.Context, *deadletter.Desk, *deadletter.Letter) error, done string) worked {
	w := worked{Letters: []workedLetter{}}
	for i := range letters {
		l := &letters[i]
		out := workedLetter{Key: l.Key, Reason: l.Reason, Result: done}
		if err := work(ctx, d, l); err != nil {
			out.Result, out.Error = "failed", err.Error()
			w.Failed++
		} else {
			w.Done++
		}
		w.Letters = append(w.Letters, out)
		if ctx.Err() != nil {
			break
		}
	}
	return w
}

func (w worked) err() error {
	if w.Failed == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d letters failed; they stay as they were", w.Failed, len(w.Letters))
}

// firstWords keeps a line of a table short.
func firstWords(text string, most int) string {
	text, _, _ = strings.Cut(text, "\n")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
