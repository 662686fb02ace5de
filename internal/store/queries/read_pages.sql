-- Paths with counts over a period, most viewed first. From the raw rows, because
-- the median of a period is not made from the medians of its days.
SELECT path, views, sessions, clicks, loads, load_avg, load_p50
FROM
(
    SELECT path, count() AS views, uniqExact(session) AS sessions
    FROM page_views FINAL
    WHERE $visible(data)
      AND day BETWEEN {from_day:Date} AND {to_day:Date}
      AND at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    GROUP BY path
) AS viewed
LEFT JOIN
(
    SELECT path, countIf(kind = 'click') AS clicks, countIf(kind = 'load') AS loads,
           avgIf(value, kind = 'load') AS load_avg, quantileExactIf(0.5)(value, kind = 'load') AS load_p50
    FROM events FINAL
    WHERE $visible(data)
      AND day BETWEEN {from_day:Date} AND {to_day:Date}
      AND at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND kind IN ('click', 'load')
    GROUP BY path
) AS done USING (path)
ORDER BY views DESC, path
LIMIT {limit:UInt32}
