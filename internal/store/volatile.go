package store

// VolatileColumn is a column that may differ between two storings of the same
// batch. Everything else of every table is the same, whatever the grouping,
// the connection, the day or the restart in between.
type VolatileColumn struct {
	Table, Column string
	// NoHandshake: the column may differ only for batches that name no clock
	// offset (offset_source is not 'handshake'), and for sessions with such a
	// batch: their times come from sent_at, which is rewritten at each sending. A
	// batch with times that its offset cannot explain is one of them.
	NoHandshake bool
	Reason      string
}

const (
	reasonArrival = "when and how a batch arrived belongs to the sending, not to the batch"
	reasonCountry = "after a restart the key that sealed the address may be gone; a row that knows its country beats one that does not"
	reasonClock   = "without a handshake the clock offset is receive time less sent_at"
	reasonFirst   = "told by the first view, or the first batch, and without a handshake another may be the first"
	reasonJump    = "whether a time can be is judged by when the batch arrived: sent again later, one that was told by a clock ahead of its offset can be"
	reasonVersion = "counts the rows that know their country, and those that are refused"
)

// VolatileColumns lists them all, each with its reason.
func VolatileColumns() []VolatileColumn {
	return []VolatileColumn{
		{"batches", "received_at", false, reasonArrival},
		{"batches", "sent_at", false, reasonArrival},
		{"batches", "via", false, reasonArrival},
		{"batches", "country", false, reasonCountry},
		{"batches", "version", false, reasonCountry},
		{"batches", "first_at", true, reasonClock},
		{"batches", "last_at", true, reasonClock},
		{"batches", "clock_offset_ms", true, reasonClock},
		{"batches", "offset_source", true, reasonJump},
		{"page_views", "at", true, reasonClock},
		{"events", "at", true, reasonClock},
		{"heat_points", "at", true, reasonClock},
		{"heat_traces", "at", true, reasonClock},
		{"recording_chunks", "clock_offset_ms", true, reasonClock},
		{"snapshots", "at", true, reasonClock},
		{"sessions", "started_at", true, reasonClock},
		{"sessions", "ended_at", true, reasonClock},
		{"sessions", "duration_ms", true, reasonClock},
		{"sessions", "active_ms", true, reasonClock},
		{"sessions", "gap_ms", true, reasonClock}, // no more than the duration
		{"sessions", "entry_path", true, reasonFirst},
		{"sessions", "exit_path", true, reasonFirst}, // of the last
		{"sessions", "visitor", true, reasonFirst},
		{"sessions", "referrer", true, reasonFirst},
		{"sessions", "language", true, reasonFirst},
		{"sessions", "time_zone", true, reasonFirst},
		{"sessions", "screen_w", true, reasonFirst},
		{"sessions", "screen_h", true, reasonFirst},
		{"sessions", "viewport_w", true, reasonFirst},
		{"sessions", "viewport_h", true, reasonFirst},
		{"sessions", "browser", true, reasonFirst},
		{"sessions", "browser_version", true, reasonFirst},
		{"sessions", "os", true, reasonFirst},
		{"sessions", "os_version", true, reasonFirst},
		{"sessions", "device", true, reasonFirst},
		{"sessions", "rages", true, reasonClock},
		{"sessions", "quick_backs", true, reasonClock},
		{"sessions", "country", false, reasonCountry},
		{"sessions", "version", false, reasonVersion},
	}
}
