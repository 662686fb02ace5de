-- Sessions that are there although they, or their whole site, were deleted. The sets are looked up by the primary key.
SELECT DISTINCT site, hex(session)
FROM batches
WHERE (site, session) IN (SELECT site, key FROM tombstones WHERE scope = 'session')
   OR site IN (SELECT site FROM tombstones WHERE scope = 'site')
LIMIT 100000
