-- The batches of one session, by document and sequence: what came, what is missing.
SELECT document, tab, sequence, first_at, last_at, clock_offset_ms,
       if(day >= {visible_recordings:Date}, replay_events, 0) AS replayable
FROM batches FINAL
WHERE $visible(data) AND day = {day:Date} AND session = unhex({session:String})
ORDER BY document, sequence
