package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hindsight/internal/store"
)

// openStore connects and brings the schema up to date.
func openStore(ctx context.Context, p *parts, at store.Config) (*store.Store, error) {
	var db *store.Store
	begin := func(ctx context.Context) (err error) {
		if db, err = store.Open(ctx, at); err != nil {
			return ofStore(err, at)
		}
		_, err = db.Migrate(ctx)
		return ofStore(err, at)
	}
	err := p.start(ctx, "store", begin, func(context.Context) error { return db.Close() })
	return db, err
}

// ofStore is an error of this store with what to do about it; nothing for the embedded engine, which is not reached by
// an address.
func ofStore(err error, at store.Config) error {
	if err == nil || strings.HasPrefix(at.DSN, "unix:") {
		return err
	}
	return &trouble{err, store.Advice(err)}
}

func newMigrateCommand() *cobra.Command {
	var data string
	var where storeFlags
	cmd := &cobra.Command{
		Use: "migrate", Short: "Bring the store's schema up to date, and stop", Args: noArgs,
		Long: "Brings the schema up to date. Every service does this at its start; the command is for doing it beforehand.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := absData(data)
			if err != nil {
				return err
			}
			at, err := findStore(dir, where)
			if err != nil {
				return err
			}
			p := &parts{out: os.Stdout}
			if _, err := openStore(cmd.Context(), p, at); err != nil {
				return err
			}
			fmt.Println("The schema is up to date.")
			return p.stop()
		},
	}
	cmd.Flags().StringVar(&data, "data", "./data", "data `DIR` of a running hindsight embedded or all")
	where.add(cmd)
	return cmd
}

func newRebuildCommand() *cobra.Command {
	var data string
	var where storeFlags
	var log logFlags
	cmd := &cobra.Command{
		Use: "rebuild", Short: "Derive sessions and page figures anew from the raw rows, while ingest runs", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			logger, err := log.logger()
			if err != nil {
				return err
			}
			dir, err := absData(data)
			if err != nil {
				return err
			}
			at, err := findStore(dir, where)
			if err != nil {
				return err
			}
			p := &parts{out: os.Stdout}
			db, err := openStore(cmd.Context(), p, at)
			if err != nil {
				return err
			}
			keep, err := newRetention(cmd.Context(), db, logger)
			if err != nil {
				return err
			}
			deriver := store.NewDeriver(db, store.DeriverConfig{Retention: keep.of}, logger, newRegistry())
			done, err := deriver.Rebuild(cmd.Context(), func(progress store.RebuildProgress) { printRebuild(progress) })
			fmt.Println()
			if err != nil && !errors.Is(err, store.ErrNotAllDerived) {
				return err
			}
			printRebuild(done)
			fmt.Println()
			return errors.Join(err, p.stop())
		},
	}
	cmd.Flags().StringVar(&data, "data", "./data", "data `DIR` of a running hindsight embedded or all")
	where.add(cmd)
	log.add(cmd, "console")
	return cmd
}

func printRebuild(p store.RebuildProgress) {
	fmt.Printf("\r%d of %d days, %d sessions and %d pages derived, %d days past retention left alone ", p.DaysDone, p.Days, p.Sessions, p.Pages, p.Frozen)
	if p.Refused > 0 {
		fmt.Printf("%d refused ", p.Refused)
	}
}
