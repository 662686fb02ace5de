package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hindsight/internal/diskroom"
	"hindsight/internal/eventlog"
	"hindsight/internal/health"
	"hindsight/internal/store"
)

// only is the one result that a check must have come to; one that is not well
// says what to do.
func only(t *testing.T, what string, r *Report, want Status, says string) {
	t.Helper()
	if len(r.Results) != 1 || r.Results[0].Status != want || !strings.Contains(r.Results[0].Found, says) || (want != OK) != (r.Results[0].Advice != "") {
		t.Errorf("%s: %+v, want one %s that says %q", what, r.Results, want, says)
	}
}

func TestRoom(t *testing.T) {
	const gib = 1 << 30
	for what, c := range map[string]struct {
		room Room
		want Status
		says string
	}{
		"plenty":                       {Room{50 * gib, 100 * gib, 900, 1000}, OK, "50.0 GiB of 100.0 GiB free, 90 % of its files"},
		"a file system without inodes": {Room{50 * gib, 100 * gib, 0, 0}, OK, "50.0 GiB"},
		"little by share":              {Room{9 * gib, 100 * gib, 900, 1000}, Warn, "9.0 GiB"},
		"little by size":               {Room{4 * gib, 8 * gib, 900, 1000}, Warn, "4.0 GiB"},
		"nearly full":                  {Room{gib / 2, 8 * gib, 900, 1000}, Fail, "512.0 MiB"},
		"few inodes":                   {Room{50 * gib, 100 * gib, 50, 1000}, Warn, "5 % of its files"},
		"hardly any inodes":            {Room{50 * gib, 100 * gib, 1, 1000}, Fail, "0 % of its files"},
	} {
		var r Report
		r.room("disk", c.room)
		only(t, what, &r, c.want, c.says)
	}
	var r Report
	r.Disk("disk", filepath.Join(t.TempDir(), "not", "there", "yet"))
	if len(r.Results) != 1 || !strings.Contains(r.Results[0].Found, "free") {
		t.Errorf("a directory that is not there yet: %+v", r.Results)
	}
}

func TestPrivate(t *testing.T) {
	dir := t.TempDir()
	open, file := filepath.Join(dir, "open"), filepath.Join(dir, "file")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dir  string
		mode os.FileMode
		want Status
		says string
	}{
		{open, 0o700, OK, "open"}, {open, 0o755, Warn, "0755"}, {file, 0o600, Fail, "no directory"},
		{filepath.Join(dir, "later"), 0, OK, "made at the first start"}, {filepath.Join(dir, "a", "b"), 0, Fail, "cannot be written"},
	} {
		if c.mode != 0 {
			if err := os.Chmod(c.dir, c.mode); err != nil {
				t.Fatal(err)
			}
		}
		var r Report
		if usable := r.Private("data", c.dir); usable != (c.want != Fail) {
			t.Errorf("%s: it can be used: %v", c.dir, usable)
		}
		only(t, c.dir, &r, c.want, c.says)
	}
}

