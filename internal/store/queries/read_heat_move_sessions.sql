-- In how many sessions a page was moved over.
SELECT uniqExact(session)
FROM heat_traces FINAL
WHERE $visible(data)
  AND day BETWEEN {from_day:Date} AND {to_day:Date}
  AND path = {path:String} AND kind = 'move'
  AND viewport_w BETWEEN {min_width:UInt16} AND {max_width:UInt16}
  AND at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND ({device:String} = '' OR device = {device:String})
