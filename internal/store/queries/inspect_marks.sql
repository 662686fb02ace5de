-- Keys that wait to be derived.
SELECT uniqExact(what, site, day, key)
FROM
(
    SELECT what, site, day, key
    FROM derive_marks
    GROUP BY what, site, day, key, mark
    HAVING sum(sign) > 0
)
