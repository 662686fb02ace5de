package store

// heatRows is the insert into heat_points.
func heatRows(records []*Record) tableRows {
	rows := flatten(records, func(r *Record) []HeatRow { return r.HeatPoints })
	rows = grouped(rows, func(h *HeatRow) beginning { return beginning{path: h.Path, kind: h.Kind, width: h.ViewportW} })
	return tableRows{"heat_points", len(rows), append(identity(rows),
		collect("path", rows, func(r tableRow[HeatRow]) string { return r.v.Path }),
		collect("kind", rows, func(r tableRow[HeatRow]) int8 { return r.v.Kind }),
		collect("viewport_w", rows, func(r tableRow[HeatRow]) uint16 { return r.v.ViewportW }),
		collect("viewport_h", rows, func(r tableRow[HeatRow]) uint16 { return r.v.ViewportH }),
		collect("idx", rows, func(r tableRow[HeatRow]) uint16 { return r.v.Index }),
		collect("view", rows, func(r tableRow[HeatRow]) uint16 { return r.v.View }),
		collect("at", rows, func(r tableRow[HeatRow]) int64 { return r.v.At }),
		collect("selector", rows, func(r tableRow[HeatRow]) string { return r.v.Selector }),
		collect("fx", rows, func(r tableRow[HeatRow]) uint16 { return r.v.FX }),
		collect("fy", rows, func(r tableRow[HeatRow]) uint16 { return r.v.FY }),
		collect("x", rows, func(r tableRow[HeatRow]) int32 { return r.v.X }),
		collect("y", rows, func(r tableRow[HeatRow]) int32 { return r.v.Y }),
		collect("document_w", rows, func(r tableRow[HeatRow]) uint32 { return r.v.DocumentW }),
		collect("document_h", rows, func(r tableRow[HeatRow]) uint32 { return r.v.DocumentH }),
		collect("fixed", rows, func(r tableRow[HeatRow]) uint8 { return r.v.Fixed }),
		collect("scroll_x", rows, func(r tableRow[HeatRow]) int32 { return r.v.ScrollX }),
		collect("scroll_y", rows, func(r tableRow[HeatRow]) int32 { return r.v.ScrollY }),
		collect("weight", rows, func(r tableRow[HeatRow]) uint32 { return r.v.Weight }),
		collect("device", rows, func(r tableRow[HeatRow]) string { return r.v.Device }),
	)}
}

// traceRows is the insert into heat_traces.
func traceRows(records []*Record) tableRows {
	rows := flatten(records, func(r *Record) []TraceRow { return r.Traces })
	rows = grouped(rows, func(t *TraceRow) beginning { return beginning{path: t.Path, kind: t.Kind, width: t.ViewportW} })
	return tableRows{"heat_traces", len(rows), append(identity(rows),
		collect("path", rows, func(r tableRow[TraceRow]) string { return r.v.Path }),
		collect("kind", rows, func(r tableRow[TraceRow]) int8 { return r.v.Kind }),
		collect("viewport_w", rows, func(r tableRow[TraceRow]) uint16 { return r.v.ViewportW }),
		collect("viewport_h", rows, func(r tableRow[TraceRow]) uint16 { return r.v.ViewportH }),
		collect("idx", rows, func(r tableRow[TraceRow]) uint16 { return r.v.Index }),
		collect("view", rows, func(r tableRow[TraceRow]) uint16 { return r.v.View }),
		collect("at", rows, func(r tableRow[TraceRow]) int64 { return r.v.At }),
		collect("x", rows, func(r tableRow[TraceRow]) []int32 { return r.v.X }),
		collect("y", rows, func(r tableRow[TraceRow]) []int32 { return r.v.Y }),
		collect("weight", rows, func(r tableRow[TraceRow]) []uint32 { return r.v.Weight }),
		collect("document_w", rows, func(r tableRow[TraceRow]) uint32 { return r.v.DocumentW }),
		collect("document_h", rows, func(r tableRow[TraceRow]) uint32 { return r.v.DocumentH }),
		collect("device", rows, func(r tableRow[TraceRow]) string { return r.v.Device }),
	)}
}

// chunkRows is the insert into recording_chunks.
func chunkRows(records []*Record) tableRows {
	rows := single(records, func(r *Record) *ChunkRow { return r.Chunk })
	return tableRows{"recording_chunks", len(rows), append(identity(rows),
		collect("codec", rows, func(r tableRow[ChunkRow]) int8 { return r.v.Codec }),
		collect("first_ts", rows, func(r tableRow[ChunkRow]) int64 { return r.v.FirstTS }),
		collect("last_ts", rows, func(r tableRow[ChunkRow]) int64 { return r.v.LastTS }),
		collect("clock_offset_ms", rows, func(r tableRow[ChunkRow]) int64 { return r.v.OffsetMS }),
		collect("events", rows, func(r tableRow[ChunkRow]) uint32 { return r.v.Events }),
		collect("raw_bytes", rows, func(r tableRow[ChunkRow]) uint32 { return r.v.RawBytes }),
		collect("snapshots", rows, func(r tableRow[ChunkRow]) uint16 { return r.v.Snapshots }),
		collect("payload", rows, func(r tableRow[ChunkRow]) []byte { return r.v.Payload }),
	)}
}

// snapshotRows is the insert into snapshots.
func snapshotRows(records []*Record) tableRows {
	rows := flatten(records, func(r *Record) []SnapshotRow { return r.Snapshots })
	rows = grouped(rows, func(s *SnapshotRow) beginning { return beginning{path: s.Path, width: s.ViewportW} })
	return tableRows{"snapshots", len(rows), append(identity(rows),
		collect("path", rows, func(r tableRow[SnapshotRow]) string { return r.v.Path }),
		collect("viewport_w", rows, func(r tableRow[SnapshotRow]) uint16 { return r.v.ViewportW }),
		collect("viewport_h", rows, func(r tableRow[SnapshotRow]) uint16 { return r.v.ViewportH }),
		collect("at", rows, func(r tableRow[SnapshotRow]) int64 { return r.v.At }),
		collect("bytes", rows, func(r tableRow[SnapshotRow]) uint32 { return r.v.Bytes }),
	)}
}
