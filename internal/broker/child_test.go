package broker

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/eventlog"
)

// The tests that kill run the broker in a child process: this test binary
// again, told by its environment to be a broker.
const childEnv = "HINDSIGHT_TEST_BROKER_DIR"

const childSegment = 4 << 10

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		os.Exit(childMain(dir))
	}
	os.Exit(m.Run())
}

// childMain runs a broker and does what its parent says, line by line.
func childMain(dir string) int {
	logger := zap.Must(zap.NewProduction())
	b, err := New(Config{Dir: dir, Partitions: 2, SegmentBytes: childSegment, TrimEvery: time.Hour}, logger)
	if err == nil {
		err = b.Start(context.Background())
	}
	if err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	fmt.Println("up")
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		switch in.Text() {
		case "trim":
			err = b.Trim(context.Background())
		case "trim to the end": // what Trim must never do
			for _, info := range b.cluster.PartitionInfos(eventlog.TopicEvents) {
				if err == nil {
					err = b.admin.deleteRecords(context.Background(), eventlog.TopicEvents, info.Partition, info.HighWatermark)
				}
			}
		}
		if err != nil {
			fmt.Println("failed:", err)
			return 1
		}
		fmt.Println("done")
	}
	return 0
}

type child struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	stderr strings.Builder
}

func startChild(t *testing.T, dir string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(os.Environ(), childEnv+"="+dir)
	c.cmd.Stderr = &c.stderr
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewScanner(out)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
	})
	if !c.out.Scan() || c.out.Text() != "up" {
		t.Fatalf("the broker did not start: %s\n%s", c.out.Text(), c.stderr.String())
	}
	return c
}

func (c *child) do(t *testing.T, command string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.in, command); err != nil {
		t.Fatal(err)
	}
	if !c.out.Scan() || c.out.Text() != "done" {
		t.Fatalf("%s: %s\n%s", command, c.out.Text(), c.stderr.String())
	}
}

// kill is kill -9. It returns what the broker has logged.
func (c *child) kill(t *testing.T) string {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.cmd.Wait()
	return c.stderr.String()
}
