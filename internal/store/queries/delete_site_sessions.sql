-- The next sessions of a site that are to go; none when all are gone.
SELECT DISTINCT hex(session)
FROM
(
    SELECT session FROM batches WHERE site = {site:String}
    UNION ALL
    SELECT session FROM sessions FINAL WHERE site = {site:String}
)
LIMIT 100000
