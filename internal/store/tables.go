package store

// The raw tables, one function each: which column holds what of a row. Columns that are not named take the
// table's default.

// batchRows is the insert into batches.
func batchRows(records []*Record) tableRows {
	rows := single(records, func(r *Record) *BatchRow { return &r.Batch })
	return tableRows{"batches", len(rows), append(identity(rows),
		collect("tab", rows, func(r tableRow[BatchRow]) uint64 { return r.v.Tab }),
		collect("visitor", rows, func(r tableRow[BatchRow]) [16]byte { return r.v.Visitor }),
		collect("flags", rows, func(r tableRow[BatchRow]) uint16 { return r.v.Flags }),
		collect("consent", rows, func(r tableRow[BatchRow]) uint8 { return r.v.Consent }),
		collect("view", rows, func(r tableRow[BatchRow]) uint16 { return r.v.View }),
		collect("path", rows, func(r tableRow[BatchRow]) string { return r.v.Path }),
		collect("first_at", rows, func(r tableRow[BatchRow]) int64 { return r.v.FirstAt }),
		collect("last_at", rows, func(r tableRow[BatchRow]) int64 { return r.v.LastAt }),
		collect("clock_offset_ms", rows, func(r tableRow[BatchRow]) int64 { return r.v.OffsetMS }),
		collect("offset_source", rows, func(r tableRow[BatchRow]) int8 { return r.v.OffsetSource }),
		collect("received_at", rows, func(r tableRow[BatchRow]) int64 { return r.v.ReceivedAt }),
		collect("sent_at", rows, func(r tableRow[BatchRow]) int64 { return r.v.SentAt }),
		collect("via", rows, func(r tableRow[BatchRow]) string { return r.v.Via }),
		collect("browser", rows, func(r tableRow[BatchRow]) string { return r.v.Browser }),
		collect("browser_version", rows, func(r tableRow[BatchRow]) string { return r.v.BrowserVersion }),
		collect("os", rows, func(r tableRow[BatchRow]) string { return r.v.OS }),
		collect("os_version", rows, func(r tableRow[BatchRow]) string { return r.v.OSVersion }),
		collect("device", rows, func(r tableRow[BatchRow]) string { return r.v.Device }),
		collect("country", rows, func(r tableRow[BatchRow]) string { return r.v.Country }),
		collect("views", rows, func(r tableRow[BatchRow]) uint16 { return r.v.Views }),
		collect("clicks", rows, func(r tableRow[BatchRow]) uint32 { return r.v.Clicks }),
		collect("scrolls", rows, func(r tableRow[BatchRow]) uint32 { return r.v.Scrolls }),
		collect("moves", rows, func(r tableRow[BatchRow]) uint32 { return r.v.Moves }),
		collect("keystrokes", rows, func(r tableRow[BatchRow]) uint32 { return r.v.Keystrokes }),
		collect("errors", rows, func(r tableRow[BatchRow]) uint32 { return r.v.Errors }),
		collect("customs", rows, func(r tableRow[BatchRow]) uint32 { return r.v.Custom }),
		collect("gaps", rows, func(r tableRow[BatchRow]) uint16 { return r.v.Gaps }),
		collect("signals", rows, func(r tableRow[BatchRow]) uint32 { return r.v.Signals }),
		collect("signals_bytes", rows, func(r tableRow[BatchRow]) uint32 { return r.v.SignalsBytes }),
		collect("replay_events", rows, func(r tableRow[BatchRow]) uint32 { return r.v.ReplayEvents }),
		collect("replay_bytes", rows, func(r tableRow[BatchRow]) uint32 { return r.v.ReplayBytes }),
		collect("replay_state", rows, func(r tableRow[BatchRow]) int8 { return r.v.ReplayState }),
		collect("version", rows, func(r tableRow[BatchRow]) uint8 { return r.v.version() }),
	)}
}

