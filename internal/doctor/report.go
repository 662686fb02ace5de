// Package doctor looks at an installation and says, check by check, what is
// well, what is not, and what to do about it. It changes nothing, and it works
// while the server runs and while it does not.
package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Status of a check.
type Status string

// What a check may come to. Only Fail makes the exit code 1.
const (
	OK   Status = "ok"
	Warn Status = "warn"
	Fail Status = "fail"
)

// Result is what one check found.
type Result struct {
	Check  string `json:"check"`
	Status Status `json:"status"`
	Found  string `json:"found"`
	// Advice says what to do; empty when all is well.
	Advice string `json:"advice,omitempty"`
}

// Report gathers results in the order of the checks.
type Report struct{ Results []Result }

// OK notes that a check found all well.
func (r *Report) OK(check, format string, args ...any) {
	r.Results = append(r.Results, Result{check, OK, fmt.Sprintf(format, args...), ""})
}

// Warn notes what should be looked at, Fail what keeps the installation from
// working.
func (r *Report) Warn(check, found, advice string) {
	r.Results = append(r.Results, Result{check, Warn, found, advice})
}

// Fail notes what keeps the installation from working.
func (r *Report) Fail(check, found, advice string) {
	r.Results = append(r.Results, Result{check, Fail, found, advice})
}

// Count tells how many results have a status.
func (r *Report) Count(s Status) (n int) {
	for _, result := range r.Results {
		if result.Status == s {
			n++
		}
	}
	return n
}

// Text writes the report for people.
func (r *Report) Text(w io.Writer) error {
	width := 0
	for _, result := range r.Results {
		width = max(width, len(result.Check))
	}
	var b strings.Builder
	for _, result := range r.Results {
		fmt.Fprintf(&b, "%-4s  %-*s  %s\n", result.Status, width, result.Check, result.Found)
		if result.Advice != "" {
			fmt.Fprintf(&b, "%*s→ %s\n", width+8, "", result.Advice)
		}
	}
	fmt.Fprintf(&b, "\n%d ok, %d to look at, %d failed\n", r.Count(OK), r.Count(Warn), r.Count(Fail))
	_, err := io.WriteString(w, b.String())
	return err
}

// JSON writes the report for programs.
func (r *Report) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		OK     bool     `json:"ok"`
		Checks []Result `json:"checks"`
	}{r.Count(Fail) == 0, append([]Result{}, r.Results...)})
}

// bytes writes a size as people read it.
func bytes(n uint64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	f, i := float64(n), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}
