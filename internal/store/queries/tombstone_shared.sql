-- Deleted sites of which there is something that belongs to no session.
SELECT DISTINCT site FROM style_sheets WHERE site IN (SELECT site FROM tombstones WHERE scope = 'site')
UNION DISTINCT
SELECT DISTINCT site FROM consents WHERE site IN (SELECT site FROM tombstones WHERE scope = 'site')
