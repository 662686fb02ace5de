package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"hindsight/test/process"
)

// TestReadinessTellsTheTruth takes log and store away from services that run apart, and gives them back.
func TestReadinessTellsTheTruth(t *testing.T) {
	d := apart(t, nil, killOrigin)
	bases := map[string]string{"collector": d.collector, "processor": d.processor, "api": d.api}
	all := func(want int) func() error {
		return func() error {
			for name, base := range bases {
				resp, err := http.Get(base + "/readyz")
				if err != nil {
					return err
				}
				resp.Body.Close()
				if resp.StatusCode != want {
					return fmt.Errorf("the %s answers %d, want %d", name, resp.StatusCode, want)
				}
			}
			return nil
		}
	}
	process.Eventually(t, "every service is ready", process.Patience, all(http.StatusOK))
	embedded := d.processes[0]
	embedded.Kill()
	process.Eventually(t, "no service claims to be ready without log and store", process.Patience, all(http.StatusServiceUnavailable))

	embedded.Again(t).AwaitReady(t, http.StatusOK)
	process.Eventually(t, "every service recovers by itself", process.Patience, all(http.StatusOK))

	// What is sent now is stored: the recovery is no mere claim.
	tr := newTracker(d.collector, killOrigin)
	quit := make(chan struct{})
	close(quit)
	tr.next()
	if err := tr.run(t.Context(), quit, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	assertCounts(t, d, []*tracker{tr})
}
