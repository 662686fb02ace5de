-- What happened in one session, in order of time; gaps are read apart.
SELECT document, at, kind, path, name, value, data
FROM events FINAL
WHERE $visible(data) AND day = {day:Date} AND session = unhex({session:String})
  AND (kind = 'gap') = {gaps:Bool}
ORDER BY at, document, sequence, idx
LIMIT {limit:UInt32}
