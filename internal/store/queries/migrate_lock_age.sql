-- Seconds since the lock was made, and whether that was before the server started; no row when it is gone by now.
SELECT toUInt64(greatest(0, dateDiff('second', metadata_modification_time, now()) AS age)), age > uptime()
FROM system.tables
WHERE database = currentDatabase() AND name = 'schema_migration_lock'
