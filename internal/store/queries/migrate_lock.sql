CREATE TABLE schema_migration_lock (nothing UInt8) ENGINE = MergeTree ORDER BY nothing