// viewRows is the insert into page_views.
func viewRows(records []*Record) tableRows {
	rows := flatten(records, func(r *Record) []ViewRow { return r.Views })
	return tableRows{"page_views", len(rows), append(identity(rows),
		collect("idx", rows, func(r tableRow[ViewRow]) uint16 { return r.v.Index }),
		collect("view", rows, func(r tableRow[ViewRow]) uint16 { return r.v.View }),
		collect("tab", rows, func(r tableRow[ViewRow]) uint64 { return r.v.Tab }),
		collect("at", rows, func(r tableRow[ViewRow]) int64 { return r.v.At }),
		collect("path", rows, func(r tableRow[ViewRow]) string { return r.v.Path }),
		collect("url", rows, func(r tableRow[ViewRow]) string { return r.v.URL }),
		collect("title", rows, func(r tableRow[ViewRow]) string { return r.v.Title }),
		collect("referrer", rows, func(r tableRow[ViewRow]) string { return r.v.Referrer }),
		collect("nav", rows, func(r tableRow[ViewRow]) string { return r.v.Nav }),
		collect("language", rows, func(r tableRow[ViewRow]) string { return r.v.Language }),
		collect("time_zone", rows, func(r tableRow[ViewRow]) string { return r.v.TimeZone }),
		collect("screen_w", rows, func(r tableRow[ViewRow]) uint16 { return r.v.ScreenW }),
		collect("screen_h", rows, func(r tableRow[ViewRow]) uint16 { return r.v.ScreenH }),
		collect("viewport_w", rows, func(r tableRow[ViewRow]) uint16 { return r.v.ViewportW }),
		collect("viewport_h", rows, func(r tableRow[ViewRow]) uint16 { return r.v.ViewportH }),
		collect("document_w", rows, func(r tableRow[ViewRow]) uint32 { return r.v.DocumentW }),
		collect("document_h", rows, func(r tableRow[ViewRow]) uint32 { return r.v.DocumentH }),
		collect("dpr", rows, func(r tableRow[ViewRow]) float32 { return r.v.DPR }),
		collect("browser", rows, func(r tableRow[ViewRow]) string { return r.v.Browser }),
		collect("browser_version", rows, func(r tableRow[ViewRow]) string { return r.v.BrowserVersion }),
		collect("os", rows, func(r tableRow[ViewRow]) string { return r.v.OS }),
		collect("os_version", rows, func(r tableRow[ViewRow]) string { return r.v.OSVersion }),
	)}
}

// hitRows is the insert into page_hits.
func hitRows(records []*Record) tableRows {
	rows := byIndex(flatten(records, func(r *Record) []HitRow { return r.Hits }), func(h *HitRow) uint16 { return h.Index })
	rows = grouped(rows, func(h *HitRow) beginning { return beginning{path: h.Path} })
	return tableRows{"page_hits", len(rows), append(identity(rows),
		collect("idx", rows, func(r tableRow[HitRow]) uint16 { return r.v.Index }),
		collect("path", rows, func(r tableRow[HitRow]) string { return r.v.Path }),
		collect("kind", rows, func(r tableRow[HitRow]) int8 { return r.v.Kind }),
		collect("visitor", rows, func(r tableRow[HitRow]) [16]byte { return r.v.Visitor }),
		collect("ms", rows, func(r tableRow[HitRow]) float64 { return r.v.MS }),
	)}
}

// eventRows is the insert into events.
func eventRows(records []*Record) tableRows {
	rows := byIndex(flatten(records, func(r *Record) []EventRow { return r.Events }), func(e *EventRow) uint16 { return e.Index })
	return tableRows{"events", len(rows), append(identity(rows),
		collect("idx", rows, func(r tableRow[EventRow]) uint16 { return r.v.Index }),
		collect("view", rows, func(r tableRow[EventRow]) uint16 { return r.v.View }),
		collect("at", rows, func(r tableRow[EventRow]) int64 { return r.v.At }),
		collect("kind", rows, func(r tableRow[EventRow]) string { return r.v.Kind }),
		collect("path", rows, func(r tableRow[EventRow]) string { return r.v.Path }),
		collect("name", rows, func(r tableRow[EventRow]) string { return r.v.Name }),
		collect("value", rows, func(r tableRow[EventRow]) float64 { return r.v.Value }),
		collect("data", rows, func(r tableRow[EventRow]) string { return r.v.Data }),
	)}
}
