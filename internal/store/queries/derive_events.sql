-- What the clicks, dead clicks and gaps of each batch of the named sessions come to, document by document. derived_marks.go
-- sums them up: batchFacts says what each is, rageSignals which clicks are told one by one. The kind of an event is a
-- function of what names it, so it may be looked at before rows of one name are made one: other kinds are read no further.
SELECT
    day, site, session, document, sequence, toUInt32(count()), toUInt32(countIf(kind = 'dead')),
    sumIf(toUInt64(least(greatest(value, 0), 604800000) * 1000 + 0.5), kind = 'gap'),
    (sumMapIf([name], [toUInt64(1)], kind = 'gap') AS reasons).1, reasons.2,
    (groupArrayIf((idx, toUnixTimestamp64Milli(at), toInt32(JSONExtractInt(data, 'x')), toInt32(JSONExtractInt(data, 'y'))),
        kind = 'click' AND idx < 512) AS clicks).1, clicks.2, clicks.3, clicks.4
FROM events FINAL
PREWHERE kind IN ('click', 'dead', 'gap')
WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
    AND session IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {keys:String}))), 16))
GROUP BY day, site, session, document, sequence
ORDER BY day, site, session, document, sequence
SETTINGS compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0
