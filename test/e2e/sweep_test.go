package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/segmentio/kafka-go"

	"hindsight/internal/broker"
	"hindsight/internal/engine"
	"hindsight/internal/eventlog"
	"hindsight/internal/wire"
)

// sweep reads everything that the system stored or said about the visit, inflated, and looks for what must not be
// there. In each place a harmless string of the same way must be found, or the search proves nothing.
func sweep(t *testing.T, d *deployment, site, session string) {
	places := []struct {
		name     string
		controls []string
		bytes    []byte
	}{
		{"log (sections inflated)", []string{control, pageControl}, readLog(t, d)},
		{"ClickHouse (queried, payloads inflated)", []string{control, pageControl}, readStore(t, d)},
		{"API answers", []string{control, pageControl}, readAPI(t, d, site, session)},
		{"server logs", []string{"collector"}, []byte(d.out.String())},
		{"metrics", promisedMetrics, readMetrics(t, d)},
		{"files as they lie on disk", []string{site}, readFiles(t, d.data)},
	}
	for _, p := range places {
		for _, c := range p.controls {
			if !bytes.Contains(p.bytes, []byte(c)) {
				t.Errorf("%s: the control %q is not found in %d bytes, so the search proves nothing", p.name, c, len(p.bytes))
			}
		}
		for name, forms := range forbidden() {
			for _, form := range forms {
				if i := bytes.Index(p.bytes, form); i >= 0 {
					t.Errorf("%s holds the %s at byte %d: …%q…", p.name, name, i, p.bytes[max(0, i-60):min(len(p.bytes), i+80)])
				}
			}
		}
		t.Logf("%s: %d bytes swept", p.name, len(p.bytes))
	}
}

// forbidden lists the canaries in the forms they could hide in.
func forbidden() map[string][][]byte {
	forms := func(s string) [][]byte {
		reversed := []byte(s)
		for i, j := 0, len(reversed)-1; i < j; i, j = i+1, j-1 {
			reversed[i], reversed[j] = reversed[j], reversed[i]
		}
		return [][]byte{
			[]byte(s), []byte(strings.ToLower(s)), reversed, []byte(hex.EncodeToString([]byte(s))),
			[]byte(base64.RawStdEncoding.EncodeToString([]byte(s))), []byte(s[:len(s)/2+1]),
		}
	}
	ip := netip.MustParseAddr(clientAddress)
	v4 := ip.As4()
	v6 := netip.AddrFrom16(ip.As16())
	return map[string][][]byte{
		"password":       forms(passwordCanary),
		"typed text":     forms(typedCanary),
		"client address": {[]byte(clientAddress), []byte(v6.StringExpanded()), []byte(hex.EncodeToString(v4[:])), v6.AsSlice()},
	}
}

func dialer(d *deployment) (*kafka.Dialer, []string, error) {
	if len(d.brokers) > 0 {
		return kafka.DefaultDialer, d.brokers, nil
	}
	addr, err := broker.FindAddr(filepath.Join(d.data, "log"))
	if err != nil {
		return nil, nil, err
	}
	path := strings.TrimPrefix(addr, "unix:")
	return &kafka.Dialer{DialFunc: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var n net.Dialer
		return n.DialContext(ctx, "unix", path)
	}}, []string{"log:9092"}, nil
}

// readLog reads every record of every topic: keys, headers, frames, and the sections of the frames inflated.
func readLog(t *testing.T, d *deployment) []byte {
	t.Helper()
	dial, brokers, err := dialer(d)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := dial.DialContext(ctx, "tcp", brokers[0])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	partitions, err := conn.ReadPartitions(eventlog.TopicEvents, eventlog.TopicDeadLetter)
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	records := 0
	for _, p := range partitions {
		leader, err := dial.DialPartition(ctx, "tcp", brokers[0], p)
		if err != nil {
			t.Fatal(err)
		}
		first, last, err := leader.ReadOffsets()
		if err != nil {
			t.Fatal(err)
		}
		leader.Close()
		r := kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, Topic: p.Topic, Partition: p.ID, Dialer: dial, MaxBytes: 10 << 20, MaxWait: 100 * time.Millisecond})
		if err := r.SetOffset(first); err != nil {
			t.Fatal(err)
		}
		for n := first; n < last; n++ {
			m, err := r.ReadMessage(ctx)
			if err != nil {
				t.Fatalf("read %s/%d at %d: %v", p.Topic, p.ID, n, err)
			}
			records++
			all.Write(m.Key)
			for _, h := range m.Headers {
				fmt.Fprintf(&all, "\n%s=%s\n", h.Key, h.Value)
			}
			all.Write(m.Value)
			inflate(t, &all, m.Value)
		}
		r.Close()
	}
	t.Logf("%d records", records)
	return all.Bytes()
}

