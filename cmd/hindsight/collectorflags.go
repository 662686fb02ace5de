package main

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hindsight/collector"
)

// collectorFlags are the collector's own settings: whom it believes, and how much it takes.
type collectorFlags struct {
	trustedProxies []string

	connections, siteConnections, addressConnections int
	connectionFrames, siteFrames                     float64
	siteErasures, addressErasures                    float64
	connectionBytes, siteBytes                       byteSize
	connectionInflated, siteInflated                 byteSize
	addressInflated                                  byteSize
	largeFrames                                      int
	batchInterval                                    time.Duration
}

// Bounds of --batch-interval. Activity and attention count 30 s from the last sign of a visitor on, and a batch must
// not be what hides the signs.
const leastInterval, mostInterval = 100 * time.Millisecond, 20 * time.Second

func (f *collectorFlags) add(cmd *cobra.Command) {
	d := collector.DefaultConfig()
	flags := cmd.Flags()
	flags.StringSliceVar(&f.trustedProxies, "trusted-proxies", nil, "networks (`CIDR`) whose X-Forwarded-For is believed")
	flags.IntVar(&f.connections, "max-connections", 0, fmt.Sprintf("most websocket connections at a time (0: %d; below 0, here and below: no limit)", d.MaxConnections))
	flags.IntVar(&f.siteConnections, "max-site-connections", 0, fmt.Sprintf("and of one site (0: %d)", d.SiteConnections))
	flags.IntVar(&f.addressConnections, "max-address-connections", 0, "and of one client address (0: no limit; behind a proxy only with --trusted-proxies)")
	flags.Float64Var(&f.connectionFrames, "connection-rate", 0, fmt.Sprintf("frames a second that one connection may send (0: %g)", d.ConnFrames))
	flags.Var(&f.connectionBytes, "connection-bytes", fmt.Sprintf("and `BYTES` a second (0: %s)", byteSize(d.ConnBytes)))
	flags.Float64Var(&f.siteFrames, "site-rate", 0, fmt.Sprintf("frames a second that all visitors of one site may send to this collector (0: %g)", d.SiteFrames))
	flags.Var(&f.siteBytes, "site-bytes", fmt.Sprintf("and `BYTES` a second (0: %s)", byteSize(d.SiteBytes)))
	flags.Var(&f.connectionInflated, "connection-inflated", fmt.Sprintf("`BYTES` a second that one connection's frames may inflate to (0: %s)", byteSize(d.ConnInflated)))
	flags.Var(&f.addressInflated, "address-inflated", fmt.Sprintf("`BYTES` a second that the frames of one client address of a site may inflate to, of each what is over 64 KiB and over 16 times its own bytes (0: %s)", byteSize(d.AddressInflated)))
	flags.Var(&f.siteInflated, "site-inflated", fmt.Sprintf("`BYTES` a second that a site's frames may inflate to, of each what is over 64 KiB (0: %s)", byteSize(d.SiteInflated)))
	flags.Float64Var(&f.siteErasures, "site-erasures", 0, fmt.Sprintf("visitors of one site a second that may have themselves erased by this collector (0: %g)", d.SiteErasures))
	flags.Float64Var(&f.addressErasures, "address-erasures", 0, fmt.Sprintf("and from one client address (0: %g)", d.AddressErasures))
	flags.IntVar(&f.largeFrames, "large-frames", 0, fmt.Sprintf("frames of up to 900 KB that are held in memory at a time while they come in (0: %d)", d.LargeFrames))
	flags.DurationVar(&f.batchInterval, "batch-interval", 0, fmt.Sprintf("how often a tracker is to send what it has gathered: up to that later an event can be seen, and each batch costs (0: %s)", d.Flush))
}

// validate finds what is wrong before anything is started.
func (f *collectorFlags) validate() error {
	_, err := f.config()
	return err
}

// config is what the flags say, over the collector's defaults.
func (f *collectorFlags) config() (collector.Config, error) {
	cfg := collector.DefaultConfig()
	var err error
	if cfg.TrustedProxies, err = f.proxies(); err != nil {
		return cfg, err
	}
	if i := f.batchInterval; i != 0 {
		if i < leastInterval || i > mostInterval {
			return cfg, usagef("--batch-interval: %s is not between %s and %s", i, leastInterval, mostInterval)
		}
		cfg.Flush = i
	}
	for name, rate := range map[string]float64{"connection-rate": f.connectionFrames, "site-rate": f.siteFrames, "site-erasures": f.siteErasures, "address-erasures": f.addressErasures} {
		if math.IsNaN(rate) {
			return cfg, usagef("--%s: NaN is no rate", name)
		}
	}
	set(&cfg.MaxConnections, f.connections)
	set(&cfg.SiteConnections, f.siteConnections)
	set(&cfg.AddressConnections, f.addressConnections)
	set(&cfg.ConnFrames, f.connectionFrames)
	set(&cfg.ConnBytes, float64(f.connectionBytes))
	set(&cfg.SiteFrames, f.siteFrames)
	set(&cfg.SiteBytes, float64(f.siteBytes))
	set(&cfg.ConnInflated, float64(f.connectionInflated))
	set(&cfg.AddressInflated, float64(f.addressInflated))
	set(&cfg.SiteInflated, float64(f.siteInflated))
	set(&cfg.SiteErasures, f.siteErasures)
	set(&cfg.AddressErasures, f.addressErasures)
	set(&cfg.LargeFrames, f.largeFrames)
	return cfg, nil
}

// set puts a flag's value in the place of a default: 0 keeps that, below 0 is no limit, which the collector calls 0.
func set[T int | float64](limit *T, flag T) {
	if flag != 0 {
		*limit = max(flag, 0)
	}
}

func (f *collectorFlags) proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range f.trustedProxies {
		p, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			if a, aerr := netip.ParseAddr(strings.TrimSpace(text)); aerr == nil {
				p = netip.PrefixFrom(a, a.BitLen())
			} else {
				return nil, usagef("--trusted-proxies: %q is neither a network such as 10.0.0.0/8 nor an address", text)
			}
		}
		all = append(all, unmapped(p))
	}
	return all, nil
}

// unmapped is the network in the form in which addresses are compared: those of
// IPv4 as such, also where a system writes them as IPv6 (::ffff:10.0.0.0/104).
func unmapped(p netip.Prefix) netip.Prefix {
	const mapped = 96
	if !p.Addr().Is4In6() || p.Bits() < mapped {
		return p
	}
	return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mapped)
}
