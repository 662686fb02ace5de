-- How many rows the named paths have, about: what was written twice may count twice.
SELECT day, site, path, count()
FROM page_hits
WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
    AND path IN (SELECT unhex(arrayJoin(splitByChar(',', {keys:String}))))
GROUP BY day, site, path
SETTINGS max_threads = 1, compile_expressions = 0, compile_aggregate_expressions = 0
