package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
	"hindsight/test/process"
)

// liveAgent is how the browser of test/e2e/browser calls itself.
const liveAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

// TestCollectorKilledUnderTrackers kills the collector at random moments while visitors with several tabs, some of them
// duplicated, are recorded by the real tracker in a real browser. Their pages keep their own record of every frame and
// ack. In the end all that they sent is stored once: every table is that of an undisturbed run of these frames, and
// events and clicks are as many as the pages counted.
func TestCollectorKilledUnderTrackers(t *testing.T) {
	t.Parallel()
	kills := 5
	if long() {
		kills = 30
	}
	killedUnderTrackers(t, kills)
}

func killedUnderTrackers(t *testing.T, kills int, brokers ...string) {
	random := seed(t)
	s, site := newStack(t, brokers...), newLiveSite(t)
	c := s.collectorFor(t, site.URL).Start(t).AwaitReady(t, 200)
	site.collector = c.Base
	p := s.processor(t, "")
	visit := site.open(t)

	for n := 0; n < kills || (visit.tally(t).resent == 0 && n < kills+5); n++ {
		visit.awaitAcked(t, visit.tally(t).acked+3+random.IntN(12))
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
		c.Kill()
		if n%3 == 1 { // and every tab goes on to another page meanwhile
			visit.move(t)
		}
		c = c.Again(t)
	}
	if n := s.comparePages(t, site, visit); n.resent == 0 {
		t.Error("nothing was sent again: the kills prove nothing")
	}
	t.Logf("%d kills", kills)
	c.Terminate(t)
	s.stop(t, p)
}

// TestTrackersOverTheLimit lets a site's pages send more than the site may: its connections are slowed down, then closed
// with 4002. The trackers keep what was not taken, also over the next page, and send it when more is allowed.
func TestTrackersOverTheLimit(t *testing.T) {
	if !long() {
		t.Skip("part of the long form (make chaos)")
	}
	t.Parallel()
	s, site := newStack(t), newLiveSite(t)
	c := s.collectorFor(t, site.URL)
	c.Cmd.Env = append(c.Cmd.Environ(), "HINDSIGHT_SITE_RATE=0.3")
	c.Start(t).AwaitReady(t, 200)
	site.collector = c.Base
	p := s.processor(t, "")
	visit := site.open(t)
	visit.awaitAcked(t, 10)
	for range 2 {
		before := visit.tally(t).closes[int(wire.CloseRate)]
		visit.await(t, "connections that are over the limit", func(n tally) error {
			if n.closes[int(wire.CloseRate)] < before+2 {
				return fmt.Errorf("%v", n.closes)
			}
			return nil
		})
		visit.move(t)
	}
	c.Terminate(t)
	c = c.Again(t, "HINDSIGHT_SITE_RATE=0") // the operator allows more: what waited comes in
	s.comparePages(t, site, visit)
	c.Terminate(t)
	s.stop(t, p)
}

// comparePages ends the visit and holds what is stored against what the pages tell.
func (s *stack) comparePages(t *testing.T, site *liveSite, visit *browsing) tally {
	t.Helper()
	visit.end(t)
	s.settled(t)
	eventually(t, "the record of the pages' last moments", func() error {
		if stored, n := len(s.dump(t)["batches"]), visit.tally(t); n.batches != stored {
			return fmt.Errorf("%d batches are stored, the pages tell of %d", stored, n.batches)
		}
		return nil
	})
	n := visit.tally(t)
	eventually(t, "word of what became of every batch", site.record.lost)
	frames, missing := site.record.all()
	if missing != 0 {
		t.Errorf("%d numbers of the pages' documents were never sent", missing)
	}
	t.Logf("%d page views, %d batches, %d of them sent again, %d by beacon; connections closed with %v", n.pages, n.batches, n.resent, n.beaconed, n.closes)
	s.compareWith(t, frames, site.record)
	return n
}

// browsing is a running browser.
type browsing struct {
	site   *liveSite
	result chan error
	tabs   int
}

