-- Which sections of the named sessions have a chunk; refuse.go finds those that are asked for.
SELECT DISTINCT site, session, document, sequence
FROM recording_chunks
WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
    AND session IN (SELECT toFixedString(unhex(arrayJoin({sessions:Array(String)})), 16))
