package main

import (
	"fmt"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func newUserCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "user", Short: "Access for people", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	link := &cobra.Command{
		Use: "login-link", Short: "Print a new one-time login for the dashboard", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := newAPIClient(cmd)
			if err != nil {
				return err
			}
			var made struct {
				URL       string    `json:"url"`
				ExpiresAt time.Time `json:"expires_at"`
			}
			if err := api.call(cmd.Context(), "POST", "/login-links", nil, &made); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), made.URL)
			fmt.Fprintf(cmd.ErrOrStderr(), "Works once, until %s.\n", made.ExpiresAt.Local().Format("15:04"))
			return nil
		},
	}
	addAPIFlags(link)
	cmd.AddCommand(link)
	return cmd
}

type apiToken struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Scope     string    `json:"scope"`
	CreatedAt time.Time `json:"created_at"`
	Secret    string    `json:"secret"`
}

func newTokenCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "token", Short: "Access for programs", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	list := &cobra.Command{Use: "list", Short: "List the tokens, without their secrets", Args: noArgs, RunE: listTokens}
	create := &cobra.Command{Use: "create NAME", Short: "Make a token and print its secret, once", Args: exactArgs("NAME"), RunE: createToken}
	create.Flags().String("scope", "read", "admin, read or collector")
	revoke := &cobra.Command{Use: "revoke TOKEN", Short: "End a token, by its id", Args: exactArgs("TOKEN"), RunE: revokeToken}
	cmd.AddCommand(list, create, revoke)
	for _, c := range cmd.Commands() {
		addAPIFlags(c)
	}
	return cmd
}

func listTokens(cmd *cobra.Command, _ []string) error {
	api, err := newAPIClient(cmd)
	if err != nil {
		return err
	}
	var answer struct{ Tokens []apiToken }
	if err := api.call(cmd.Context(), "GET", "/tokens", nil, &answer); err != nil {
		return err
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tSCOPE\tMADE")
	for _, t := range answer.Tokens {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.ID, t.Name, t.Scope, t.CreatedAt.Local().Format("2006-01-02 15:04"))
	}
	return w.Flush()
}

func createToken(cmd *cobra.Command, args []string) error {
	api, err := newAPIClient(cmd)
	if err != nil {
		return err
	}
	scope, _ := cmd.Flags().GetString("scope")
	var made apiToken
	if err := api.call(cmd.Context(), "POST", "/tokens", map[string]string{"name": args[0], "scope": scope}, &made); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), made.Secret)
	fmt.Fprintf(cmd.ErrOrStderr(), "Token %s (%s, scope %s). It is shown only this once.\n", made.ID, made.Name, made.Scope)
	return nil
}

func revokeToken(cmd *cobra.Command, args []string) error {
	api, err := newAPIClient(cmd)
	if err != nil {
		return err
	}
	if err := api.call(cmd.Context(), "DELETE", "/tokens/"+url.PathEscape(args[0]), nil, nil); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Revoked token %s.\n", args[0])
	return nil
}
