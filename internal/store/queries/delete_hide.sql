-- Hides the batches of sessions from every derivation (docs/storage.md: the highest bit of flags). They go on naming
-- their sessions and visitors until they are deleted; no storing of the same batch wins over such a row.
INSERT INTO batches
SELECT * REPLACE (toUInt16(bitOr(flags, 32768)) AS flags, toUInt8(255) AS version)
FROM batches FINAL
WHERE site = {site:String} AND day IN {days:Array(Date)}
  AND session IN (SELECT toFixedString(unhex(arrayJoin({sessions:Array(String)})), 16))
