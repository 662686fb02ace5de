-- Derives the named pages of the named days. A key without raw rows becomes an empty row.
-- The mean is taken over whole microseconds: a sum of fractions would depend on the order of reading.
INSERT INTO page_days
(
    day, site, path, views, sessions, visitors, loads, load_avg_ms, load_p50_ms, load_p75_ms, version, empty
)
WITH keys AS
(
    SELECT toDate(key.1) AS day, key.2 AS site, unhex(key.3) AS path
    FROM (SELECT arrayJoin(arrayZip({days:Array(Date)}, {sites:Array(String)}, {keys:Array(String)})) AS key)
)
SELECT
    k.day, k.site, k.path, h.views, h.sessions, h.visitors, h.loads,
    if(h.loads = 0, 0, h.load_us / h.loads / 1000),
    if(h.loads = 0, 0, h.p50), if(h.loads = 0, 0, h.p75),
    bitShiftLeft({generation:UInt64}, 40) + h.hits,
    h.hits = 0
FROM keys AS k
LEFT JOIN
(
    SELECT
        day, site, path,
        count() AS hits,
        countIf(kind = 'view') AS views,
        uniqExactIf(session, kind = 'view') AS sessions,
        uniqExactIf(visitor, kind = 'view' AND visitor != toFixedString('', 16)) AS visitors,
        countIf(kind = 'load') AS loads,
        sumIf(toUInt64(round(ms * 1000)), kind = 'load') AS load_us,
        quantileExactIf(0.5)(ms, kind = 'load') AS p50,
        quantileExactIf(0.75)(ms, kind = 'load') AS p75
    FROM page_hits FINAL
    WHERE day IN {days:Array(Date)} AND (site, path) IN (SELECT site, path FROM keys)
    GROUP BY day, site, path
) AS h ON h.day = k.day AND h.site = k.site AND h.path = k.path
