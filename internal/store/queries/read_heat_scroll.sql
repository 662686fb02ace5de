-- Page views of a page by how far down they were seen, rounded up to a step. A
-- page view (session, document, view) counts once, with its maximum, at the
-- viewport it had there.
SELECT width, height, lowest, count() AS page_views
FROM
(
    SELECT intDiv(greatest(max(y), 0) + {step:Int32} - 1, {step:Int32}) * {step:Int32} AS lowest,
           argMax(viewport_w, (y, sequence, idx)) AS width,
           argMax(viewport_h, (y, sequence, idx)) AS height
    FROM heat_points FINAL
    WHERE $visible(data)
      AND day BETWEEN {from_day:Date} AND {to_day:Date}
      AND path = {path:String} AND kind = 'scroll'
      AND at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND ({device:String} = '' OR device = {device:String})
    GROUP BY session, document, view
)
GROUP BY width, height, lowest
