// Package apachekafka starts a real Apache Kafka for tests, from jars that
// Maven fetches: one node, broker and controller in one, or a cluster of such
// nodes, on loopback ports. No program imports it, only tests that
// HINDSIGHT_TEST_KAFKA=1 asks for.
package apachekafka

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Env names the variable that asks for these tests.
const Env = "HINDSIGHT_TEST_KAFKA"

// Wanted says whether tests on Apache Kafka were asked for.
func Wanted() bool { return os.Getenv(Env) == "1" }

// Kafka is a broker as a child process.
type Kafka struct {
	id      int // of the node, from 1
	nodes   int // of its cluster
	voters  string
	dir     string
	jars    string
	broker  int // port
	control int // port
	secure  *Secure
	// securePort is that of the listener that asks who one is.
	securePort int
	config     string
	cmd        *exec.Cmd
	exited     chan error
	log        *os.File
}

// New gets the jars (once: they stay in a cache directory of the user) and
// formats a data directory below dir. An error is one sentence that says what
// is missing.
func New(ctx context.Context, dir string) (*Kafka, error) {
	c, err := NewCluster(ctx, dir, 1)
	if err != nil {
		return nil, err
	}
	return c[0], nil
}

// format prepares the data directory of a node.
func (k *Kafka) format(ctx context.Context, clusterID string) error {
	k.config = filepath.Join(k.dir, "server.properties")
	if err := os.WriteFile(k.config, []byte(k.properties()), 0o600); err != nil {
		return fmt.Errorf("write Kafka's configuration: %w", err)
	}
	_, err := k.java(ctx, append([]string{"kafka.tools.StorageTool", "format", "-t", clusterID, "-c", k.config}, k.secure.users()...)...)
	return err
}

// fetchJars runs Maven on deploy/kafka-test/pom.xml.
func fetchJars(ctx context.Context) (string, error) {
	if _, err := exec.LookPath("mvn"); err != nil {
		return "", errors.New("tests on Apache Kafka need Maven: no mvn on the PATH")
	}
	pom, err := findPom()
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a directory for Kafka's jars: %w", err)
	}
	// A directory for each content of the pom.xml, complete when it is marked.
	text, err := os.ReadFile(pom)
	if err != nil {
		return "", fmt.Errorf("read what Kafka's jars are: %w", err)
	}
	jars := filepath.Join(cache, "hindsight-kafka-test", fmt.Sprintf("%x", sha256.Sum256(text))[:16])
	complete := filepath.Join(jars, "complete")
	// Tests begin beside one another, in several processes; one of them fetches for all.
	if err := os.MkdirAll(jars, 0o700); err != nil {
		return "", fmt.Errorf("make a directory for Kafka's jars: %w", err)
	}
	turn, err := os.Create(filepath.Join(jars, "lock"))
	if err != nil {
		return "", fmt.Errorf("lock the directory of Kafka's jars: %w", err)
	}
	defer func() { _ = turn.Close() }()
	if err := syscall.Flock(int(turn.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("lock the directory of Kafka's jars: %w", err)
	}
	if _, err := os.Stat(complete); err == nil {
		return jars, nil
	}
	cmd := exec.CommandContext(ctx, "mvn", "-q", "-B", "-f", pom, "dependency:copy-dependencies", "-DoutputDirectory="+jars)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("fetch Apache Kafka by Maven: %w: %s", err, tail(out))
	}
	if err := os.WriteFile(complete, nil, 0o600); err != nil {
		return "", fmt.Errorf("mark Kafka's jars as complete: %w", err)
	}
	return jars, nil
}

func findPom() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		pom := filepath.Join(dir, "deploy", "kafka-test", "pom.xml")
		if _, err := os.Stat(pom); err == nil {
			return pom, nil
		}
	}
	return "", errors.New("deploy/kafka-test/pom.xml is not there")
}

