-- Keys that wait to be derived; days past retention do not (derive_pending.sql).
SELECT uniqExact(what, site, day, key)
FROM
(
    SELECT what, site, day, key
    FROM derive_marks
    WHERE NOT (what = 'session' AND key = '')
    GROUP BY what, site, day, key, mark
    HAVING sum(sign) > 0
)
