-- Proofs of consent. A row is a function of the signal that tells the choice, and of the day of its session; it names
-- neither session nor visitor, and so outlives the erasure of both.
CREATE TABLE IF NOT EXISTS consents
(
    day     Date,
    site    LowCardinality(String),
    key     FixedString(16),                  -- made in the browser from what it keeps of the choice
    at      DateTime64(3, 'UTC'),             -- by the browser's clock
    state   LowCardinality(String),           -- granted
    version String CODEC(ZSTD(1)),            -- of the wording
    url     String CODEC(ZSTD(1))             -- where, scrubbed
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site, key)
SETTINGS index_granularity = 512, fsync_after_insert = 1, fsync_part_directory = 1;

-- A visitor's wish to be erased is looked for among all batches of the site.
ALTER TABLE batches ADD INDEX IF NOT EXISTS visitor visitor TYPE bloom_filter(0.01) GRANULARITY 8;
