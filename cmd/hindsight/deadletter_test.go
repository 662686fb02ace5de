package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"hindsight/internal/broker"
	"hindsight/internal/broker/brokertest"
	"hindsight/internal/deadletter"
	"hindsight/internal/eventlog"
)

// invoke runs a command line and gives what it printed.
func invoke(t *testing.T, args ...string) (string, error) {
	t.Helper()
	root := newRoot()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

// logIn starts an embedded log on a data directory.
func logIn(t *testing.T, data string) eventlog.Config {
	t.Helper()
	return eventlog.Config{Brokers: []string{brokertest.Start(t, broker.Config{Dir: filepath.Join(data, "log"), Partitions: 2}, zap.NewNop())}}
}

// refuse writes a dead letter of a record that was never in the log.
func refuse(t *testing.T, at eventlog.Config, offset int64, site, reason string, payload bool) {
	t.Helper()
	d, err := eventlog.NewDeadLetter(at, nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{"v": "1", "site": site, "rcv": "1778100000000", "via": "ws", "doc": strings.Repeat("ab", 16), "seq": "7", "consent": "1"}
	f := &eventlog.Fetched{Partition: 1, Offset: offset, Key: []byte(strings.Repeat("50", 16)), Value: []byte("CANARY no frame")}
	for name, value := range headers {
		f.Headers = append(f.Headers, eventlog.Header{Key: name, Value: []byte(value)})
	}
	if err := d.Write(t.Context(), eventlog.Refused{LogID: "log", Record: f, Reason: reason, Payload: payload}); err != nil {
		t.Fatal(err)
	}
}

func TestDeadletterCommand(t *testing.T) {
	data := t.TempDir()
	if out, err := invoke(t, "deadletter", "list", "--data", data); err == nil || !strings.Contains(err.Error(), "no log") {
		t.Errorf("without a log: %v, %s", err, out)
	}
	at := logIn(t, data)
	if out, err := invoke(t, "deadletter", "list", "--data", data); err != nil || out != "No dead letters.\n" {
		t.Errorf("an empty topic: %q, %v", out, err)
	}
	refuse(t, at, 10, "shop", "frame", true)
	refuse(t, at, 11, "shop", "guard_protected_value", false)
	refuse(t, at, 12, "blog", "signals", true)

	list := func(args ...string) map[string]string {
		out, err := invoke(t, append([]string{"deadletter", "list", "--json", "--data", data}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Letters []deadletter.Letter
			Total   int
		}
		if err := json.Unmarshal([]byte(out), &answer); err != nil || answer.Total < len(answer.Letters) {
			t.Fatalf("%v: %s", err, out)
		}
		found := map[string]string{}
		for _, l := range answer.Letters {
			found[l.Reason] = l.State
		}
		return found
	}
	if got := list(); len(got) != 3 || got["frame"] != "open" {
		t.Errorf("open letters: %v", got)
	}
	if got := list("--site", "shop", "--reason", "guard_*"); len(got) != 1 || got["guard_protected_value"] != "open" {
		t.Errorf("filtered: %v", got)
	}
	if got := list("--older-than", "1h"); len(got) != 0 {
		t.Errorf("of an hour ago: %v", got)
	}
	out, err := invoke(t, "deadletter", "list", "--data", data, "--limit", "1")
	if err != nil || !strings.Contains(out, "log/1/10") || strings.Contains(out, "log/1/11") || !strings.Contains(out, "3 in all: frame 1, guard_protected_value 1, signals 1") || strings.Contains(out, "CANARY") {
		t.Errorf("%v: %s", err, out)
	}

	file := filepath.Join(data, "frame")
	out, err = invoke(t, "deadletter", "show", "log/1/10", "--data", data, "--payload", file)
	if err != nil || !strings.Contains(out, "without a valid header") || strings.Contains(out, "CANARY") {
		t.Errorf("show: %v: %s", err, out)
	}
	if raw, err := os.ReadFile(file); err != nil || string(raw) != "CANARY no frame" {
		t.Errorf("the payload's file holds %q, %v", raw, err)
	}
	if _, err := invoke(t, "deadletter", "show", "log/1/11", "--data", data, "--payload", file); err == nil {
		t.Error("a payload that was not kept was written")
	}

	// One can be made again, the other is gone: it says so and stays open.
	out, err = invoke(t, "deadletter", "retry", "--data", data, "--site", "shop")
	if err == nil || !strings.Contains(err.Error(), "1 of 2 letters failed") || !strings.Contains(out, "1 of 2 retried") || !strings.Contains(out, "in the log no more") {
		t.Errorf("retry: %v: %s", err, out)
	}
	if got := list("--state", "all"); got["frame"] != "retried" || got["guard_protected_value"] != "open" || got["signals"] != "open" {
		t.Errorf("after retry: %v", got)
	}
	if out, err = invoke(t, "deadletter", "drop", "--data", data, "log/1/11"); err != nil || !strings.Contains(out, "1 of 1 dropped") {
		t.Errorf("drop: %v: %s", err, out)
	}
	if out, err = invoke(t, "deadletter", "drop", "--data", data, "--all", "--json"); err != nil || !strings.Contains(out, `"done": 1`) {
		t.Errorf("drop all: %v: %s", err, out)
	}
	if got := list("--state", "dropped"); len(got) != 2 {
		t.Errorf("dropped: %v", got)
	}
	if got := list(); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
	for _, wrong := range [][]string{{"retry"}, {"drop", "--all", "--site", "shop"}, {"list", "--state", "closed"}, {"list", "--older-than", "-1h"}, {"show"}} {
		_, err := invoke(t, append([]string{"deadletter"}, append(wrong, "--data", data)...)...)
		var usage *usageError
		if !errors.As(err, &usage) {
			t.Errorf("%v: %v, want a mistake in usage", wrong, err)
		}
	}
	if _, err := invoke(t, "deadletter", "show", "log/9/9", "--data", data); err == nil || !strings.Contains(err.Error(), "there is no dead letter") {
		t.Errorf("a letter that is not there: %v", err)
	}
}

// A command that is interrupted says how many letters it never reached, and drops
// many at a time.
func TestInterruptedWork(t *testing.T) {
	letters := make([]deadletter.Letter, 2500)
	for i := range letters {
		letters[i].Key = fmt.Sprint("log/0/", i)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	var sizes, told []int
	work := func(_ context.Context, _ *deadletter.Desk, part []deadletter.Letter) error {
		if sizes = append(sizes, len(part)); len(sizes) == 2 {
			interrupt()
			return errors.New("away")
		}
		return nil
	}
	w := workThrough(ctx, nil, letters, work, deadletter.MostDropped, "dropped", func(n int) { told = append(told, n) })
	if w.Done != 1000 || w.Failed != 1000 || w.Left != 500 || !slices.Equal(sizes, []int{1000, 1000}) || !slices.Equal(told, []int{1000, 2000}) {
		t.Errorf("done %d, failed %d, left %d, by %v, told %v", w.Done, w.Failed, w.Left, sizes, told)
	}
	if err := w.err(); err == nil || !strings.Contains(err.Error(), "1000 of 2500 letters failed") || !strings.Contains(err.Error(), "500 letters were not reached") {
		t.Error(err)
	}
	var out bytes.Buffer
	if err := printWork(&out, worked{Left: 2500}, "dropped", false); err != nil || out.String() != "0 of 2500 dropped.\n" {
		t.Errorf("%v: %s", err, out.String())
	}
}
