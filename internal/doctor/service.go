package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"hindsight/internal/health"
)

// Service asks a running service whether its parts are ready, and what time it
// is there when it may be another machine. It tells whether a hindsight answered;
// when none did and none was bound to (must is false), that is no fault. client
// asks: one on this machine may know the server by other means than its name.
func (r *Report) Service(ctx context.Context, client *http.Client, check, base string, must bool) (answers bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(base, "/")+"/readyz", nil)
	if err != nil {
		r.Fail(check, fmt.Sprintf("%s is no address: %v", base, err), "give one such as http://127.0.0.1:8080")
		return false
	}
	asked := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		if must {
			r.Fail(check, fmt.Sprintf("%s does not answer: %v", base, err), "start it, or look at its log")
		}
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	var report health.Report
	if err := json.NewDecoder(resp.Body).Decode(&report); err != nil || len(report.Parts) == 0 {
		if must {
			r.Fail(check, base+" is answered by another program", "stop that one, or correct the address")
		}
		return false
	}
	r.parts(check, base, report)
	if at, err := http.ParseTime(resp.Header.Get("Date")); must && err == nil {
		// The header tells whole seconds, cut off: the middle is half a second later.
		took := time.Since(asked)
		r.Skew("clock "+check, "the clock of "+base, at.Add(500*time.Millisecond).Sub(asked.Add(took/2)), took/2+500*time.Millisecond)
	}
	return true
}

func (r *Report) parts(check, base string, report health.Report) {
	var bad []string
	for _, p := range report.Parts {
		if !p.Ready {
			bad = append(bad, p.Name+": "+p.Reason)
		}
	}
	if len(bad) > 0 {
		r.Fail(check, fmt.Sprintf("%s is not ready (%s)", base, strings.Join(bad, "; ")), "the other checks and its log tell why")
		return
	}
	r.OK(check, "%s is ready, all %d parts of it", base, len(report.Parts))
}
