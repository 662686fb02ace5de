package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"hindsight/test/process"
)

const killOrigin = "https://kill.example"

// TestKillKeepsEveryAcknowledgedBatch kills the whole program with -9 while sessions run, at moments drawn from a
// printed seed, starts it again, and holds the store against what the clients sent.
func TestKillKeepsEveryAcknowledgedBatch(t *testing.T) {
	t.Parallel()
	killAndCount(t, allInOne(t, killOrigin), 3)
}

func killAndCount(t *testing.T, d *deployment, kills int) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d, %d kills", seed, kills)

	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	quit := make(chan struct{})
	trackers := make([]*tracker, 24)
	errs := make(chan error, len(trackers))
	var wg sync.WaitGroup
	for i := range trackers {
		trackers[i] = newTracker(d.collector, killOrigin)
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := trackers[i].run(ctx, quit, 25*time.Millisecond); err != nil {
				errs <- err
			}
		}()
	}
	resent := func() (n int64) {
		for _, tr := range trackers {
			n += tr.resent.Load()
		}
		return n
	}
	// A kill between two batches proves nothing: each waits for one that is on its way, and where the acknowledgement
	// was faster all the same, a few more follow.
	for n := 0; n < kills || (resent() == 0 && n < kills+5); n++ {
		time.Sleep(time.Duration(400+random.IntN(1600)) * time.Millisecond)
		for patience := time.Now().Add(time.Second); !anyWaits(trackers) && time.Now().Before(patience); {
			time.Sleep(50 * time.Microsecond)
		}
		d.crash()
		t.Logf("back after %s", d.restart(t).Round(10*time.Millisecond))
	}
	time.Sleep(time.Second)
	close(quit)
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	if resent() == 0 {
		t.Error("no batch was ever resent: the kills came at no moment that proves anything")
	}
	assertCounts(t, d, trackers)
	d.stop(t)
}

func anyWaits(trackers []*tracker) bool {
	return slices.ContainsFunc(trackers, func(tr *tracker) bool {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		return len(tr.waiting) > 0
	})
}

// assertCounts holds sessions, batches, clicks and recording events against the clients' own records.
func assertCounts(t *testing.T, d *deployment, trackers []*tracker) {
	t.Helper()
	site, api := d.siteID(t), d.client()
	process.Eventually(t, "every batch counted once", process.Patience, func() error {
		list, err := api.sessions(site)
		if err != nil {
			return err
		}
		byID := map[string]sessionSummary{}
		for _, s := range list {
			byID[s.ID] = s
		}
		if len(byID) != len(trackers) || len(list) != len(trackers) {
			return fmt.Errorf("%d sessions (%d rows), want %d", len(byID), len(list), len(trackers))
		}
		for _, tr := range trackers {
			s := byID[tr.session.String()]
			if s.Batches != int(tr.sent) || s.Missing != 0 || s.Clicks != tr.clicks || s.Pages != 1 {
				return fmt.Errorf("session %s: %d batches (%d missing), %d clicks, %d pages; want %d, 0, %d, 1",
					s.ID, s.Batches, s.Missing, s.Clicks, s.Pages, tr.sent, tr.clicks)
			}
		}
		return nil
	})
	var clicks, batches int
	for _, tr := range trackers {
		clicks += tr.clicks
		batches += int(tr.sent)
		var events []struct{ Type int }
		if err := api.get("/sites/"+site+"/sessions/"+tr.session.String()+"/events", &events); err != nil {
			t.Fatal(err)
		}
		if want := int(tr.sent) + 2; len(events) != want {
			t.Errorf("session %s replays %d events, want %d", tr.session, len(events), want)
		}
	}
	h, err := api.heatmap(site, "/kill", "click")
	if err != nil {
		t.Fatal(err)
	}
	if h.Counts.Total != clicks || h.Counts.Sessions != len(trackers) {
		t.Errorf("heatmap counts %d clicks of %d sessions, want %d of %d", h.Counts.Total, h.Counts.Sessions, clicks, len(trackers))
	}
	t.Logf("%d sessions, %d batches, %d clicks: each counted exactly once", len(trackers), batches, clicks)
}