func (l *liveSite) open(t testing.TB) *browsing {
	t.Helper()
	const visitors, tabs = 2, 2
	v := &browsing{site: l, result: make(chan error, 1), tabs: tabs + 1 + visitors - 1}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		var answer struct {
			Problems []string
			Tabs     int
		}
		err := process.BrowserStep(ctx, "live.mjs", map[string]any{"site": l.URL, "visitors": visitors, "tabs": tabs}, &answer)
		if err == nil && (len(answer.Problems) > 0 || answer.Tabs != v.tabs) {
			err = fmt.Errorf("%d tabs; the pages' errors: %v", answer.Tabs, answer.Problems)
		}
		v.result <- err
	}()
	t.Cleanup(func() { cancel(); <-done })
	return v
}

func (v *browsing) tally(t testing.TB) tally {
	t.Helper()
	n, err := v.site.record.tally()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// await is eventually, for as long as the browser runs.
func (v *browsing) await(t testing.TB, what string, f func(tally) error) {
	t.Helper()
	eventually(t, what, func() error {
		select {
		case err := <-v.result:
			t.Fatalf("the browser has ended: %v", err)
		default:
		}
		return f(v.tally(t))
	})
}

func (v *browsing) awaitAcked(t testing.TB, want int) {
	t.Helper()
	v.await(t, fmt.Sprintf("%d acknowledged batches", want), func(n tally) error {
		if n.acked < want {
			return fmt.Errorf("%d are", n.acked)
		}
		return nil
	})
}

// move has every tab go on to another page.
func (v *browsing) move(t testing.TB) {
	t.Helper()
	before := v.tally(t).pages
	v.site.give(func(o *order) { o.Moves++ })
	v.await(t, "another page in every tab", func(n tally) error {
		if n.pages < before+v.tabs {
			return fmt.Errorf("%d pages", n.pages-before)
		}
		return nil
	})
}

// end has the visitors rest, waits until every event they made is in an acknowledged batch, and has them leave.
func (v *browsing) end(t testing.TB) {
	t.Helper()
	v.site.give(func(o *order) { o.Rest = true })
	v.await(t, "every event in an acknowledged batch", func(tally) error {
		told, err := v.site.record.told()
		if err != nil {
			return err
		}
		return v.site.record.sameEvents(told)
	})
	v.site.give(func(o *order) { o.Leave = true })
	if err := <-v.result; err != nil {
		t.Fatal(err)
	}
}

// sameEvents holds counted events against those that were made.
func (w *witness) sameEvents(counted map[string]int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var wrong []string
	for name, n := range w.events {
		if counted[name] != n {
			wrong = append(wrong, fmt.Sprintf("%s %d times", name, counted[name]))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d events of %d are not there once, such as %s", len(wrong), len(w.events), wrong[rand.IntN(len(wrong))])
	}
	if len(counted) != len(w.events) || len(counted) == 0 {
		return fmt.Errorf("%d events, want %d", len(counted), len(w.events))
	}
	return nil
}

// compareWith holds every table against an undisturbed run of the frames, and events and clicks against the pages' own
// counts.
func (s *stack) compareWith(t *testing.T, frames [][]byte, w *witness) {
	t.Helper()
	calm := newStack(t)
	in := calm.feeder(t)
	in.agent = liveAgent
	in.mustFeed(t, frames)
	p := calm.processor(t, "")
	calm.settled(t)
	want := calm.dump(t)
	calm.stop(t, p)
	if n := len(want["batches"]); n != len(frames) {
		t.Fatalf("the undisturbed run has %d batches of %d", n, len(frames))
	}
	s.settled(t)
	got := s.dump(t)
	if diff := storetest.Compare(want, got); len(diff) > 0 {
		t.Errorf("%d differences to the undisturbed run, such as\n%s", len(diff), strings.Join(diff[:min(len(diff), 20)], "\n"))
	}
	events, clicks := map[string]int{}, 0
	for _, row := range got["events"] {
		if strings.HasPrefix(row["name"], "tick-") {
			events[row["name"]]++
		}
	}
	for _, row := range got["heat_points"] {
		if row["kind"] == "click" {
			clicks++
		}
	}
	made := 0
	for _, n := range w.clicks {
		made += n
	}
	if clicks != made || made == 0 {
		t.Errorf("%d clicks are stored of %d", clicks, made)
	}
	if err := w.sameEvents(events); err != nil {
		t.Error(err)
	}
	t.Logf("%d events and %d clicks are stored once", len(events), clicks)
}
