-- Texts and arrays are compressed like everything else: LZ4 in the parts that inserts make, ZSTD in those that merges
-- make, as the embedded engine is configured (internal/engine/config.xml.tmpl); on a server, as its operator wants it.

ALTER TABLE batches MODIFY COLUMN IF EXISTS path CODEC(Default);
ALTER TABLE page_views
    MODIFY COLUMN IF EXISTS path CODEC(Default),
    MODIFY COLUMN IF EXISTS url CODEC(Default),
    MODIFY COLUMN IF EXISTS title CODEC(Default),
    MODIFY COLUMN IF EXISTS referrer CODEC(Default);
ALTER TABLE page_hits MODIFY COLUMN IF EXISTS path CODEC(Default);
ALTER TABLE events
    MODIFY COLUMN IF EXISTS path CODEC(Default),
    MODIFY COLUMN IF EXISTS name CODEC(Default),
    MODIFY COLUMN IF EXISTS data CODEC(Default);
ALTER TABLE heat_points
    MODIFY COLUMN IF EXISTS path CODEC(Default),
    MODIFY COLUMN IF EXISTS selector CODEC(Default);
ALTER TABLE heat_traces
    MODIFY COLUMN IF EXISTS path CODEC(Default),
    MODIFY COLUMN IF EXISTS x CODEC(Default),
    MODIFY COLUMN IF EXISTS y CODEC(Default),
    MODIFY COLUMN IF EXISTS weight CODEC(Default);
ALTER TABLE snapshots MODIFY COLUMN IF EXISTS path CODEC(Default);
ALTER TABLE session_sheets MODIFY COLUMN IF EXISTS id CODEC(Default);
ALTER TABLE consents
    MODIFY COLUMN IF EXISTS version CODEC(Default),
    MODIFY COLUMN IF EXISTS url CODEC(Default);
