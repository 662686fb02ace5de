-- What the style sheet ids of one session stand for. An id that was defined with different contents stands for the
-- definition that came first by the browser's clock: a choice by stored content alone.
SELECT id, hex(argMin(hash, (ts, document, sequence, idx))) AS sheet, argMin(bytes, (ts, document, sequence, idx)) AS size
FROM session_sheets FINAL
WHERE $visible(recordings) AND day = {day:Date} AND session = unhex({session:String})
GROUP BY id
