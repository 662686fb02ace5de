INSERT INTO tombstones (site, scope, key, until)
SELECT {site:String}, 'session', toFixedString(unhex(arrayJoin({sessions:Array(String)})), 16), now64(3)