// TestForeigner is about what root leaves behind in another user's directory.
func TestForeigner(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "log", "segment")
	if err := errors.Join(os.Mkdir(filepath.Dir(file), 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	me := uint32(os.Getuid())
	if at, _ := foreigner(dir, me); at != "" {
		t.Errorf("%s is said to be another user's", at)
	}
	if at, of := foreigner(dir, me+1); at != dir || of != me {
		t.Errorf("another user's directory: %q of %d", at, of)
	}
	if me != 0 {
		t.Log("not root, so no file can be given to another user")
		return
	}
	if err := os.Chown(file, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	var r Report
	r.Private("data", dir)
	only(t, "a file of another user", &r, Warn, "segment belongs to the user with the id 65534")
	if !strings.Contains(r.Results[0].Advice, "chown -R 0 "+dir) {
		t.Errorf("advice: %s", r.Results[0].Advice)
	}
}

func TestEncryption(t *testing.T) {
	for what, c := range map[string]struct {
		Exposure
		want Status
		says string
	}{
		"this machine alone":        {Exposure{Listen: []string{"127.0.0.1:8080", "localhost:1", "[::1]:2"}}, OK, "nothing"},
		"all addresses":             {Exposure{Listen: []string{"127.0.0.1:8080", ":8081"}}, Warn, ":8081 can be reached"},
		"one that others reach":     {Exposure{Listen: []string{"10.0.0.5:8080"}}, Warn, "10.0.0.5:8080 can be reached"},
		"with a certificate":        {Exposure{Listen: []string{"0.0.0.0:443"}, TLS: true}, OK, "nothing"},
		"behind a proxy":            {Exposure{Listen: []string{"0.0.0.0:8080"}, PublicURL: "https://replay.example.com"}, OK, "nothing"},
		"a proxy that nobody named": {Exposure{Listen: []string{"0.0.0.0:8080"}, PublicURL: "https://replay.example.com", Addresses: true}, Warn, "from its address"},
		"a proxy that is named":     {Exposure{Listen: []string{"0.0.0.0:8080"}, PublicURL: "https://replay.example.com", Addresses: true, Proxied: true}, OK, "nothing"},
		"http for all":              {Exposure{Listen: []string{"127.0.0.1:8080"}, PublicURL: "http://replay.example.com"}, Warn, "http://replay.example.com"},
		"http at home":              {Exposure{Listen: []string{"127.0.0.1:8080"}, PublicURL: "http://localhost:8080"}, OK, "nothing"},
	} {
		var r Report
		r.Encryption("encryption", c.Exposure)
		only(t, what, &r, c.want, c.says)
	}
}

func TestFilesAndPort(t *testing.T) {
	for _, c := range []struct {
		most uint64
		want Status
	}{{1024, Fail}, {20_000, Warn}, {1 << 20, OK}} {
		var r Report
		r.files("open files", c.most, 50_000)
		only(t, "open files", &r, c.want, "at most")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	var r Report
	r.Port(context.Background(), "port", address, false)
	only(t, "in use", &r, Fail, "in use by another program")
	r = Report{}
	r.Port(context.Background(), "port", address, true)
	only(t, "in use by ours", &r, OK, "served by the hindsight that runs")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r = Report{}
	r.Port(context.Background(), "port", address, false)
	only(t, "free", &r, OK, "is free")
	r = Report{}
	r.Port(context.Background(), "port", "192.0.2.1:80", false)
	only(t, "of another machine", &r, Fail, "no address of this machine")
}

// certificate writes one that is valid for a time.
func certificate(t *testing.T, from, to time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to, DNSNames: []string{"replay.example.com"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cert.pem")
	text := "some words before\n" + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCertificate(t *testing.T) {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	for what, c := range map[string]struct {
		from, to time.Duration
		want     Status
		says     string
	}{
		"good": {-day, 80 * day, OK, "replay.example.com"}, "ends soon": {-day, 5*day + time.Hour, Warn, "5 more days"},
		"ended": {-2 * day, -day, Fail, "was valid until 2026-04-30"}, "not yet": {day, 9 * day, Fail, "only from"},
	} {
		var r Report
		r.CertificateFile("certificate", certificate(t, now.Add(c.from), now.Add(c.to)), now)
		only(t, what, &r, c.want, c.says)
	}
	good := certificate(t, now.Add(-day), now.Add(80*day))
	for host, want := range map[string]Status{"replay.example.com": OK, "frame.example.com": Warn} {
		var r Report
		r.CertificateFile("certificate", good, now, "replay.example.com", host)
		only(t, host, &r, want, host)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, says := range map[string]string{empty: "holds no certificate", empty + "x": "cannot be read"} {
		var r Report
		r.CertificateFile("certificate", file, now)
		only(t, file, &r, Fail, says)
	}
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	var r Report
	r.Served(context.Background(), "certificate", server.URL, now)
	only(t, "an authority that nobody knows", &r, Fail, "browsers will not trust")
	r = Report{}
	r.Served(context.Background(), "certificate", "http://127.0.0.1", now)
	if len(r.Results) != 0 {
		t.Errorf("an address without a certificate: %+v", r.Results)
	}
}

func TestClocks(t *testing.T) {
	for _, c := range []struct {
		skew, blur time.Duration
		want       Status
	}{
		{time.Second, time.Millisecond, OK}, {-3 * time.Second, time.Millisecond, Warn}, {3 * time.Second, 2 * time.Second, OK}, {-time.Hour, time.Second, Fail},
	} {
		var r Report
		r.Skew("clock", "the store's clock", c.skew, c.blur)
		only(t, c.skew.String(), &r, c.want, "the store's clock")
	}
	for _, c := range []struct {
		middle time.Duration
		n      uint64
		want   Status
		says   string
	}{
		{time.Hour, 19, OK, "too few"}, {20 * time.Millisecond, 20, OK, "20ms off"},
		// An offset is what is added to the browser's clock to get the collector's.
		{5 * time.Second, 100, Warn, "5s behind"}, {-time.Hour, 100, Fail, "1h0m0s ahead"},
	} {
		var r Report
		r.Browsers("clock", c.middle, c.n)
		only(t, c.middle.String(), &r, c.want, c.says)
	}
}

func topic(name string, change func(*eventlog.TopicState)) eventlog.TopicState {
	s := eventlog.TopicState{Name: name, Partitions: 8, Replicas: 3, Settings: map[string]string{
		"retention.ms": "604800000", "min.insync.replicas": "2", "max.message.bytes": "1048588", "cleanup.policy": "delete",
	}}
	if change != nil {
		change(&s)
	}
	return s
}

func TestLog(t *testing.T) {
	set := func(name, value string) func(*eventlog.TopicState) {
		return func(s *eventlog.TopicState) { s.Settings[name] = value }
	}
	for what, c := range map[string]struct {
		change   func(*eventlog.TopicState)
		embedded bool
		want     Status
		says     string
	}{
		"well":                  {nil, false, OK, "8 partitions, 3 replicas"},
		"without a leader":      {func(s *eventlog.TopicState) { s.Leaderless = 2 }, false, Fail, "2 of 8 partitions have no leader"},
		"out of sync":           {func(s *eventlog.TopicState) { s.Undersynced = 1 }, false, Warn, "not in sync"},
		"one replica":           {func(s *eventlog.TopicState) { s.Replicas = 1 }, false, Warn, "single replica"},
		"one replica, embedded": {func(s *eventlog.TopicState) { s.Replicas = 1; s.Settings["retention.ms"] = "-1" }, true, OK, "8 partitions"},
		"one in sync is enough": {set("min.insync.replicas", "1"), false, Warn, "one broker alone"},
		"all must be in sync":   {set("min.insync.replicas", "3"), false, Warn, "one broker down stops"},
		"small records":         {set("max.message.bytes", "100000"), false, Fail, "at most 100000 bytes"},
		"short retention":       {set("retention.ms", "3600000"), false, Warn, "keeps records for 1h"},
		"without end":           {set("retention.ms", "-1"), false, OK, ""},
		"embedded with an end":  {nil, true, Fail, "stored or not"},
		"compacted":             {set("cleanup.policy", "compact"), false, Fail, "replace each other"},
		"not there yet":         {func(s *eventlog.TopicState) { s.Partitions = 0 }, false, OK, "made at the first start"},
	} {
		var r Report
		state := topic(eventlog.TopicEvents, c.change)
		r.topic(&state, c.embedded)
		only(t, what, &r, c.want, c.says)
	}
	for what, c := range map[string]struct {
		cluster eventlog.Cluster
		want    Status
	}{
		"idle": {eventlog.Cluster{}, OK}, "behind": {eventlog.Cluster{Lag: 20_000, Committed: true}, Warn}, "never read": {eventlog.Cluster{Lag: 1}, Warn},
	} {
		var r Report
		r.Log(c.cluster, true)
		only(t, what, &r, c.want, "records")
	}
	var r Report
	r.brokers(eventlog.Cluster{Brokers: []eventlog.BrokerState{{Address: "one:9092"}, {Address: "two:9092", Err: errors.New("refused")}}})
	only(t, "a broker that is away", &r, Fail, "two:9092")
}

func TestStore(t *testing.T) {
	well := store.Inspection{Version: "26.7", Database: true, Schema: 4, Known: 4}
	for what, c := range map[string]struct {
		change func(*store.Inspection)
		fails  int
		warns  int
	}{
		"well":            {func(*store.Inspection) {}, 0, 0},
		"no database yet": {func(in *store.Inspection) { in.Database, in.Schema = false, 0 }, 0, 0},
		"an older schema": {func(in *store.Inspection) { in.Schema = 3 }, 0, 1},
		"a newer schema":  {func(in *store.Inspection) { in.Schema = 5 }, 1, 0},
		"too many parts":  {func(in *store.Inspection) { in.Parts = 2000 }, 0, 1},
		"much to derive":  {func(in *store.Inspection) { in.Marks = 100_000 }, 0, 1},
		"a full disk": {func(in *store.Inspection) {
			in.Disks = []store.DiskState{{Name: "default", Free: 1 << 20, Total: 1 << 40}}
		}, 1, 0},
		"a wrong clock":     {func(in *store.Inspection) { in.Skew = time.Hour }, 1, 0},
		"a collector's too": {func(in *store.Inspection) { in.Browsers, in.Documents = time.Hour, 100 }, 1, 0},
	} {
		in := well
		c.change(&in)
		var r Report
		r.Store(in, false)
		if r.Count(Fail) != c.fails || r.Count(Warn) != c.warns || r.Count(OK) == 0 {
			t.Errorf("%s: %+v", what, r.Results)
		}
	}
}

func TestService(t *testing.T) {
	ready := true
	checks := health.New(health.Check{Name: "log", Func: func() error {
		if ready {
			return nil
		}
		return errors.New("it is away")
	}})
	mux := http.NewServeMux()
	checks.Register(mux)
	server := httptest.NewServer(mux)
	defer server.Close()
	ctx := context.Background()
	var r Report
	if !r.Service(ctx, http.DefaultClient, "server", server.URL, false) {
		t.Error("it answers, and is said not to")
	}
	only(t, "ready", &r, OK, "all 1 parts")
	ready, r = false, Report{}
	r.Service(ctx, http.DefaultClient, "server", server.URL, false)
	only(t, "not ready", &r, Fail, "log: it is away")
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for must, want := range map[bool]int{false: 0, true: 1} {
		r = Report{}
		if r.Service(ctx, http.DefaultClient, "server", other.URL, must) || r.Count(Fail) != want {
			t.Errorf("another program: %+v", r.Results)
		}
	}
	r = Report{}
	ready = true
	if r.Service(ctx, http.DefaultClient, "server", server.URL, true); r.Count(OK) != 2 {
		t.Errorf("a service on what may be another machine has a clock: %+v", r.Results)
	}
}

func TestReport(t *testing.T) {
	var r Report
	r.OK("one", "well")
	r.Warn("second", "so so", "look")
	r.Fail("third", "bad", "do")
	var text, raw strings.Builder
	if err := errors.Join(r.Text(&text), r.JSON(&raw)); err != nil {
		t.Fatal(err)
	}
	want := "ok    one     well\nwarn  second  so so\n              → look\nfail  third   bad\n              → do\n\n1 ok, 1 to look at, 1 failed\n"
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
	var got struct {
		OK     bool
		Checks []Result
	}
	if err := json.Unmarshal([]byte(raw.String()), &got); err != nil || got.OK || len(got.Checks) != 3 || got.Checks[2].Advice != "do" {
		t.Errorf("%v: %s", err, raw.String())
	}
}

func TestBound(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "segment"), []byte(strings.Repeat("x", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	used, err := diskroom.Used(dir)
	if err != nil || used < 1<<20 {
		t.Fatalf("%d, %v", used, err)
	}
	for most, want := range map[int64]Status{used: Fail, used + used/20: Warn, 2 * used: OK} {
		var r Report
		r.Bound("bound", dir, most)
		only(t, fmt.Sprint(most), &r, want, "may (--max-disk)")
	}
	var r Report
	r.Bound("bound", dir, 0)
	if len(r.Results) != 0 {
		t.Errorf("no bound is judged: %+v", r.Results)
	}
}
