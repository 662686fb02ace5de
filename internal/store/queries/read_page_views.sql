-- The page views of one session in order of time, with the load time of each.
SELECT document, view, at, path, url, title, nav, viewport_w, viewport_h, load_ms, loaded
FROM
(
    SELECT document, view, at, path, url, title, nav, viewport_w, viewport_h, sequence, idx
    FROM page_views FINAL
    WHERE $visible(data) AND day = {day:Date} AND session = unhex({session:String})
) AS views
LEFT JOIN
(
    SELECT document, view, min(value) AS load_ms, 1 AS loaded
    FROM events FINAL
    WHERE $visible(data) AND day = {day:Date} AND session = unhex({session:String}) AND kind = 'load'
    GROUP BY document, view
) AS loads USING (document, view)
ORDER BY at, document, sequence, idx
LIMIT 5000
