-- The page views of the named sessions, in the order of compareTabs (derived_marks.go).
SELECT
    day, site, session, tab, toUnixTimestamp64Milli(at), document, sequence, idx, path,
    referrer, language, time_zone, screen_w, screen_h, viewport_w, viewport_h, browser, browser_version, os, os_version
FROM page_views FINAL
WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
    AND session IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {keys:String}))), 16))
ORDER BY day, site, session, tab, at, document, sequence, idx
SETTINGS compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0
