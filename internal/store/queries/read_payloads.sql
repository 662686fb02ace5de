-- The payloads of a run of chunks of one document, or of the whole session: of such as were kept.
SELECT document, sequence, CAST(codec, 'String') AS coding, key_id, payload
FROM recording_chunks FINAL
WHERE $visible(recordings) AND day = {day:Date} AND session = unhex({session:String})
  AND ({document:String} = '' OR document = unhex({document:String}))
  AND sequence BETWEEN {first:UInt32} AND {last:UInt32}
  AND (document, sequence) IN
    (
        SELECT document, sequence FROM batches FINAL
        WHERE $visible(data) AND day = {day:Date} AND session = unhex({session:String}) AND replay_state = 'kept'
    )
ORDER BY document, sequence
