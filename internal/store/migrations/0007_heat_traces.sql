-- Movement and attention, a row for each signal with its cells or bands as arrays. They were a row of heat_points for
-- each cell: nine in ten of all rows that a visit made.
CREATE TABLE IF NOT EXISTS heat_traces
(
    day        Date,
    site       LowCardinality(String),
    path       String CODEC(ZSTD(1)),
    kind       Enum8('move' = 2, 'attention' = 4),
    viewport_w UInt16,
    session    FixedString(16),
    document   FixedString(16),
    sequence   UInt32,
    idx        UInt16,
    view       UInt16,
    at         DateTime64(3, 'UTC'),
    x          Array(Int32) CODEC(ZSTD(1)),   -- page px; of a cell its left, of a band its height
    y          Array(Int32) CODEC(ZSTD(1)),   -- top
    weight     Array(UInt32) CODEC(ZSTD(1)),  -- ms
    viewport_h UInt16,
    document_w UInt32,
    document_h UInt32,
    device     LowCardinality(String)
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (site, path, kind, viewport_w, session, document, sequence, idx)
SETTINGS index_granularity = 1024, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;

-- What is there already, so that a batch that is stored again finds itself.
INSERT INTO heat_traces (day, site, path, kind, viewport_w, session, document, sequence, idx, view, at, x, y, weight, viewport_h, document_w, document_h, device)
SELECT day, site, path, toString(kind), viewport_w, session, document, sequence, idx, any(view), any(at),
       arrayMap(c -> c.2, arraySort(groupArray((part, x, y, weight))) AS cells), arrayMap(c -> c.3, cells), arrayMap(c -> c.4, cells),
       any(viewport_h), any(document_w), any(document_h), any(device)
FROM heat_points FINAL
WHERE kind IN ('move', 'attention')
GROUP BY day, site, path, kind, viewport_w, session, document, sequence, idx
SETTINGS max_partitions_per_insert_block = 0, optimize_aggregation_in_order = 1;

ALTER TABLE heat_points DELETE WHERE kind IN ('move', 'attention');
