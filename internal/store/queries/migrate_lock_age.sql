-- Seconds since the lock was made; no row when it is gone by now.
SELECT toUInt64(greatest(0, dateDiff('second', metadata_modification_time, now())))
FROM system.tables
WHERE database = currentDatabase() AND name = 'schema_migration_lock'