func inflate(t *testing.T, all *bytes.Buffer, value []byte) {
	t.Helper()
	frame, err := wire.ParseFrame(value)
	if err != nil {
		t.Errorf("a record that is no frame: %v", err)
		return
	}
	signals, err1 := frame.InflateSignals(nil)
	replay, err2 := frame.InflateReplay(nil)
	if err := errors.Join(err1, err2); err != nil {
		t.Error(err)
	}
	all.Write(signals)
	all.Write(replay)
}

// readStore asks the engine for every row of every table; the payloads of recordings are inflated.
func readStore(t *testing.T, d *deployment) []byte {
	t.Helper()
	socket, err := engine.FindSocket(filepath.Join(d.data, "store"))
	if err != nil {
		t.Fatal(err)
	}
	http := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var n net.Dialer
		return n.DialContext(ctx, "unix", socket)
	}}}
	query := func(sql string) []byte {
		resp, err := http.Post("http://engine/?default_format=JSONEachRow&query="+url.QueryEscape(sql), "text/plain", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%s: %s %s %v", sql, resp.Status, raw, err)
		}
		return raw
	}
	var all bytes.Buffer
	tables := 0
	for row := range strings.Lines(string(query("SELECT database, name FROM system.tables WHERE database = 'hindsight'"))) {
		var table struct{ Database, Name string }
		if err := json.Unmarshal([]byte(row), &table); err != nil {
			t.Fatal(err)
		}
		tables++
		all.Write(query(fmt.Sprintf("SELECT * FROM `%s`.`%s`", table.Database, table.Name)))
	}
	if tables < 10 {
		t.Errorf("only %d tables read", tables)
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	for row := range strings.Lines(string(query("SELECT codec, hex(payload) AS payload FROM hindsight.recording_chunks"))) {
		var chunk struct{ Codec, Payload string }
		if err := json.Unmarshal([]byte(row), &chunk); err != nil {
			t.Fatal(err)
		}
		packed, err := hex.DecodeString(chunk.Payload)
		if err != nil {
			t.Fatal(err)
		}
		var plain []byte
		if chunk.Codec == "deflate" {
			plain, err = io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
		} else {
			plain, err = decoder.DecodeAll(packed, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		all.Write(plain)
	}
	return all.Bytes()
}

func readAPI(t *testing.T, d *deployment, site, session string) []byte {
	t.Helper()
	var all bytes.Buffer
	base := "/sites/" + site
	for _, path := range []string{
		"/sites", base, base + "/status", base + "/sessions", base + "/sessions/" + session, base + "/sessions/" + session + "/events", base + "/pages",
		base + "/heatmap?path=/demo/", base + "/heatmap?path=/demo/&kind=move", base + "/heatmap?path=/demo/&kind=scroll", base + "/heatmap?path=/demo/signup",
	} {
		raw, err := d.client().raw(path)
		if err != nil {
			t.Error(err)
		}
		all.Write(raw)
	}
	return all.Bytes()
}

// promisedMetrics are the names that dashboards and alerts of operators rely on.
var promisedMetrics = []string{
	"hindsight_collector_connections", "hindsight_collector_batches_total", "hindsight_collector_bytes_total",
	"hindsight_collector_ack_seconds", "hindsight_collector_closes_total", "hindsight_processor_records_total",
	"hindsight_processor_events_total", "hindsight_processor_insert_seconds", "hindsight_processor_lag_records",
	"hindsight_processor_event_age_seconds", "hindsight_guard_refusals_total", "hindsight_deadletter_records_total",
	"hindsight_api_requests_total", "hindsight_api_request_seconds", "hindsight_erasures_total",
}

func readMetrics(t *testing.T, d *deployment) []byte {
	t.Helper()
	var all bytes.Buffer
	for _, base := range []string{d.collector, d.processor, d.api} {
		resp, err := http.Get(base + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	return all.Bytes()
}

func readFiles(t *testing.T, dir string) []byte {
	t.Helper()
	var all bytes.Buffer
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // merged away meanwhile
		}
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		all.Write(raw)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}
