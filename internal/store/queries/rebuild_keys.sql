-- Every key of one day of one site: 1 = session, 2 = page.
SELECT toUInt8(1) AS what, hex(session) AS key
FROM
(
    SELECT session FROM batches WHERE site = {site:String} AND day = {day:Date}
    UNION DISTINCT
    SELECT session FROM sessions WHERE site = {site:String} AND day = {day:Date}
)
UNION ALL
SELECT toUInt8(2), hex(path)
FROM
(
    SELECT path FROM page_hits WHERE site = {site:String} AND day = {day:Date}
    UNION DISTINCT
    SELECT path FROM page_days WHERE site = {site:String} AND day = {day:Date}
)
