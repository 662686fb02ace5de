-- How far each day of each table is: an insert makes a block with a higher number, a merge or a deletion does not.
SELECT table, partition, max(max_block_number)
FROM system.parts
WHERE database = currentDatabase() AND active AND table IN {tables:Array(String)} AND rows > 0
GROUP BY table, partition
