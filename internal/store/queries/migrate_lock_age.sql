-- Seconds since the lock was made, and whether that was before the server started; no row when it is gone by now. Both
-- are whole seconds, rounded apart: a lock made just after the start may look a second older than the server. Where the
-- file is not there (yet, or any more), its time is 0.
SELECT toUInt64(greatest(0, dateDiff('second', metadata_modification_time, now()) AS age)), age > uptime() + 1
FROM system.tables
WHERE database = currentDatabase() AND name = 'schema_migration_lock' AND metadata_modification_time > 0
