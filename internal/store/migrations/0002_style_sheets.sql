-- Style sheets: the text once for a site, under a hash of its content, and what the ids of a session stand for.

-- day is the last day of a session that defined the sheet: retention goes by it. The sheet's text belongs to no one
-- visit, so it is in no partition of a day.
CREATE TABLE IF NOT EXISTS style_sheets
(
    site    LowCardinality(String),
    hash    FixedString(32),                  -- SHA-256 of the rules, each after its length
    day     Date,
    codec   Enum8('zstd' = 1),
    bytes   UInt32,                           -- decompressed
    payload String CODEC(NONE)                -- JSON array of the rules' texts
)
ENGINE = ReplacingMergeTree(day)
ORDER BY (site, hash)
SETTINGS index_granularity = 16, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS session_sheets
(
    day      Date,
    site     LowCardinality(String),
    session  FixedString(16),
    document FixedString(16),
    sequence UInt32,
    idx      UInt32,                          -- place of the definition in its section
    ts       Int64,                           -- browser clock, Unix ms
    id       String CODEC(ZSTD(1)),           -- hexadecimal digits, made by the tracker
    hash     FixedString(32),
    bytes    UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (site, session, document, sequence, idx)
SETTINGS index_granularity = 512, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;
