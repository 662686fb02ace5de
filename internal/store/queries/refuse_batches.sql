-- Makes of batches such as were refused at once. The version beats every row that keeps the recording (rows.go).
-- What is hidden is being deleted.
INSERT INTO batches
SELECT * REPLACE (CAST('refused', 'Enum8(\'none\' = 0, \'kept\' = 1, \'refused\' = 2)') AS replay_state,
    toUInt32(0) AS replay_events, toUInt8(2 + (country != '')) AS version)
FROM batches FINAL
WHERE site = {site:String} AND day = {day:Date}
  AND session IN (SELECT toFixedString(unhex(arrayJoin({sessions:Array(String)})), 16))
  AND concat(lower(hex(session)), lower(hex(document)), toString(sequence)) IN {keys:Array(String)}
  AND bitAnd(flags, 32768) = 0
