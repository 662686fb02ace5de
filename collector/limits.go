package collector

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hindsight/internal/wire"
)

// quota is the rate at which someone may send. A nil limiter is no limit.
type quota struct {
	frames, bytes         *rate.Limiter
	frameLimit, byteLimit string // as the limits are counted
}

func newQuota(frames, bytes float64, frameLimit, byteLimit string) quota {
	q := quota{frameLimit: frameLimit, byteLimit: byteLimit}
	// Five seconds' worth at once is what a tracker sends that comes back with
	// everything it kept.
	if frames > 0 {
		q.frames = rate.NewLimiter(rate.Limit(frames), max(int(frames*5), 1))
	}
	if bytes > 0 {
		q.bytes = rate.NewLimiter(rate.Limit(bytes), max(int(bytes*5), wire.MaxMessage))
	}
	return q
}

// claim takes frames and bytes out of every quota and gives how long to wait
// until they are due. If that is more than patience nothing is taken and over is
// the limit that it would break; else that is "".
func claim(now time.Time, patience time.Duration, frames, bytes int, quotas ...quota) (wait time.Duration, over string) {
	var room [4]*rate.Reservation
	taken := room[:0]
	for _, q := range quotas {
		for _, part := range [...]struct {
			limiter *rate.Limiter
			n       int
			name    string
		}{{q.frames, frames, q.frameLimit}, {q.bytes, bytes, q.byteLimit}} {
			if part.limiter == nil {
				continue
			}
			r := part.limiter.ReserveN(now, part.n)
			if !r.OK() || r.DelayFrom(now) > patience {
				r.CancelAt(now)
				for _, before := range taken {
					before.CancelAt(now)
				}
				return 0, part.name
			}
			wait = max(wait, r.DelayFrom(now))
			taken = append(taken, r)
		}
	}
	return wait, ""
}

// quotas holds one quota a site. Sites are few and known by key, so they stay.
type quotas struct {
	frames, bytes float64
	mu            sync.Mutex
	sites         map[string]quota
}

func newQuotas(cfg Config) *quotas {
	return &quotas{frames: cfg.SiteFrames, bytes: cfg.SiteBytes, sites: make(map[string]quota)}
}

func (q *quotas) of(siteID string) quota {
	if q.frames <= 0 && q.bytes <= 0 {
		return quota{}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	got, ok := q.sites[siteID]
	if !ok {
		got = newQuota(q.frames, q.bytes, limitSiteFrames, limitSiteBytes)
		q.sites[siteID] = got
	}
	return got
}
