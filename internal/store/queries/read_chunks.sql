-- Where the replay of one session lies, without the payloads. Nothing is served of which it is not known that it was
-- kept, whatever lies there.
SELECT document, sequence, first_ts, last_ts, clock_offset_ms, events, raw_bytes
FROM recording_chunks FINAL
WHERE $visible(recordings) AND day = {day:Date} AND session = unhex({session:String})
  AND ({document:String} = '' OR document = unhex({document:String}))
  AND (document, sequence) IN
    (
        SELECT document, sequence FROM batches FINAL
        WHERE $visible(data) AND day = {day:Date} AND session = unhex({session:String}) AND replay_state = 'kept'
    )
ORDER BY document, sequence
