-- What was deleted and must not come back when its records are stored again (store/tombstones.go). Rows are only added,
-- and their number tells whether there are new ones: so no engine that merges rows into one.
CREATE TABLE IF NOT EXISTS tombstones
(
    site  LowCardinality(String),
    scope Enum8('site' = 1, 'demo' = 2, 'session' = 3),
    key   FixedString(16),            -- of scope session: its id; else zeros
    until DateTime64(3, 'UTC'),       -- of scope demo: what was received later stays
    at    DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (site, scope, key)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
