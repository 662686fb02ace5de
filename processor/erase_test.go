package processor_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"hindsight/internal/eventlog"
	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
	"hindsight/internal/wire"
	"hindsight/processor"
)

// erase puts orders into the log as a collector would.
func (r *rig) erase(visitors ...wire.VisitorHash) {
	r.t.Helper()
	r.eraseAt(time.Now(), visitors...)
}

func (r *rig) eraseAt(at time.Time, visitors ...wire.VisitorHash) {
	r.t.Helper()
	p, err := eventlog.NewProducer(r.log, eventlog.ProducerConfig{}, nil, r.logger)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := p.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	var all errgroup.Group
	all.SetLimit(100)
	for _, visitor := range visitors {
		all.Go(func() error {
			return p.AppendErasure(r.t.Context(), &eventlog.Erasure{Site: "shop", Visitor: visitor, Received: at})
		})
	}
	if err := all.Wait(); err != nil {
		r.t.Fatal(err)
	}
	if err := p.Close(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// count is the value of a counter with one label.
func count(t *testing.T, reg *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && m.GetLabel()[0].GetValue() == label {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

// held counts the rows of each table that belong to a visitor's sessions.
func (r *rig) held(sessions map[string]bool) map[string]int {
	rows := map[string]int{}
	for table, all := range r.dump() {
		for _, row := range all {
			if sessions[row["session"]] && row["batches"] != "0" {
				rows[table]++
			}
		}
	}
	return rows
}

// TestErasureGoesAfterWhatCameBefore: a visitor's sessions lie in every
// partition, some not stored yet when the order comes. Nothing of them is left,
// also not in derived rows; everybody else's rows stay as they were; reading all
// of it again changes nothing.
func TestErasureGoesAfterWhatCameBefore(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	frames := visits(t, rand.New(rand.NewPCG(5, 5)), 12)
	gone := wire.VisitorHash{1}
	theirs := map[string]bool{}
	var others [][]byte
	for _, frame := range frames {
		h, err := wire.ParseHeader(frame)
		if err != nil {
			t.Fatal(err)
		}
		if h.Visitor == gone {
			theirs[strings.ToUpper(h.Session.String())] = true
		} else {
			others = append(others, frame)
		}
	}
	if len(theirs) < 3 || len(others) == 0 {
		t.Fatalf("%d sessions of the visitor: the test proves nothing", len(theirs))
	}
	arrival := firstDay.Time().Add(24*time.Hour + 5*time.Second)
	how := sending{received: arrival, via: eventlog.ViaWebSocket}

	// What the store holds without that visitor ever having come.
	r.send(others, how)
	r.process("before", processor.Config{FlushInterval: time.Millisecond}, len(others))
	r.derive()
	want := r.dump()

	// Half is stored and derived before the order, half lies before it in the log.
	half := len(frames) / 2
	r.send(frames[:half], how)
	r.process("group", processor.Config{FlushInterval: time.Millisecond}, len(others)+half)
	r.derive()
	if n := r.held(theirs); n["batches"] == 0 || n["sessions"] == 0 || n["recording_chunks"] == 0 {
		t.Fatalf("nothing of the visitor was stored: %v", n)
	}
	r.send(frames[half:], how)
	r.erase(gone)
	p, reg := r.processor("group", processor.Config{FlushRecords: 15, FlushInterval: time.Millisecond, StopTimeout: time.Minute})
	stop := r.start(p)
	r.await("the orders to be read", func() bool { return count(t, reg, "hindsight_processor_records_total", "erasure") == 3 })
	stop()
	r.derive()
	if n := r.held(theirs); len(n) > 0 {
		t.Errorf("left after the erasure: %v", n)
	}
	after := r.dump()
	for _, rows := range []map[string][]storetest.Row{want, after} {
		rows["consents"] = nil // proofs name nobody and stay
		for _, row := range rows["page_days"] {
			delete(row, "version") // it counts erasures
		}
	}
	compare(t, "everybody else", want, after)
	if n := count(t, reg, "hindsight_erasures_total", "visitor"); n != 1 {
		t.Errorf("one erasure counted %v times", n)
	}
	if found, err := r.store.EntombVisitors(context.Background(), "shop", []store.VisitorErasure{{Visitor: gone, Until: math.MaxInt64}}, nil); len(found) != 0 || err != nil {
		t.Errorf("erasing again found %d sessions: %v", len(found), err)
	}

	// All of the log again, by a group that knows nothing.
	again, reg2 := r.processor("again", processor.Config{FlushInterval: time.Millisecond, StopTimeout: time.Minute})
	stop = r.start(again)
	r.await("the orders to be read again", func() bool { return count(t, reg2, "hindsight_processor_records_total", "erasure") == 3 })
	stop()
	r.derive()
	if n := r.held(theirs); len(n) > 0 {
		t.Errorf("left after reading the log again: %v", n)
	}
}

// ofVisitor splits a visitor's frames by session, and gives everybody else's.
func ofVisitor(t *testing.T, frames [][]byte, visitor wire.VisitorHash) (theirs map[wire.SessionID][][]byte, others [][]byte) {
	t.Helper()
	theirs = map[wire.SessionID][][]byte{}
	for _, frame := range frames {
		h, err := wire.ParseHeader(frame)
		if err != nil {
			t.Fatal(err)
		}
		if h.Visitor == visitor {
			theirs[h.Session] = append(theirs[h.Session], frame)
		} else {
			others = append(others, frame)
		}
	}
	return theirs, others
}

// TestErasureLeavesWhatBeganLater: a visitor is erased and comes again. What was
// received before the order is gone, also where all of it is sent again later;
// what began after it stays, in whatever groupings and however often the log is
// read, and however late a partition's copy of the order is.
func TestErasureLeavesWhatBeganLater(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	visitor := wire.VisitorHash{1}
	theirs, others := ofVisitor(t, visits(t, rand.New(rand.NewPCG(5, 5)), 16), visitor)
	if len(theirs) < 4 {
		t.Fatalf("%d sessions of the visitor: the test proves nothing", len(theirs))
	}
	var first, later [][]byte
	gone, stay := map[string]bool{}, map[string]bool{}
	for session, frames := range theirs {
		if id := strings.ToUpper(session.String()); len(gone) < len(theirs)/2 {
			gone[id] = true
			first = append(first, frames...)
		} else {
			stay[id] = true
			later = append(later, frames...)
		}
	}
	arrival := firstDay.Time().Add(24*time.Hour + 5*time.Second)
	at := func(after time.Duration) sending {
		return sending{received: arrival.Add(after), via: eventlog.ViaWebSocket}
	}
	r.send(others, at(0))
	r.send(first, at(0))
	r.process("group", processor.Config{FlushInterval: time.Millisecond}, len(others)+len(first))
	r.derive()
	r.eraseAt(arrival.Add(10*time.Second), visitor)
	r.send(first, at(20*time.Second)) // in one batch with the order
	p, reg := r.processor("group", processor.Config{FlushInterval: time.Second, StopTimeout: time.Minute})
	stop := r.start(p)
	r.await("the orders to be read", func() bool { return count(t, reg, "hindsight_processor_records_total", "erasure") == 3 })
	stop()
	r.send(later, at(30*time.Second))
	r.process("group", processor.Config{FlushInterval: time.Millisecond}, len(later))
	r.derive()
	undisturbed := r.dump()
	if n := r.held(gone); len(n) > 0 {
		t.Errorf("left after the erasure: %v", n)
	}
	if n := r.held(stay); n["batches"] != len(later) || n["sessions"] != len(stay) {
		t.Errorf("of %d later batches of %d sessions there are %v", len(later), len(stay), n)
	}
	for i, cfg := range []processor.Config{
		{FlushInterval: time.Second, FlushRecords: 60, StopTimeout: time.Minute}, {FlushInterval: time.Second, StopTimeout: time.Minute},
	} {
		again, reg := r.processor(fmt.Sprint("again", i), cfg)
		stop := r.start(again)
		r.await("the log to be read again", func() bool {
			return count(t, reg, "hindsight_processor_records_total", "erasure") == 3 && eventsRead(t, reg) == len(others)+2*len(first)+len(later)
		})
		stop()
		r.derive()
		rewound := r.dump()
		for _, rows := range []map[string][]storetest.Row{undisturbed, rewound} {
			for _, row := range rows["page_days"] {
				delete(row, "version") // it counts erasures
			}
		}
		compare(t, "the log read again", undisturbed, rewound)
	}
}

// eventsRead counts the frames that a processor has taken.
func eventsRead(t *testing.T, reg *prometheus.Registry) int {
	n := 0.0
	for _, label := range []string{"stored", "partial", "dead"} {
		n += count(t, reg, "hindsight_processor_records_total", label)
	}
	return int(n)
}

// TestErasureOfWhatIsOnItsWay: a batch that was received before the order may lie
// behind it in the log, where two collectors or two connections appended at once.
func TestErasureOfWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	visitor := wire.VisitorHash{1}
	theirs, _ := ofVisitor(t, visits(t, rand.New(rand.NewPCG(5, 5)), 12), visitor)
	arrival := firstDay.Time().Add(24*time.Hour + 5*time.Second)
	r.eraseAt(arrival.Add(5*time.Millisecond), visitor)
	p, reg := r.processor("group", processor.Config{FlushInterval: time.Millisecond, StopTimeout: time.Minute})
	stop := r.start(p)
	defer stop()
	r.await("the orders to be executed", func() bool { return count(t, reg, "hindsight_erasures_total", "visitor") == 1 })
	sent, gone := 0, map[string]bool{}
	for session, frames := range theirs {
		r.send(frames, sending{received: arrival, via: eventlog.ViaWebSocket})
		sent += len(frames)
		gone[strings.ToUpper(session.String())] = true
	}
	r.await("the batches to be stored", func() bool { return r.written.Load() == int64(sent) })
	stop()
	r.derive()
	if n := r.held(gone); sent == 0 || len(n) > 0 {
		t.Errorf("left of %d batches: %v", sent, n)
	}
}

// TestErasuresTogether: orders that wait in the log are executed together, each
// visitor's once in a batch, however many and however often they were given.
func TestErasuresTogether(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	frames := visits(t, rand.New(rand.NewPCG(8, 8)), 6)
	r.send(frames, sending{received: firstDay.Time().Add(25 * time.Hour), via: eventlog.ViaWebSocket})
	r.process("group", processor.Config{FlushInterval: time.Millisecond}, len(frames))
	var visitors []wire.VisitorHash
	for i := range 1500 { // more than one statement names
		visitors = append(visitors, wire.VisitorHash{200, byte(i), byte(i >> 8)})
	}
	for _, frame := range frames {
		h, err := wire.ParseHeader(frame)
		if err != nil {
			t.Fatal(err)
		}
		visitors = append(visitors, h.Visitor, h.Visitor)
	}
	r.erase(visitors...)
	p, reg := r.processor("group", processor.Config{FlushInterval: time.Second, StopTimeout: time.Minute})
	stop := r.start(p)
	r.await("the orders to be read", func() bool {
		return count(t, reg, "hindsight_processor_records_total", "erasure") == float64(3*len(visitors))
	})
	stop()
	if len(r.erased) > 100 {
		t.Errorf("%d questions to the store for %d orders", len(r.erased), 3*len(visitors))
	}
	if most := slices.Max(r.erased); most > 1500+len(frames) {
		t.Errorf("a question named %d visitors: some twice", most)
	}
	if left := r.dump()["batches"]; slices.ContainsFunc(left, func(row storetest.Row) bool { return !strings.HasPrefix(row["visitor"], strings.Repeat("0", 32)) }) {
		t.Errorf("%d batches left", len(left))
	}
}

// TestErasureWaitsForTheStore: while the store is away the order is neither
// lost nor committed.
func TestErasureWaitsForTheStore(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	frames := visits(t, rand.New(rand.NewPCG(6, 6)), 6)
	r.send(frames, sending{received: firstDay.Time().Add(25 * time.Hour), via: eventlog.ViaWebSocket})
	r.process("group", processor.Config{FlushInterval: time.Millisecond}, len(frames))
	h, err := wire.ParseHeader(frames[0])
	if err != nil {
		t.Fatal(err)
	}
	r.failing.Store(true)
	r.erase(h.Visitor)
	p, _ := r.processor("group", processor.Config{FlushInterval: time.Millisecond, RetryLeast: time.Millisecond, RetryMost: time.Millisecond})
	stop := r.start(p)
	defer stop()
	r.await("the failure to show", func() bool { return p.Ready() != nil && strings.Contains(p.Ready().Error(), "switched") })
	r.failing.Store(false)
	r.await("the visitor to be gone", func() bool {
		return !slices.ContainsFunc(r.dump()["batches"], func(row storetest.Row) bool {
			return strings.HasPrefix(row["visitor"], strings.ToUpper(h.Visitor.String()))
		})
	})
}

// TestProofs: a consent leaves a proof where it is given; what later sessions
// tell again, and what was made up afterwards, does not.
func TestProofs(t *testing.T) {
	r := newRig(t)
	frames := visits(t, rand.New(rand.NewPCG(7, 7)), 5)
	r.send(frames, sending{received: firstDay.Time().Add(25 * time.Hour), via: eventlog.ViaWebSocket})
	r.process("group", processor.Config{FlushInterval: time.Millisecond}, len(frames))
	view := store.NewVisible("shop", store.Retention{}, firstDay.Time().AddDate(0, 6, 0))
	whole := store.Period{From: time.Unix(0, 0), To: firstDay.Time().AddDate(1, 0, 0)}
	proofs, err := r.store.ListConsents(t.Context(), view, store.ConsentQuery{Period: whole, Limit: 1000})
	if err != nil || len(proofs) < 5 {
		t.Fatalf("%d proofs, %v", len(proofs), err)
	}
	for i, p := range proofs {
		one, err := r.store.Consent(t.Context(), view, p.Key)
		if err != nil || one != p || p.State != "granted" || p.Version != "2" || p.URL != "https://shop.example/" {
			t.Errorf("proof %d: %+v, read alone %+v, %v", i, p, one, err)
		}
	}
	held := strings.Repeat("0", 28) + "feed"
	if c, err := r.store.Consent(t.Context(), view, held); err == nil {
		t.Errorf("a consent that was only told again is a proof: %+v", c)
	}
	late := store.NewVisible("shop", store.Retention{}, firstDay.Time().AddDate(1, 0, 3))
	if left, err := r.store.ListConsents(t.Context(), late, store.ConsentQuery{Period: whole, Limit: 1000}); err != nil || len(left) != 0 {
		t.Errorf("%d proofs after twelve months, %v", len(left), err)
	}
	if err := r.store.DeleteSite(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	if left, err := r.store.ListConsents(t.Context(), view, store.ConsentQuery{Period: whole, Limit: 1000}); err != nil || len(left) != 0 {
		t.Errorf("%d proofs after the site's end, %v", len(left), err)
	}
}
