-- Which nodes a replay section shows as protected fields, so that the guard judges what comes after it also when it
-- was restarted in between. Written for refused sections too. Node ids mean something within their document only.
CREATE TABLE IF NOT EXISTS protected_fields
(
    day      Date,
    site     LowCardinality(String),
    session  FixedString(16),
    document FixedString(16),
    sequence UInt32,
    nodes    Array(Int64)
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (site, session, document, sequence)
SETTINGS index_granularity = 512, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;
