package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hindsight/test/process"
)

const adminToken = "e2e-admin-token-0123456789abcdef"

// deployment is a running Hindsight, all in one process or apart.
type deployment struct {
	collector string // base addresses, http://127.0.0.1:port
	api       string
	processor string
	data      string
	out       *process.Output // what every process printed, since the beginning
	brokers   []string        // how the processes reach the log; empty: the embedded one in data

	processes []*process.Process
	launch    func(t testing.TB)
}

func (d *deployment) client() client { return client{d.api, adminToken} }

// crash kills every process with -9, all at one moment.
func (d *deployment) crash() {
	for _, p := range d.processes {
		_ = p.Cmd.Process.Kill()
	}
	for _, p := range d.processes {
		p.Kill()
	}
}

func (d *deployment) restart(t testing.TB) time.Duration {
	t.Helper()
	begin := time.Now()
	d.processes = nil
	d.launch(t)
	return time.Since(begin)
}

func (d *deployment) stop(t testing.TB) {
	t.Helper()
	for i := len(d.processes) - 1; i >= 0; i-- {
		if took := d.processes[i].Terminate(t); took > 10*time.Second {
			t.Errorf("hindsight %s took %s to stop, more than 10 s", d.processes[i].Name, took)
		}
	}
}

// allInOne starts `hindsight all` with a site whose pages lie at origin.
func allInOne(t testing.TB, origins ...string) *deployment {
	t.Helper()
	listen := process.FreeAddress(t)
	d := &deployment{collector: "http://" + listen, api: "http://" + listen, processor: "http://" + listen, data: dataDir(t), out: &process.Output{}}
	d.launch = func(t testing.TB) {
		args := []string{"all", "--data", d.data, "--demo=false", batches}
		args = append(args, siteFlags(origins)...)
		p := start(t, d.out, listen, []string{"HINDSIGHT_ADMIN_TOKEN=" + adminToken}, args...)
		d.processes = append(d.processes, p)
		p.AwaitReady(t, http.StatusOK)
	}
	d.launch(t)
	return d
}

// batches come often: a page that is to be seen as it is open is not waited for.
const batches = "--batch-interval=3s"

func siteFlags(origins []string) []string {
	flags := []string{"--site-key", siteKey, "--site-consent", "implied"}
	for _, o := range origins {
		flags = append(flags, "--site-origin", o)
	}
	return flags
}

// apart starts collector, processor and API as processes of their own, with the store of `hindsight embedded` and
// the log at brokers (the embedded one where there are none).
func apart(t testing.TB, brokers []string, origins ...string) *deployment {
	t.Helper()
	collector, api, proc := process.FreeAddress(t), process.FreeAddress(t), process.FreeAddress(t)
	d := &deployment{collector: "http://" + collector, api: "http://" + api, processor: "http://" + proc, data: dataDir(t), out: &process.Output{}, brokers: brokers}
	env := []string{"HINDSIGHT_ADMIN_TOKEN=" + adminToken}
	var kafka []string
	if len(brokers) > 0 {
		kafka = []string{"--kafka-brokers", strings.Join(brokers, ",")}
	}
	d.launch = func(t testing.TB) {
		run := func(address string, args ...string) {
			p := start(t, d.out, address, env, args...)
			d.processes = append(d.processes, p)
			p.AwaitReady(t, http.StatusOK)
		}
		run(process.FreeAddress(t), "embedded", "--data", d.data)
		run(api, append([]string{"api", "--data", d.data, "--tracker-url", d.collector}, siteFlags(origins)...)...)
		run(collector, append([]string{"collector", "--data", d.data, "--api", d.api, batches}, kafka...)...)
		run(proc, append([]string{"processor", "--data", d.data}, kafka...)...)
	}
	d.launch(t)
	return d
}

// dataDir is short: a unix socket's path must fit into 108 bytes.
func dataDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hs-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "data")
}

// siteID asks for the id of the one site.
func (d *deployment) siteID(t testing.TB) string {
	t.Helper()
	var answer struct {
		Sites []struct{ ID, Key string }
	}
	if err := d.client().get("/sites", &answer); err != nil {
		t.Fatal(err)
	}
	for _, s := range answer.Sites {
		if s.Key == siteKey {
			return s.ID
		}
	}
	t.Fatalf("no site with the key %s among %d", siteKey, len(answer.Sites))
	return ""
}
