package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"hindsight/internal/deadletter"
	"hindsight/internal/doctor"
	"hindsight/internal/engine"
	"hindsight/internal/eventlog"
	"hindsight/internal/store"
)

type doctorOptions struct {
	listen, urls, certificates []string
	data, geoip, sealKeys      string
	api, token                 string
	json                       bool
	kafka                      brokerFlags
	store                      storeFlags
	embedded                   embeddedFlags
	collector                  collectorFlags
	web                        webFlags
	tls                        tlsFlags
	site                       siteFlags
	log                        logFlags
	configFault                error
}

// errUnwell makes the exit code 1; the report has said why.
var errUnwell = errors.New("something is not well; see above")

func newDoctorCommand() *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use: "doctor", Short: "Look at everything hindsight needs, and say what to do", Args: noArgs,
		Long: `Looks at the configuration, the data directory and its disk, limits and ports of this machine,
the log and its topics, the store and its schema, clocks and certificates, and asks the services
that run whether they are ready. Give it the flags, environment and config file that the service
has. It changes nothing and works while hindsight runs and while it does not.

Exit code 0: nothing failed. 1: something did.`,
		// In place of the root's: a mistake in the configuration is one of the findings.
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			o.configFault = applyConfig(cmd)
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			var r doctor.Report
			if err := o.examine(cmd, &r); err != nil {
				return err
			}
			write := r.Text
			if o.json {
				write = r.JSON
			}
			err := write(cmd.OutOrStdout())
			if err == nil && r.Count(doctor.Fail) > 0 {
				err = errUnwell
			}
			return err
		},
	}
	cmd.Flags().StringSliceVar(&o.listen, "listen", []string{"127.0.0.1:8080"}, "`ADDRESS` that a service is to serve on (may be repeated)")
	cmd.Flags().StringSliceVar(&o.urls, "url", nil, "`ADDRESS` of a service that must be running, for example http://10.0.0.5:8081 (may be repeated)")
	cmd.Flags().StringSliceVar(&o.certificates, "certificate", nil, "PEM `FILE` of a certificate, your proxy's for example (may be repeated)")
	cmd.Flags().StringVar(&o.data, "data", "./data", "data `DIR`")
	cmd.Flags().StringVar(&o.geoip, "geoip", "", "MMDB `FILE` that tells the country of an address")
	cmd.Flags().BoolVar(&o.json, "json", false, "answer in JSON")
	cmd.Flags().StringVar(&o.api, "api", "", "address of the API that a collector asks for its sites")
	cmd.Flags().StringVar(&o.token, "token", "", "the collector's API token; better given as HINDSIGHT_TOKEN")
	addSealKeys(cmd, &o.sealKeys)
	o.kafka.addBrokers(cmd)
	o.store.add(cmd)
	o.embedded.addLibrary(cmd)
	o.embedded.addDisk(cmd)
	o.collector.add(cmd)
	o.web.add(cmd)
	o.tls.add(cmd)
	o.site.add(cmd)
	o.log.add(cmd, "console")
	adoptFlags(cmd, newAllCommand(), newCollectorCommand(), newProcessorCommand(), newAPICommand(), newEmbeddedCommand())
	return cmd
}

// examine makes every check, in the order in which one would look.
func (o *doctorOptions) examine(cmd *cobra.Command, r *doctor.Report) error {
	ctx := cmd.Context()
	dir, err := absData(o.data)
	if err != nil {
		return err
	}
	o.configuration(cmd, r)
	embedded := len(o.kafka.brokers) == 0 || o.store.dsn == ""
	running := o.running(ctx, r, dir, embedded)
	if embedded {
		o.dataDirectory(r, dir)
	}
	r.Files("open files", o.connections())
	for _, address := range o.listen {
		if err := checkListen(address); err != nil {
			r.Fail("port", err.Error(), "give --listen a host and a port")
			continue
		}
		r.Port(ctx, "port", address, samePort(address, running))
	}
	r.Encryption("encryption", doctor.Exposure{
		Listen: o.listen, PublicURL: o.web.publicURL, TLS: o.tls.on(),
		Proxied: len(o.collector.trustedProxies) > 0, Addresses: o.geoip != "" || o.collector.addressConnections > 0,
	})
	for _, u := range o.urls {
		r.Service(ctx, http.DefaultClient, "service", u, true)
	}
	o.sites(ctx, r)
	o.logAndLetters(ctx, r, dir)
	o.storeAndEngine(ctx, r, dir)
	if o.tls.on() {
		r.CertificateFile("certificate", o.tls.cert, time.Now(), hosts(o.web.publicURL, o.web.replayOrigin)...)
	}
	for _, file := range o.certificates {
		r.CertificateFile("certificate", file, time.Now())
	}
	for _, address := range []string{o.web.publicURL, o.web.replayOrigin} {
		r.Served(ctx, "certificate", address, time.Now())
	}
	return nil
}

