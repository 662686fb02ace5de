-- A replay section that came compressed, and out of which nothing was taken, rests as the tracker sent it: raw deflate,
-- with the events written short that docs/wire-protocol.md tells of. What reads it writes them out.
ALTER TABLE recording_chunks MODIFY COLUMN IF EXISTS codec Enum8('zstd' = 1, 'deflate' = 2);
