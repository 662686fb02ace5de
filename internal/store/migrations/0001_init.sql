-- Every table has fsync_after_insert and fsync_part_directory: an insert that returned survives a power cut, so an
-- offset committed after it means kept. Every statement does nothing when it is run again.

-- Raw tables: identity at the end of the sorting key, partitioned by the session's day.

CREATE TABLE IF NOT EXISTS batches
(
    day             Date,
    site            LowCardinality(String),
    session         FixedString(16),
    document        FixedString(16),
    sequence        UInt32,
    tab             UInt64,
    visitor         FixedString(16),          -- zeros: none
    flags           UInt16,
    consent         UInt8,
    view            UInt16,
    path            String CODEC(ZSTD(1)),
    first_at        DateTime64(3, 'UTC'),     -- earliest and latest event, corrected by the clock offset
    last_at         DateTime64(3, 'UTC'),
    clock_offset_ms Int64,
    offset_source   Enum8('none' = 0, 'handshake' = 1, 'sent_at' = 2),
    received_at     DateTime64(3, 'UTC'),
    sent_at         DateTime64(3, 'UTC'),
    via             LowCardinality(String),
    browser         LowCardinality(String),
    browser_version LowCardinality(String),
    os              LowCardinality(String),
    os_version      LowCardinality(String),
    device          LowCardinality(String),   -- desktop, tablet, mobile, bot, ''
    country         LowCardinality(String),   -- ISO 3166-1 alpha-2 or ''
    views           UInt16,
    clicks          UInt32,
    scrolls         UInt32,
    moves           UInt32,
    keystrokes      UInt32,
    errors          UInt32,
    customs         UInt32,
    gaps            UInt16,
    signals         UInt32,
    signals_bytes   UInt32,                   -- inflated
    replay_events   UInt32,
    replay_bytes    UInt32,                   -- inflated
    replay_state    Enum8('none' = 0, 'kept' = 1, 'refused' = 2),
    version         UInt8                     -- 1 when the country is known: such a row beats one that does not know it
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY day
ORDER BY (site, session, document, sequence)
SETTINGS index_granularity = 512, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS page_views
(
    day        Date,
    site       LowCardinality(String),
    session    FixedString(16),
    document   FixedString(16),
    sequence   UInt32,
    idx        UInt16,
    view       UInt16,
    at         DateTime64(3, 'UTC'),
    path       String CODEC(ZSTD(1)),
    url        String CODEC(ZSTD(1)),
    title      String CODEC(ZSTD(1)),
    referrer   String CODEC(ZSTD(1)),
    nav        LowCardinality(String),
    language   LowCardinality(String),
    time_zone  LowCardinality(String),
    screen_w   UInt16,
    screen_h   UInt16,
    viewport_w UInt16,
    viewport_h UInt16,
    document_w UInt32,
    document_h UInt32,
    dpr        Float32,
    browser         LowCardinality(String),   -- from client hints, '' where not given
    browser_version LowCardinality(String),
    os              LowCardinality(String),
    os_version      LowCardinality(String)
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (site, session, document, sequence, idx)
SETTINGS index_granularity = 512, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;

-- What the figures of a page are derived from: one row per page view and per load time, ordered by path, so that
-- deriving one path of one day reads that path alone.
CREATE TABLE IF NOT EXISTS page_hits
(
    day      Date,
    site     LowCardinality(String),
    path     String CODEC(ZSTD(1)),
    session  FixedString(16),
    document FixedString(16),
    sequence UInt32,
    idx      UInt16,
    kind     Enum8('view' = 1, 'load' = 2),
    visitor  FixedString(16),                 -- zeros: none
    ms       Float64                          -- load time; 0 for a view
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (site, path, session, document, sequence, idx)
SETTINGS index_granularity = 512, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS events
(
    day      Date,
    site     LowCardinality(String),
    session  FixedString(16),
    document FixedString(16),
    sequence UInt32,
    idx      UInt16,
    view     UInt16,
    at       DateTime64(3, 'UTC'),
    kind     LowCardinality(String),          -- load, click, scroll, typing, error, event, identify, set, consent, visible, gap
    path     String CODEC(ZSTD(1)),
    name     String CODEC(ZSTD(1)),           -- selector, event name, error message, reason …
    value    Float64,                         -- ms of a load, keystrokes of a typing, page px of a scroll reach …
    data     String CODEC(ZSTD(1))            -- the signal's other members as JSON
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (site, session, document, sequence, idx)
SETTINGS index_granularity = 1024, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS heat_points
(
    day        Date,
    site       LowCardinality(String),
    path       String CODEC(ZSTD(1)),
    kind       Enum8('click' = 1, 'move' = 2, 'scroll' = 3),
    viewport_w UInt16,
    session    FixedString(16),
    document   FixedString(16),
    sequence   UInt32,
    idx        UInt16,
    part       UInt16,                        -- cell of a movement, else 0
    view       UInt16,
    at         DateTime64(3, 'UTC'),
    selector   String CODEC(ZSTD(1)),         -- '' for movement and scroll
    fx         UInt16,                        -- place inside the element's box, 0 … 65535
    fy         UInt16,
    x          Int32,                         -- page px; for movement the cell's left/top; for scroll 0 and the lowest px seen
    y          Int32,
    viewport_h UInt16,
    document_w UInt32,
    document_h UInt32,
    fixed      UInt8,
    scroll_x   Int32,                         -- of the nearest inner scroller
    scroll_y   Int32,
    weight     UInt32,                        -- click 1, movement dwell ms, scroll 1
    device     LowCardinality(String)
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (site, path, kind, viewport_w, session, document, sequence, idx, part)
SETTINGS min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS recording_chunks
(
    day       Date,
    site      LowCardinality(String),
    session   FixedString(16),
    document  FixedString(16),
    sequence  UInt32,
    codec     Enum8('zstd' = 1),
    key_id    UInt64,                         -- per-recording keys come later; 0 = not encrypted
    first_ts  Int64,                          -- timestamps of the first and last rrweb event, browser clock, Unix ms
    last_ts   Int64,
    clock_offset_ms Int64,
    events    UInt32,
    raw_bytes UInt32,
    snapshots UInt16,                         -- full snapshots inside
    payload   String CODEC(NONE)
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (site, session, document, sequence)
SETTINGS index_granularity = 64, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snapshots
(
    day        Date,
    site       LowCardinality(String),
    path       String CODEC(ZSTD(1)),
    viewport_w UInt16,
    session    FixedString(16),
    document   FixedString(16),
    sequence   UInt32,
    viewport_h UInt16,
    at         DateTime64(3, 'UTC'),
    bytes      UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (site, path, viewport_w, session, document, sequence)
SETTINGS index_granularity = 512, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;

-- Derived tables. version = erasures so far, then rows read (store/derive.go); empty = 1 when no raw row is left, and
-- FINAL does not return such a row.

CREATE TABLE IF NOT EXISTS sessions
(
    day             Date,
    site            LowCardinality(String),
    session         FixedString(16),
    visitor         FixedString(16),
    started_at      DateTime64(3, 'UTC'),
    ended_at        DateTime64(3, 'UTC'),
    duration_ms     UInt64,
    pages           UInt32,
    clicks          UInt32,
    scrolls         UInt32,
    keystrokes      UInt32,
    errors          UInt32,
    customs         UInt32,
    documents       UInt32,
    tabs            UInt32,
    batches         UInt32,
    missing         UInt32,                   -- sequence numbers not there
    gaps            UInt32,                   -- pauses the tracker reported
    replay_events   UInt64,
    replay_bytes    UInt64,
    entry_path      String,
    exit_path       String,
    paths           Array(String),
    referrer        String,
    language        LowCardinality(String),
    time_zone       LowCardinality(String),
    screen_w        UInt16,
    screen_h        UInt16,
    viewport_w      UInt16,
    viewport_h      UInt16,
    browser         LowCardinality(String),
    browser_version LowCardinality(String),
    os              LowCardinality(String),
    os_version      LowCardinality(String),
    device          LowCardinality(String),
    country         LowCardinality(String),
    demo            UInt8,
    version         UInt64,
    empty           UInt8
)
ENGINE = ReplacingMergeTree(version, empty)
PARTITION BY day
ORDER BY (site, session)
SETTINGS index_granularity = 512, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS page_days
(
    day         Date,
    site        LowCardinality(String),
    path        String,
    views       UInt64,
    sessions    UInt64,
    visitors    UInt64,
    loads       UInt64,
    load_avg_ms Float64,
    load_p50_ms Float64,
    load_p75_ms Float64,
    version     UInt64,
    empty       UInt8
)
ENGINE = ReplacingMergeTree(version, empty)
PARTITION BY day
ORDER BY (site, path)
SETTINGS index_granularity = 512, min_age_to_force_merge_seconds = 172800, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS derive_marks
(
    what Enum8('session' = 1, 'page' = 2),
    site LowCardinality(String),
    day  Date,
    key  String,                              -- session id (16 bytes) or path
    mark UInt64,                              -- random, names one marking
    sign Int8
)
ENGINE = CollapsingMergeTree(sign)
ORDER BY (what, site, day, key, mark)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row per erasure, never changed; their number is the generation in the version of derived rows. Nothing of
-- what was erased stands here.
CREATE TABLE IF NOT EXISTS erasures
(
    id   UUID,
    site LowCardinality(String),
    at   DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Settings.

CREATE TABLE IF NOT EXISTS sites
(
    id       String,
    key      String,
    name     String,
    settings String,                          -- JSON
    deleted  UInt8,
    created_at DateTime64(3, 'UTC'),
    version  UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS api_tokens
(
    id         String,
    hash       FixedString(32),               -- SHA-256 of the secret
    name       String,
    scope      LowCardinality(String),        -- admin, read, collector
    created_at DateTime64(3, 'UTC'),
    revoked    UInt8,
    version    UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