// running asks the server that the data directory names, and gives its address; "" when none answers.
func (o *doctorOptions) running(ctx context.Context, r *doctor.Report, dir *dataDir, embedded bool) string {
	if info, err := dir.readRunInfo(); err == nil && r.Service(ctx, info.client(5*time.Second), "server", info.API, false) {
		return info.API
	}
	switch {
	case dir.inUse():
		r.OK("server", "%s is in use: a process runs log or engine there", dir.path)
	case embedded && !dir.readable():
		r.Warn("server", "whether one runs on "+dir.path+" cannot be told by this user", "ask as the user that hindsight runs as")
	case embedded:
		r.OK("server", "none runs on %s", dir.path)
	}
	return ""
}

func (o *doctorOptions) dataDirectory(r *doctor.Report, dir *dataDir) {
	usable := r.Private("data", dir.path)
	r.Disk("disk", dir.path)
	r.Bound("disk bound", dir.path, int64(o.embedded.maxDisk))
	if _, err := dir.writtenBy(); usable && err != nil {
		r.Fail("data version", err.Error(), "run the version that wrote it, or put a backup in its place; nothing is read or changed until then")
	}
}

// connections is how many are to be reckoned with; 0 where there is no limit.
func (o *doctorOptions) connections() int {
	cfg, _ := o.collector.config() // judged among the configuration
	return cfg.MaxConnections
}

// samePort tells whether the server that runs has the port of an address.
func samePort(address, running string) bool {
	u, err := url.Parse(running)
	if err != nil || running == "" {
		return false
	}
	_, port, err := net.SplitHostPort(address)
	return err == nil && port == u.Port()
}

func (o *doctorOptions) logAndLetters(ctx context.Context, r *doctor.Report, dir *dataDir) {
	at, err := findLog(dir, o.kafka)
	var usage *usageError
	switch {
	case errors.As(err, &usage):
		r.Fail("log", err.Error(), "correct the flag, the environment or the file; brokers are given as HOST:PORT")
		return
	case err != nil:
		r.OK("log", "the embedded log does not run; it starts with hindsight")
		return
	}
	cluster, err := eventlog.Inspect(ctx, at, processorGroup)
	if err != nil {
		advice := eventlog.Advice(err)
		if advice == "" {
			advice = "start the brokers, or correct --kafka-brokers; collectors wait and acknowledge nothing until then"
		}
		r.Fail("log", err.Error(), advice)
		return
	}
	if at.PlainPassword() {
		r.Warn("log", "the password for the brokers travels unencrypted", "add --kafka-tls, or take --kafka-sasl scram-sha-512")
	}
	r.Log(cluster, len(o.kafka.brokers) == 0)
	if cluster.Topics[1].Partitions == 0 {
		return
	}
	letters, err := deadletter.Read(ctx, at)
	if err != nil {
		r.Fail("dead letters", err.Error(), "look at the brokers")
		return
	}
	if open := (deadletter.Filter{States: []string{deadletter.StateOpen}}).Select(letters, time.Now()); len(open) > 0 {
		r.Warn("dead letters", fmt.Sprintf("%d records could not be stored", len(open)), "hindsight deadletter list")
		return
	}
	r.OK("dead letters", "none is open")
}

func (o *doctorOptions) storeAndEngine(ctx context.Context, r *doctor.Report, dir *dataDir) {
	embedded := o.store.dsn == ""
	if embedded {
		if library, err := engine.FindLibrary(o.embedded.library); err != nil {
			r.Fail("engine", err.Error(), "or name a ClickHouse server by --clickhouse-dsn")
		} else {
			r.OK("engine", "%s", library)
		}
	}
	at, err := findStore(dir, o.store)
	var usage *usageError
	switch {
	case errors.As(err, &usage):
		r.Fail("store", err.Error(), "correct the flag, the environment or the file")
		return
	case err != nil: // only where none is named
		r.OK("store", "the embedded engine does not run; it starts with hindsight")
		return
	}
	at.DialTimeout = 3 * time.Second
	in, err := store.Inspect(ctx, at)
	switch {
	case err != nil && embedded && !dir.inUse():
		r.OK("store", "the embedded engine does not run; its last end was no orderly one, which does no harm")
		return
	case err != nil:
		advice := store.Advice(err)
		if advice == "" {
			advice = "start it, or correct --clickhouse-dsn; processors wait until then"
		}
		r.Fail("store", err.Error(), advice)
	}
	if in.Version != "" {
		r.Store(in, embedded)
	}
}
