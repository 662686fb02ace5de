package main

import (
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"
)

const (
	envPrefix = "HINDSIGHT_"
	// testPrefix begins what the tests are told.
	testPrefix = envPrefix + "TEST_"
)

// envName is the environment twin of a flag: public-url → HINDSIGHT_PUBLIC_URL.
func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// ownOfCommandLine tells of a flag that no file sets.
func ownOfCommandLine(flag string) bool {
	return flag == "config" || flag == "help" || flag == "version"
}

// applyConfig fills the flags that the command line does not name: first from the environment, then from the
// file of --config; what is left keeps its default. A key of the file that no command knows is an error, so
// that a misspelt setting is not silently without effect; a key of another command is left alone, so that one
// file can serve all of them.
func applyConfig(cmd *cobra.Command) error {
	if f := cmd.Flags().Lookup("config"); f != nil && !f.Changed {
		if v, ok := os.LookupEnv(envName("config")); ok {
			if err := f.Value.Set(v); err != nil {
				return usagef("%s: %w", envName("config"), err)
			}
		}
	}
	file, err := readConfigFile(cmd)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, c := range append(cmd.Root().Commands(), cmd.Root()) {
		collectFlags(c, known)
	}
	for key := range file {
		if !known[key] || ownOfCommandLine(key) {
			return usagef("unknown key %q in the config file; keys are named like the flags, for example listen or public-url", key)
		}
	}
	var first error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if first != nil || f.Changed || ownOfCommandLine(f.Name) {
			return
		}
		if v, ok := os.LookupEnv(envName(f.Name)); ok {
			first = setFlag(f, v, envName(f.Name))
		} else if v, ok := file[f.Name]; ok {
			first = setFlag(f, v, "config file, key "+f.Name)
		}
	})
	return first
}

func collectFlags(cmd *cobra.Command, into map[string]bool) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { into[f.Name] = true })
	cmd.PersistentFlags().VisitAll(func(f *pflag.Flag) { into[f.Name] = true })
	for _, c := range cmd.Commands() {
		collectFlags(c, into)
	}
}

func setFlag(f *pflag.Flag, value, from string) error {
	if err := f.Value.Set(value); err != nil {
		return usagef("%s: %q is no valid value for %s (%s)", from, redact(f.Name, value), f.Name, f.Value.Type())
	}
	f.Changed = true
	return nil
}

// redact keeps the value of a secret out of error texts.
func redact(name, value string) string {
	for _, word := range []string{"token", "secret", "key", "password", "dsn"} {
		if strings.Contains(name, word) {
			return "…"
		}
	}
	return value
}

func readConfigFile(cmd *cobra.Command) (map[string]string, error) {
	path, err := cmd.Flags().GetString("config")
	if err != nil || path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, usagef("read config file: %w", err)
	}
	var tree map[string]yaml.Node
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		return nil, usagef("config file %s is no valid YAML: %w", path, err)
	}
	flat := make(map[string]string, len(tree))
	for key, value := range tree {
		s, err := scalar(&value)
		if err != nil {
			return nil, usagef("config file %s, key %s: %w", path, key, err)
		}
		flat[key] = s
	}
	return flat, nil
}

// scalar gives a YAML value in the form that the flag of that name reads; lists become comma-separated. What is written
// stays as it is written: a password of digits is no number, a name like a date no time.
func scalar(v *yaml.Node) (string, error) {
	switch v.Kind {
	case yaml.AliasNode:
		return scalar(v.Alias)
	case yaml.SequenceNode:
		parts := make([]string, 0, len(v.Content))
		for _, e := range v.Content {
			s, err := scalar(e)
			if err != nil {
				return "", err
			}
			parts = append(parts, s)
		}
		return strings.Join(parts, ","), nil
	case yaml.MappingNode:
		var keys []string
		for i := 0; i < len(v.Content); i += 2 {
			keys = append(keys, v.Content[i].Value)
		}
		sort.Strings(keys)
		return "", fmt.Errorf("must be a plain value or a list, not a map of %s", strings.Join(keys, ", "))
	}
	if v.ShortTag() == "!!null" {
		return "", nil
	}
	return v.Value, nil
}

// unknownVariables are those of the environment that look like a setting and are none, sorted.
func unknownVariables(root *cobra.Command, environment []string) []string {
	known := map[string]bool{}
	flags := map[string]bool{}
	collectFlags(root, flags)
	for name := range flags {
		known[envName(name)] = true
	}
	var all []string
	for _, pair := range environment {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, envPrefix) && !known[name] && !strings.HasPrefix(name, testPrefix) {
			all = append(all, name)
		}
	}
	sort.Strings(all)
	return all
}
