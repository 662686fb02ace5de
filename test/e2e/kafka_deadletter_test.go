package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/deadletter"
	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
	"hindsight/test/process"
)

// TestKafkaDeadletters: what cannot be decoded is put aside on a real Apache Kafka, listed, shown, tried again, which
// refuses the same letter once more, and dropped; by the commands that an operator has.
func TestKafkaDeadletters(t *testing.T) {
	t.Parallel()
	brokers := startKafka(t)
	d := apart(t, brokers, killOrigin)
	at := eventlog.Config{Brokers: brokers}
	producer, err := eventlog.NewProducer(at, eventlog.ProducerConfig{}, nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := producer.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = producer.Close(context.WithoutCancel(t.Context())) })
	process.Eventually(t, "the log to be found", process.Patience, producer.Healthy)
	stored := make(chan error, 1)
	record := eventlog.Record{Site: d.siteID(t), Session: wire.SessionID{1}, Document: wire.DocumentID{2}, Sequence: 7, Consent: 1, Via: eventlog.ViaWebSocket, Received: time.Now(), Frame: []byte("CANARY no frame")}
	if err := producer.Append(t.Context(), &record, func(err error) { stored <- err }); err != nil {
		t.Fatal(err)
	}
	if err := <-stored; err != nil {
		t.Fatal(err)
	}

	command := func(args ...string) string {
		args = append([]string{"deadletter"}, append(args, "--kafka-brokers", strings.Join(brokers, ","))...)
		out, err := exec.CommandContext(t.Context(), process.Binary(t, "hindsight", "build"), args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
		return string(out)
	}
	await := func(what string, is func(deadletter.Letter) bool) deadletter.Letter {
		var letters struct{ Letters []deadletter.Letter }
		process.Eventually(t, what, process.Patience, func() error {
			out := command("list", "--state", "all", "--json")
			if err := json.Unmarshal([]byte(out), &letters); err != nil {
				return err
			}
			if len(letters.Letters) != 1 || !is(letters.Letters[0]) {
				return fmt.Errorf("not so: %s", out)
			}
			return nil
		})
		return letters.Letters[0]
	}
	letter := await("the letter", func(l deadletter.Letter) bool {
		return l.State == deadletter.StateOpen && l.Reason == "frame" && l.Tries == 1
	})
	file := filepath.Join(t.TempDir(), "frame")
	if out := command("show", letter.Key, "--payload", file); strings.Contains(out, "CANARY") || !strings.Contains(out, "without a valid header") {
		t.Errorf("show: %s", out)
	}
	if raw, err := os.ReadFile(file); err != nil || string(raw) != "CANARY no frame" {
		t.Errorf("the payload is %q, %v", raw, err)
	}
	if out := command("retry", letter.Key); !strings.Contains(out, "1 of 1 retried") {
		t.Errorf("retry: %s", out)
	}
	await("the same letter once more", func(l deadletter.Letter) bool {
		return l.Key == letter.Key && l.State == deadletter.StateOpen && l.Tries == 2
	})
	if out := command("drop", letter.Key); !strings.Contains(out, "1 of 1 dropped") {
		t.Errorf("drop: %s", out)
	}
	await("it to be dropped", func(l deadletter.Letter) bool { return l.State == deadletter.StateDropped })
	if out := command("list"); !strings.Contains(out, "No dead letters") {
		t.Errorf("after the drop: %s", out)
	}
}
