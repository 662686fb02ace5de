-- Clicks, dead clicks and gaps of the named sessions, in no order. The kind of an event is a function of what names it,
-- so it may be looked at before rows of one name are made one: other kinds are read no further.
SELECT
    day, site, session, document, sequence, idx, toUnixTimestamp64Milli(at), kind,
    JSONExtractInt(data, 'x'), JSONExtractInt(data, 'y'), if(kind = 'gap', name, ''), value
FROM events FINAL
PREWHERE kind IN ('click', 'dead', 'gap')
WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
    AND session IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {keys:String}))), 16))
SETTINGS compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0
