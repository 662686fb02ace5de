-- Sessions that are there although they, or their whole site, were deleted. Asked of each table that holds sessions, and
-- of the days on which it may have such. Where the table begins with site and session, the set is looked up by the
-- primary key; where a path comes first, the sessions of these days are read.
SELECT DISTINCT site, hex(session)
FROM
(
    SELECT site, session
    FROM $table
    WHERE day IN {days:Array(Date)} AND (site, session) IN
    (
        SELECT site, key
        FROM tombstones
        WHERE scope = 'session' AND toDate(reinterpretAsUInt16(reverse(substring(key, 1, 2)))) IN {days:Array(Date)}
    )
    UNION ALL
    SELECT site, session
    FROM $table
    WHERE day IN {site_days:Array(Date)} AND site IN (SELECT site FROM tombstones WHERE scope = 'site')
)
LIMIT 10000
