-- The snapshots in sections that are refused.
DELETE FROM snapshots
WHERE site = {site:String} AND day = {day:Date}
  AND session IN (SELECT toFixedString(unhex(arrayJoin({sessions:Array(String)})), 16))
  AND concat(lower(hex(session)), lower(hex(document)), toString(sequence)) IN {keys:Array(String)}
