package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"hindsight/demo"
	"hindsight/internal/site"
)

func newDemoCommand() *cobra.Command {
	cfg := demo.DefaultConfig()
	var siteName string
	var remove bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Fill the store with generated visits to the demo shop, or take them away", Args: noArgs,
		Long: `Generates visits of the last days to the pages of the demo shop and sends them through the running
collector, so that lists, replays and heatmaps have substance. The sessions are marked as generated;
--remove takes exactly those away.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := cfg.Validate(); err != nil {
				return usagef("%w", err)
			}
			api, err := newAPIClient(cmd)
			if err != nil {
				return err
			}
			target, err := findDemoSite(cmd.Context(), api, siteName)
			if err != nil {
				return err
			}
			if remove {
				return removeDemo(cmd.Context(), api, target)
			}
			return generateDemo(cmd.Context(), api, target, cfg)
		},
	}
	cmd.Flags().IntVar(&cfg.Sessions, "sessions", cfg.Sessions, "how many visits")
	cmd.Flags().Uint64Var(&cfg.Seed, "seed", uint64(time.Now().UnixNano()), "decides what is drawn: the same number makes the same visitors")
	cmd.Flags().IntVar(&cfg.Days, "days", cfg.Days, "how many days back, 1 to 7")
	cmd.Flags().IntVar(&cfg.Connections, "connections", cfg.Connections, "visits sent at a time")
	cmd.Flags().Float64Var(&cfg.SampleRate, "sample-rate", cfg.SampleRate, "share of visits with a recording, 0 to 1")
	cmd.Flags().StringVar(&cfg.Collector, "collector", "", "address of the collector (default: the one in the site's snippet)")
	cmd.Flags().StringVar(&siteName, "site", demoKey, "key or id of the site that takes the visits")
	cmd.Flags().BoolVar(&remove, "remove", false, "take all generated visits of the site away")
	cmd.Flags().Lookup("seed").DefValue = "the clock"
	addAPIFlags(cmd)
	return cmd
}

type demoSite struct {
	site.Site
	Snippet string `json:"snippet"`
}

func findDemoSite(ctx context.Context, api *apiClient, name string) (demoSite, error) {
	var answer struct{ Sites []demoSite }
	if err := api.call(ctx, "GET", "/sites", nil, &answer); err != nil {
		return demoSite{}, err
	}
	for _, s := range answer.Sites {
		if s.Key == name || s.ID == name {
			return s, nil
		}
	}
	if name == demoKey {
		return demoSite{}, fmt.Errorf("the demo shop has no site here: start hindsight with the demo (--demo), or name a site by --site")
	}
	return demoSite{}, fmt.Errorf("there is no site with the key or id %q; `hindsight site list` shows them", name)
}

var scriptSource = regexp.MustCompile(`src="([^"]+)/t\.js"`)

func generateDemo(ctx context.Context, api *apiClient, target demoSite, cfg demo.Config) error {
	cfg.SiteKey, cfg.Origin = target.Key, target.Origins[0]
	if cfg.Collector == "" {
		cfg.Collector = api.base
		if m := scriptSource.FindStringSubmatch(target.Snippet); m != nil {
			cfg.Collector = m[1]
		}
	}
	begin := time.Now()
	last := time.Time{}
	progress := func(done, total int) {
		if done == total || time.Since(last) > 200*time.Millisecond {
			last = time.Now()
			fmt.Fprintf(os.Stderr, "\r%d of %d visits sent and acknowledged, %.0f a second ", done, total, float64(done)/time.Since(begin).Seconds())
		}
	}
	stats, err := demo.Generate(ctx, cfg, progress)
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return fmt.Errorf("after %d visits: %w", stats.Sessions, err)
	}
	fmt.Printf("Made %d visits with %d page views: %d batches, %.1f MB on the wire (%.1f MB of recordings), in %.1f s.\n",
		stats.Sessions, stats.PageViews, stats.Frames, float64(stats.Bytes)/1e6, float64(stats.ReplayBytes)/1e6, stats.Elapsed.Seconds())
	fmt.Printf("They show in the dashboard within seconds: %s/#/s/%s/sessions\nTake them away with: hindsight demo --remove\n", api.base, url.PathEscape(target.ID))
	return nil
}

func removeDemo(ctx context.Context, api *apiClient, target demoSite) error {
	fmt.Fprintln(os.Stderr, "Taking generated visits away …")
	var answer struct{ Sessions int }
	if err := api.call(ctx, "DELETE", "/sites/"+url.PathEscape(target.ID)+"/demo", nil, &answer); err != nil {
		return err
	}
	fmt.Printf("Took %d generated visits away.\n", answer.Sessions)
	return nil
}
