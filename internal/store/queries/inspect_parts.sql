-- The largest number of parts in one partition of one table.
SELECT max(parts)
FROM
(
    SELECT count() AS parts
    FROM system.parts
    WHERE database = currentDatabase() AND active
    GROUP BY table, partition
)
