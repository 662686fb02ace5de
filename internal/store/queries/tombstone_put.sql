INSERT INTO tombstones (site, scope, key, until)
SELECT {site:String}, {scope:Int8}, toFixedString('', 16), fromUnixTimestamp64Milli({until:Int64}, 'UTC')
