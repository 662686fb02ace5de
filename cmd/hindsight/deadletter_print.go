package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"hindsight/internal/deadletter"
)

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func printLetters(w io.Writer, letters []deadletter.Letter, limit int, asJSON bool) error {
	counts := map[string]int{}
	for i := range letters {
		counts[letters[i].Reason]++
	}
	shown := letters
	if limit > 0 && len(shown) > limit {
		shown = shown[:limit]
	}
	if asJSON {
		return printJSON(w, struct {
			Letters []deadletter.Letter `json:"letters"`
			Total   int                 `json:"total"`
			Counts  map[string]int      `json:"counts"`
		}{append([]deadletter.Letter{}, shown...), len(letters), counts})
	}
	if len(letters) == 0 {
		_, err := fmt.Fprintln(w, "No dead letters.")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "KEY\tSTATE\tREASON\tSITE\tSESSION\tSEQ\tTRIES\tKEPT\tREFUSED")
	for i := range shown {
		l := &shown[i]
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\n", l.Key, l.State, l.Reason, dash(l.Site), dash(l.Session), l.Sequence, l.Tries,
			kept(l), l.Refused.Local().Format("2006-01-02 15:04:05"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var by []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		by = append(by, fmt.Sprintf("%s %d", reason, counts[reason]))
	}
	_, err := fmt.Fprintf(w, "\n%d in all: %s\n", len(letters), strings.Join(by, ", "))
	return err
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func kept(l *deadletter.Letter) string {
	if l.Payload == 0 {
		return "no"
	}
	return fmt.Sprintf("%d B", l.Payload)
}

// printLetter shows one letter. The frame itself is never printed.
func printLetter(w io.Writer, l *deadletter.Letter, frame []byte, asJSON bool) error {
	about, fault := "", ""
	if frame != nil {
		about, fault = deadletter.Describe(frame), deadletter.Explain(frame)
	}
	if asJSON {
		return printJSON(w, struct {
			deadletter.Letter
			Frame string `json:"frame,omitempty"`
			Fault string `json:"fault,omitempty"`
		}{*l, about, fault})
	}
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	line := func(name, value string) { fmt.Fprintf(table, "%s\t%s\n", name, value) }
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.Local().Format("2006-01-02 15:04:05.000")
	}
	line("key", l.Key)
	line("state", l.State+" since "+stamp(l.Changed))
	line("reason", l.Reason)
	line("site", dash(l.Site))
	line("session", dash(l.Session))
	line("document", dash(l.Document))
	line("sequence", fmt.Sprint(l.Sequence))
	line("received", stamp(l.Received))
	line("refused", fmt.Sprintf("%s, %d time(s)", stamp(l.Refused), l.Tries))
	line("payload", kept(l))
	if frame != nil {
		line("frame", about)
		if fault == "" {
			fault = "this program can decode it: `hindsight deadletter retry " + l.Key + "`"
		}
		line("fault", fault)
		if l.Missing != "" {
			line("missing", l.Missing+" (it cannot be tried again without)")
		}
	}
	return table.Flush()
}

func printWork(w io.Writer, did worked, done string, asJSON bool) error {
	if asJSON {
		return printJSON(w, did)
	}
	for _, l := range did.Letters {
		if l.Error != "" {
			fmt.Fprintf(w, "%s  %s: %s\n", l.Key, l.Reason, firstWords(l.Error, 160))
		}
	}
	if len(did.Letters)+did.Left == 0 {
		_, err := fmt.Fprintln(w, "No dead letter is meant.")
		return err
	}
	_, err := fmt.Fprintf(w, "%d of %d %s.\n", did.Done, len(did.Letters)+did.Left, done)
	return err
}
