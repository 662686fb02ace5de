-- Where the replay of one session lies, without the payloads.
SELECT document, sequence, first_ts, last_ts, clock_offset_ms, events, raw_bytes
FROM recording_chunks FINAL
WHERE $visible(recordings) AND day = {day:Date} AND session = unhex({session:String})
  AND ({document:String} = '' OR document = unhex({document:String}))
ORDER BY document, sequence
