-- The snapshot to draw a page's heatmap upon: of the same device where one is
-- asked for, of the period where there is one, near to the band's most common
-- width, and of these the newest.
SELECT session, document, sequence, viewport_w, viewport_h, at
FROM snapshots FINAL
WHERE $visible(recordings)
  AND path = {path:String}
  AND viewport_w BETWEEN {min_width:UInt16} AND {max_width:UInt16}
ORDER BY
    {device:String} = '' OR session IN
    (
        SELECT session FROM sessions FINAL WHERE $visible(data) AND device = {device:String}
    ) DESC,
    at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC') DESC,
    abs(toInt32(viewport_w) - {near:Int32}),
    at DESC, session, document, sequence
LIMIT 1
