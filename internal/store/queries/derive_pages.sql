-- What the hits of the named paths on the named days come to; a path that has none is not in the answer.
-- The mean is taken over whole microseconds: a sum of fractions would depend on the order of reading.
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
WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
    AND path IN (SELECT unhex(arrayJoin(splitByChar(',', {keys:String}))))
GROUP BY day, site, path
SETTINGS compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0
