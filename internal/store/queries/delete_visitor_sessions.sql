-- Sessions of a visitor: from the batches, since the derived row may not be there yet; and from the derived rows, since
-- an erasure that was interrupted may have left one.
SELECT DISTINCT hex(session)
FROM
(
    SELECT session FROM batches WHERE site = {site:String} AND visitor = toFixedString(unhex({visitor:String}), 16)
    UNION ALL
    SELECT session FROM sessions FINAL WHERE site = {site:String} AND visitor = toFixedString(unhex({visitor:String}), 16)
)
