package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hindsight/internal/deadletter"
)

func newLetterRetryCommand() *cobra.Command {
	return newWorkCommand(
		"retry", "Try dead letters again: those named, or the open ones that the filters mean",
		func(ctx context.Context, d *deadletter.Desk, letters []deadletter.Letter) error {
			return d.Retry(ctx, &letters[0])
		},
		1, "retried")
}

func newLetterDropCommand() *cobra.Command {
	return newWorkCommand(
		"drop", "Put dead letters aside for good: those named, or the open ones that the filters mean",
		func(ctx context.Context, d *deadletter.Desk, letters []deadletter.Letter) error {
			return d.Drop(ctx, letters)
		},
		deadletter.MostDropped, "dropped")
}

// workFunc does something with some letters, all or none of them.
type workFunc func(context.Context, *deadletter.Desk, []deadletter.Letter) error

// newWorkCommand makes a command that does something with letters, so many at a
// time. Those that fail do not keep the others from their turn.
func newWorkCommand(name, short string, work workFunc, atATime int, done string) *cobra.Command {
	var f letterFlags
	var all bool
	cmd := &cobra.Command{
		Use: name + " [KEY…]", Short: short, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, keys []string) error {
			if len(keys) == 0 {
				f.states = []string{deadletter.StateOpen} // a letter that is named is meant in whatever state it is
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
			worked := workThrough(cmd.Context(), d, letters, work, atATime, done, tellProgress(cmd.ErrOrStderr(), len(letters), done))
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
	// Left is how many were meant and not reached: the command was interrupted.
	Left int `json:"left"`
}

type workedLetter struct {
	Key    string `json:"key"`
	Reason string `json:"reason"`
	Result string `json:"result"` // what was done, or failed
	Error  string `json:"error,omitempty"`
}

// workThrough stops when ctx ends, and tells how many letters it has been through
// after every few.
func workThrough(ctx context.Context, d *deadletter.Desk, letters []deadletter.Letter, work workFunc, atATime int, done string, progress func(n int)) worked {
	w := worked{Letters: []workedLetter{}, Left: len(letters)}
	for part := range slices.Chunk(letters, atATime) {
		if ctx.Err() != nil {
			break
		}
		err := work(ctx, d, part)
		for i := range part {
			out := workedLetter{Key: part[i].Key, Reason: part[i].Reason, Result: done}
			if err != nil {
				out.Result, out.Error = "failed", err.Error()
				w.Failed++
			} else {
				w.Done++
			}
			w.Letters = append(w.Letters, out)
		}
		w.Left -= len(part)
		progress(len(w.Letters))
	}
	return w
}

// tellProgress writes a line every two seconds, so none where it is done by then.
func tellProgress(to io.Writer, all int, done string) func(n int) {
	last := time.Now()
	return func(n int) {
		if now := time.Now(); now.Sub(last) >= 2*time.Second && n < all {
			last = now
			fmt.Fprintf(to, "%d of %d letters looked at, to be %s\n", n, all, done)
		}
	}
}

func (w worked) err() error {
	var failed, left error
	if w.Failed > 0 {
		failed = fmt.Errorf("%d of %d letters failed; they stay as they were", w.Failed, len(w.Letters)+w.Left)
	}
	if w.Left > 0 {
		left = fmt.Errorf("interrupted: %d letters were not reached; the same command goes on with them", w.Left)
	}
	return errors.Join(failed, left)
}

// firstWords keeps a line of a table short.
func firstWords(text string, most int) string {
	text, _, _ = strings.Cut(text, "\n")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
