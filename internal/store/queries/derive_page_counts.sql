-- What the hits of one path on one day come to, without what has to be told apart (derive_page_sessions.sql,
-- derive_page_visitors.sql). The same as derive_pages.sql, in memory for the load times alone.
SELECT
    count() AS hits,
    countIf(kind = 'view') AS views,
    countIf(kind = 'load') AS loads,
    sumIf(toUInt64(round(ms * 1000)), kind = 'load') AS load_us,
    quantilesExactIf(0.5, 0.75)(ms, kind = 'load') AS quantiles
FROM page_hits FINAL
WHERE day = {day:Date} AND site = {site:String} AND path = unhex({key:String})
SETTINGS max_threads = 1, compile_expressions = 0, compile_aggregate_expressions = 0
