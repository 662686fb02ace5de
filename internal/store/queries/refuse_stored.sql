-- Which sections of the named sessions have a chunk, and how long they are; refuse.go finds those that are asked for.
SELECT site, session, document, sequence, max(raw_bytes)
FROM recording_chunks
WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
    AND session IN (SELECT toFixedString(unhex(arrayJoin({sessions:Array(String)})), 16))
GROUP BY site, session, document, sequence
