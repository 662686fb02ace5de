package collector

import (
	"net/netip"
	"time"
)

// Config is what an operator sets. DefaultConfig gives sane values; a limit of
// 0 is off.
type Config struct {
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix

	// MaxConnections and SiteConnections bound open WebSockets, AddressConnections
	// those of one client address (of one /64 network with IPv6). The last is off
	// by default: behind a proxy that is not trusted, and in some firms and
	// countries, everybody has the same.
	MaxConnections, SiteConnections, AddressConnections int
	// Frames and bytes per second that a connection and a site may send.
	ConnFrames, ConnBytes float64
	SiteFrames, SiteBytes float64
	// ConnInflated and SiteInflated are bytes per second that frames may declare
	// to inflate to: all of a connection's; of a site's, what a frame declares
	// beyond 64 KiB. AddressInflated is for one client address (one /64 network with
	// IPv6) of a site, and counts of each frame what is also beyond sixteen times its
	// own bytes: pages inflate to less than that.
	ConnInflated, AddressInflated, SiteInflated float64
	// SiteErasures is how many visitors of a site a second may have themselves
	// erased, AddressErasures how many of them from one client address (one /64
	// network with IPv6); ten seconds' worth at once. Each is looked for in all of the
	// site.
	SiteErasures, AddressErasures float64
	// MaxThrottle is how far a connection is slowed down at a frame before it
	// is closed with 4002.
	MaxThrottle time.Duration
	// LargeFrames is how many frames over 96 KiB are held in memory at a time
	// while they are read, and an eighth of how many over 20 KiB; others wait
	// their turn. While one waits, a sender that is SlowAfter behind a pace of
	// 16 KiB a second is closed with 4002; so is one that has held its place for
	// SlowAfter and is the slowest, where one waits that is four times as fast.
	LargeFrames int
	SlowAfter   time.Duration

	// MaxUnacked (frames, at most 64) and MaxUnackedBytes bound what waits for
	// its ack on one connection. Beyond them nothing is read from it.
	MaxUnacked, MaxUnackedBytes int
	// Flush and FlushBytes tell the tracker when to send a batch: after 10 s or
	// when 16 KiB have gathered (docs/adr/0014-batches-of-ten-seconds.md).
	Flush      time.Duration
	FlushBytes int

	// Hello is how long a tracker may take for its hello, Ping how often it is
	// pinged, Idle how long it may be silent, Message how long one message may
	// take, Write how long a write may.
	Hello, Ping, Idle, Message, Write time.Duration
	// Linger is how long a connection stays half open after its close message,
	// so that the tracker can read it.
	Linger time.Duration
	// BeaconWait is how long a beacon waits for the log.
	BeaconWait time.Duration
}

// DefaultConfig gives the values of the protocol and limits that no tracker
// reaches by itself.
func DefaultConfig() Config {
	return Config{
		MaxConnections: 50_000, SiteConnections: 20_000,
		ConnFrames: 100, ConnBytes: 4 << 20,
		SiteFrames: 20_000, SiteBytes: 200 << 20, SiteErasures: 10, AddressErasures: 1,
		ConnInflated: 4 << 20, AddressInflated: 256 << 10, SiteInflated: 128 << 20,
	}.withDefaults()
}

// withDefaults fills what cannot be off.
func (c Config) withDefaults() Config {
	duration := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	number := func(n *int, value int) {
		if *n <= 0 {
			*n = value
		}
	}
	number(&c.LargeFrames, 64)
	number(&c.MaxUnacked, 8)
	c.MaxUnacked = min(c.MaxUnacked, maxWindow)
	number(&c.MaxUnackedBytes, 1_800_000)
	number(&c.FlushBytes, 16384)
	duration(&c.Flush, 10*time.Second)
	duration(&c.MaxThrottle, 5*time.Second)
	duration(&c.SlowAfter, 4*time.Second)
	duration(&c.Hello, 10*time.Second)
	duration(&c.Ping, 25*time.Second)
	duration(&c.Idle, 60*time.Second)
	duration(&c.Message, 120*time.Second)
	duration(&c.Write, 10*time.Second)
	duration(&c.Linger, time.Second)
	duration(&c.BeaconWait, 10*time.Second)
	return c
}
