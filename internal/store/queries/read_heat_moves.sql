-- How long pointers rested in each cell of a page, heaviest first.
SELECT x, y, sum(weight) AS total
FROM heat_traces FINAL
ARRAY JOIN x, y, weight
WHERE $visible(data)
  AND day BETWEEN {from_day:Date} AND {to_day:Date}
  AND path = {path:String} AND kind = 'move'
  AND viewport_w BETWEEN {min_width:UInt16} AND {max_width:UInt16}
  AND at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND ({device:String} = '' OR device = {device:String})
GROUP BY x, y
ORDER BY total DESC, y, x
LIMIT {limit:UInt32}
