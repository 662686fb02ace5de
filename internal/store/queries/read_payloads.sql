-- The payloads of a run of chunks of one document.
SELECT sequence, CAST(codec, 'String') AS coding, key_id, payload
FROM recording_chunks FINAL
WHERE $visible(recordings) AND day = {day:Date} AND session = unhex({session:String})
  AND document = unhex({document:String})
  AND sequence BETWEEN {first:UInt32} AND {last:UInt32}
ORDER BY sequence
