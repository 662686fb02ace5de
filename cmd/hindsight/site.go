package main

import (
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"hindsight/internal/site"
)

func newSiteCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "site", Short: "List, make and change sites", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	list := &cobra.Command{Use: "list", Short: "List the sites", Args: noArgs, RunE: listSites}
	create := &cobra.Command{Use: "create", Short: "Make a site and print its snippet", Args: noArgs, RunE: createSite}
	create.Flags().String("name", "", "name shown in the dashboard (default: the first origin)")
	change := &cobra.Command{Use: "change SITE", Short: "Change what the flags name", Args: exactArgs("SITE"), RunE: changeSite}
	change.Flags().String("name", "", "name shown in the dashboard")
	for _, c := range []*cobra.Command{create, change} {
		c.Flags().StringSlice("origin", nil, "origin of the pages, for example https://shop.example.com or https://*.example.com (may be repeated)")
		c.Flags().String("consent", "", "ask, required, implied or none (default for a new site: ask)")
		c.Flags().Float64("sample-rate", 1, "share of sessions that send a recording, 0 to 1")
		c.Flags().Int("recordings-days", 0, "days that recordings are kept")
		c.Flags().Int("data-days", 0, "days that everything else is kept")
	}
	remove := &cobra.Command{Use: "delete SITE", Short: "Close a site and delete its data", Args: exactArgs("SITE"), RunE: deleteSite}
	remove.Flags().Bool("yes", false, "really delete")
	cmd.AddCommand(list, create, change, remove)
	for _, c := range cmd.Commands() {
		addAPIFlags(c)
	}
	return cmd
}

func listSites(cmd *cobra.Command, _ []string) error {
	api, err := newAPIClient(cmd)
	if err != nil {
		return err
	}
	var answer struct{ Sites []site.Site }
	if err := api.call(cmd.Context(), "GET", "/sites", nil, &answer); err != nil {
		return err
	}
	if len(answer.Sites) == 0 {
		fmt.Fprintln(cmd.OutOrStdout(), "There is no site yet. Make one: hindsight site create --origin https://your-site.example")
		return nil
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tKEY\tCONSENT\tORIGINS")
	for _, s := range answer.Sites {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.ID, s.Name, s.Key, s.Consent, strings.Join(s.Origins, " "))
	}
	return w.Flush()
}

// siteChange holds what the flags name, in the API's form.
func siteChange(cmd *cobra.Command) map[string]any {
	change := map[string]any{}
	flags := cmd.Flags()
	if flags.Changed("name") {
		change["name"], _ = flags.GetString("name")
	}
	if flags.Changed("origin") {
		change["origins"], _ = flags.GetStringSlice("origin")
	}
	if flags.Changed("consent") {
		change["consent"], _ = flags.GetString("consent")
	}
	if flags.Changed("sample-rate") {
		change["sample_rate"], _ = flags.GetFloat64("sample-rate")
	}
	retention := map[string]any{}
	for flag, key := range map[string]string{"recordings-days": "recordings_days", "data-days": "data_days"} {
		if flags.Changed(flag) {
			retention[key], _ = flags.GetInt(flag)
		}
	}
	if len(retention) > 0 {
		change["retention"] = retention
	}
	return change
}

func createSite(cmd *cobra.Command, _ []string) error {
	origins, _ := cmd.Flags().GetStringSlice("origin")
	if len(origins) == 0 {
		return usagef("say which pages belong to the site: --origin https://your-site.example")
	}
	change := siteChange(cmd)
	if _, ok := change["name"]; !ok {
		change["name"] = strings.TrimPrefix(strings.TrimPrefix(origins[0], "https://"), "http://")
	}
	api, err := newAPIClient(cmd)
	if err != nil {
		return err
	}
	var made struct {
		site.Site
		Snippet string `json:"snippet"`
	}
	if err := api.call(cmd.Context(), "POST", "/sites", change, &made); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Made site %s (%s). Paste this into its pages:\n\n  %s\n", made.ID, made.Name, made.Snippet)
	return nil
}

func changeSite(cmd *cobra.Command, args []string) error {
	change := siteChange(cmd)
	if len(change) == 0 {
		return usagef("nothing to change: name at least one of --name, --origin, --consent, --sample-rate, --recordings-days, --data-days")
	}
	api, err := newAPIClient(cmd)
	if err != nil {
		return err
	}
	var changed site.Site
	if err := api.call(cmd.Context(), "PATCH", "/sites/"+url.PathEscape(args[0]), change, &changed); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Changed site %s (%s).\n", changed.ID, changed.Name)
	return nil
}

func deleteSite(cmd *cobra.Command, args []string) error {
	if yes, _ := cmd.Flags().GetBool("yes"); !yes {
		return usagef("this deletes everything recorded on site %s; add --yes if you mean it", args[0])
	}
	api, err := newAPIClient(cmd)
	if err != nil {
		return err
	}
	if err := api.call(cmd.Context(), "DELETE", "/sites/"+url.PathEscape(args[0]), nil, nil); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Deleted site %s and its data.\n", args[0])
	return nil
}
