-- Sessions of visitors: from the batches, since the derived row may not be there yet; and from the derived rows, since
-- an erasure that was interrupted may have left one.
WITH wanted AS (SELECT toFixedString(unhex(arrayJoin({visitors:Array(String)})), 16))
SELECT DISTINCT hex(session)
FROM
(
    SELECT session FROM batches WHERE site = {site:String} AND visitor IN wanted
    UNION ALL
    SELECT session FROM sessions FINAL WHERE site = {site:String} AND visitor IN wanted
)
