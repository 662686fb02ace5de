-- Views and sessions of each day that a period touches, from the derived rows.
-- The day is the session's.
SELECT day, sum(viewed) AS views, sum(begun) AS sessions
FROM
(
    SELECT day, views AS viewed, 0 AS begun
    FROM page_days FINAL
    WHERE $visible(days) AND day BETWEEN {from_day:Date} AND {to_day:Date}
    UNION ALL
    SELECT day, 0 AS viewed, 1 AS begun
    FROM sessions FINAL
    WHERE $visible(data) AND day BETWEEN {from_day:Date} AND {to_day:Date} AND batches > 0
)
GROUP BY day
HAVING views > 0 OR sessions > 0
ORDER BY day
