package process

import (
	"bufio"
	"strconv"
	"strings"
	"testing"
)

// Metric is the value of a figure without labels that the process shows at /metrics; 0 where it has not shown it yet.
func (p *Process) Metric(t testing.TB, name string) int {
	t.Helper()
	resp := p.get(t, "/metrics")
	if resp == nil {
		return 0
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatalf("%s is %q: %v", name, text, err)
			}
			return int(value)
		}
	}
	return 0
}
