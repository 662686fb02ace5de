-- A new version of a site; the newest wins.
INSERT INTO sites (id, key, name, settings, deleted, created_at, version)
SELECT {id:String}, {key:String}, {name:String}, {settings:String}, {deleted:UInt8},
       fromUnixTimestamp64Milli({created_at:Int64}, 'UTC'), {version:UInt64}
