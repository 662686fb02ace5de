package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hindsight/internal/doctor"
	"hindsight/internal/seal"
	"hindsight/processor"
)

// adoptFlags lets a command be given what the services are given, although it makes nothing of it but to see whether
// it can be read.
func adoptFlags(cmd *cobra.Command, services ...*cobra.Command) {
	for _, service := range services {
		service.Flags().VisitAll(func(f *pflag.Flag) {
			if cmd.Flags().Lookup(f.Name) == nil {
				f.Hidden = true
				cmd.Flags().AddFlag(f)
			}
		})
	}
}

// hosts are those of addresses.
func hosts(addresses ...string) (all []string) {
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			all = append(all, u.Hostname())
		}
	}
	return all
}

// configuration judges what can be judged without looking at anything else.
func (o *doctorOptions) configuration(cmd *cobra.Command, r *doctor.Report) {
	const check = "configuration"
	bad := false
	fail := func(err error, advice string) { bad = true; r.Fail(check, err.Error(), advice) }
	if o.configFault != nil {
		fail(o.configFault, "correct the file or the environment; `hindsight COMMAND --help` lists what there is")
	}
	for _, address := range o.listen {
		if err := checkListen(address); err != nil {
			fail(err, "correct the address that the service listens on")
		}
	}
	if len(o.listen) == 0 {
		fail(errors.New("--listen names no address"), "name one such as 127.0.0.1:8080, or leave it out")
	} else if o.web.publicURL != "" || o.web.replayOrigin != "" {
		web := o.web
		if err := web.complete(o.tls.scheme(), o.listen[0]); err != nil {
			fail(err, "correct the address: browsers use it")
		}
	}
	if err := o.collector.validate(); err != nil {
		fail(err, "correct the flag; `hindsight collector --help` tells what it takes")
	}
	if _, err := o.tls.open(); err != nil {
		fail(err, "name the PEM files of one certificate and its key, which this user can read")
	}
	if err := o.site.validate(); err != nil {
		fail(err, "correct the first site's flags; without them none is made")
	}
	if _, err := o.log.logger(); err != nil {
		fail(err, "correct --log-level or --log-format")
	}
	if o.sealKeys != "" {
		if _, err := seal.ParseKeys(o.sealKeys); err != nil {
			fail(fmt.Errorf("HINDSIGHT_SEAL_KEYS: %w", err), "make one by `openssl rand -hex 32`, the same for collectors and processors")
		}
	}
	if o.geoip != "" {
		if _, err := processor.OpenRegionFile(o.geoip); err != nil {
			fail(fmt.Errorf("--geoip %s: %w", o.geoip, plain(err)), "name an MMDB file with countries")
		}
	}
	for _, name := range unknownVariables(cmd.Root(), os.Environ()) {
		bad = true
		r.Warn(check, "no setting has the name "+name+"; it is without effect",
			"correct its name (it is that of a flag: --max-disk is HINDSIGHT_MAX_DISK), or take it away")
	}
	if bad {
		return
	}
	if file, _ := cmd.Flags().GetString("config"); file != "" {
		r.OK(check, "%s, then the environment, then flags", file)
		return
	}
	r.OK(check, "from flags and environment, no file")
}
