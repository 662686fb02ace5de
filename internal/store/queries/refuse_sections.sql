-- Chunks, whatever became of their batches.
SELECT session, document, sequence, CAST(codec, 'String') AS coding, key_id, payload
FROM recording_chunks FINAL
WHERE site = {site:String} AND day = {day:Date}
  AND session IN (SELECT toFixedString(unhex(arrayJoin({sessions:Array(String)})), 16))
  AND concat(lower(hex(session)), lower(hex(document)), toString(sequence)) IN {keys:Array(String)}
ORDER BY session, document, sequence
