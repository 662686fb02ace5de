-- How many rows deriving the named sessions reads, about: what was written twice may count twice.
SELECT day, site, session, count()
FROM
(
    SELECT day, site, session
    FROM events
    WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)} AND kind IN ('click', 'dead', 'gap')
        AND session IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {keys:String}))), 16))
    UNION ALL
    SELECT day, site, session
    FROM page_views
    WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
        AND session IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {keys:String}))), 16))
    UNION ALL
    SELECT day, site, session
    FROM batches
    WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
        AND session IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {keys:String}))), 16))
)
GROUP BY day, site, session
SETTINGS max_threads = 1, compile_expressions = 0, compile_aggregate_expressions = 0