// properties are those of a node. Every node has a replica of everything, and
// all but one must take a record, so that one may be away; that is noticed soon.
func (k *Kafka) properties() string {
	return fmt.Sprintf(`process.roles=broker,controller
node.id=%[1]d
controller.quorum.voters=%[2]s
listeners=PLAINTEXT://127.0.0.1:%[3]d,CONTROLLER://127.0.0.1:%[4]d%[9]s
advertised.listeners=PLAINTEXT://127.0.0.1:%[3]d%[9]s
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=%[5]s
auto.create.topics.enable=false
default.replication.factor=%[6]d
min.insync.replicas=%[7]d
offsets.topic.replication.factor=%[6]d
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=%[6]d
transaction.state.log.min.isr=%[7]d
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
%[8]s`, k.id, k.voters, k.broker, k.control, filepath.Join(k.dir, "data"), k.nodes, max(1, k.nodes-1), k.secureProperties(), k.secureListener())
}

// Addr is the address for clients.
func (k *Kafka) Addr() string { return fmt.Sprintf("127.0.0.1:%d", k.broker) }

// Start starts the broker and returns when its port is open.
func (k *Kafka) Start(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(k.dir, "kafka.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("start Kafka: %w", err)
	}
	cmd := exec.Command("java", append(javaFlags(), "-cp", filepath.Join(k.jars, "*"), "kafka.Kafka", k.config)...) //nolint:noctx // ctx bounds the start only; Stop and Kill end it
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		_ = log.Close()
		return fmt.Errorf("start Kafka: %w", err)
	}
	k.cmd, k.log, k.exited = cmd, log, make(chan error, 1)
	go func() { k.exited <- cmd.Wait() }() // ends with the child; Stop waits for it
	dialer := net.Dialer{Timeout: time.Second}
	for {
		if k.open(ctx, dialer) {
			return nil
		}
		select {
		case err := <-k.exited:
			out, _ := os.ReadFile(filepath.Join(k.dir, "kafka.log"))
			k.cmd = nil
			return fmt.Errorf("Kafka ended while it started (%w): %s", err, tail(out))
		case <-ctx.Done():
			return fmt.Errorf("start Kafka: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// open tells whether every port for clients is.
func (k *Kafka) open(ctx context.Context, dialer net.Dialer) bool {
	addrs := []string{k.Addr()}
	if k.secure != nil {
		addrs = append(addrs, k.SecureAddr())
	}
	for _, addr := range addrs {
		conn, err := dialer.DialContext(ctx, "tcp", addr)
		if err != nil {
			return false
		}
		_ = conn.Close()
	}
	return true
}

// Stop ends the broker in order. After that Start may be called again.
func (k *Kafka) Stop() { k.end(syscall.SIGTERM) }

// Kill ends it as kill -9 does.
func (k *Kafka) Kill() { k.end(syscall.SIGKILL) }

// PID of the broker's process; 0 if it does not run.
func (k *Kafka) PID() int {
	if k.cmd == nil {
		return 0
	}
	return k.cmd.Process.Pid
}

func (k *Kafka) end(sig syscall.Signal) {
	if k.cmd == nil {
		return
	}
	_ = k.cmd.Process.Signal(sig)
	select {
	case <-k.exited: //nolint:errcheck // a status that says it was told to end
	case <-time.After(30 * time.Second):
		_ = k.cmd.Process.Kill()
		<-k.exited //nolint:errcheck // as above
	}
	_ = k.log.Close()
	k.cmd = nil
}

// javaFlags make a short-lived Java cheap: the simple compiler and collector.
func javaFlags() []string {
	return []string{"-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"}
}

// java runs one of Kafka's tools.
func (k *Kafka) java(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "java", append(append(javaFlags(), "-cp", filepath.Join(k.jars, "*")), args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", args[0], err, tail(append(stdout.Bytes(), stderr.Bytes()...)))
	}
	return stdout.String(), nil
}

func freePorts(ctx context.Context) (int, int, error) {
	var config net.ListenConfig
	var ports [2]int
	for i := range ports {
		ln, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return 0, 0, fmt.Errorf("find a free port: %w", err)
		}
		defer ln.Close()
		ports[i] = ln.Addr().(*net.TCPAddr).Port
	}
	return ports[0], ports[1], nil
}

func tail(out []byte) string {
	out = bytes.TrimSpace(out)
	if len(out) > 2000 {
		out = out[len(out)-2000:]
	}
	return string(out)
}
