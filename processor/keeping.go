package processor

import (
	"time"

	"golang.org/x/time/rate"

	"hindsight/internal/eventlog"
)

// keeping bounds what dead letters keep of frames, site by site: a frame of 900 KB
// with signals that are none costs its sender nothing, and would lie in the log for
// a month. Beyond it the letter is written all the same, without its frame, and is
// smaller than what is stored of a good one. It is counted.
type keeping struct {
	perDay int // bytes, which may also come at once; below 0: no limit
	sites  map[string]*rate.Limiter
}

func newKeeping(perDay int) *keeping { return &keeping{perDay, map[string]*rate.Limiter{}} }

const secondsOfDay = 24 * 3600

// takes tells whether a letter may keep a record's frame. One that an operator tries
// again always may: the letter of which it came is closed by then.
func (k *keeping) takes(f *eventlog.Fetched) bool {
	if k.perDay < 0 || f.Again() {
		return true
	}
	site := eventlog.SiteOf(f)
	room := k.sites[site]
	if room == nil {
		room = rate.NewLimiter(rate.Limit(float64(k.perDay)/secondsOfDay), k.perDay)
		k.sites[site] = room
	}
	return room.AllowN(time.Now(), len(f.Value))
}
