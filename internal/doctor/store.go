package doctor

import (
	"fmt"

	"hindsight/internal/store"
)

// Store judges what a store says of itself. Disks of the embedded engine are
// looked at with the data directory.
func (r *Report) Store(in store.Inspection, embedded bool) {
	r.OK("store", "ClickHouse %s answers", in.Version)
	switch {
	case !in.Database:
		r.OK("store schema", "the database is not there yet; it is made at the first start")
	case in.Schema > in.Known:
		r.Fail("store schema", fmt.Sprintf("migration %d, but this program knows up to %d: a newer version wrote it", in.Schema, in.Known), "use that version, or another database")
	case in.Schema < in.Known:
		r.Warn("store schema", fmt.Sprintf("migration %d of %d", in.Schema, in.Known), "run `hindsight migrate`; every service does so at its start")
	default:
		r.OK("store schema", "migration %d, the newest", in.Schema)
	}
	if in.Parts >= 1000 {
		r.Warn("store parts", fmt.Sprintf("%d parts in one partition: inserts are being slowed down", in.Parts), "merging does not keep up: look at the store's disk and CPU, and at how many processors insert")
	}
	if in.Marks > 50_000 {
		r.Warn("store derived", fmt.Sprintf("%d sessions and pages wait to be derived", in.Marks), "if this grows, look for \"derivation fails\" in the processor's log")
	} else if in.Database && in.Schema == in.Known {
		r.OK("store derived", "%d sessions and pages wait to be derived", in.Marks)
	}
	if !embedded {
		for _, d := range in.Disks {
			r.room("store disk "+d.Name, Room{Free: d.Free, Total: d.Total})
		}
	}
	r.Skew("clock store", "the store's clock", in.Skew, in.Blur)
	if in.Database && in.Schema == in.Known {
		r.Browsers("clock browsers", in.Browsers, in.Documents)
	}
}
