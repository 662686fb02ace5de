SELECT site, day
FROM
(
    SELECT DISTINCT site, day FROM batches
    UNION DISTINCT
    SELECT DISTINCT site, day FROM sessions
    UNION DISTINCT
    SELECT DISTINCT site, day FROM page_days
)
ORDER BY day, site
