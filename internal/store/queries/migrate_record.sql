INSERT INTO schema_migrations SELECT {number:UInt32}, {name:String}, now64(3)
