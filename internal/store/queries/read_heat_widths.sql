-- How much was clicked on a page, by viewport width.
SELECT viewport_w, sum(weight) AS total
FROM heat_points FINAL
WHERE $visible(data)
  AND day BETWEEN {from_day:Date} AND {to_day:Date}
  AND path = {path:String} AND kind = {kind:String}
  AND at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND ({device:String} = '' OR device = {device:String})
GROUP BY viewport_w
