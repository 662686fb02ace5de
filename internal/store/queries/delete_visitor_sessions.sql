-- Sessions of visitors, and when the first batch that names the visitor was received: from the batches, since the
-- derived row may not be there yet; and from the derived rows, since an erasure that was interrupted may have left one.
WITH wanted AS (SELECT toFixedString(unhex(arrayJoin({visitors:Array(String)})), 16))
SELECT hex(session), hex(visitor), min(received)
FROM
(
    SELECT session, visitor, toUnixTimestamp64Milli(received_at) AS received
    FROM batches
    WHERE site = {site:String} AND visitor IN wanted
    UNION ALL
    SELECT session, visitor, 9223372036854775807 FROM sessions FINAL WHERE site = {site:String} AND visitor IN wanted
)
GROUP BY session, visitor
