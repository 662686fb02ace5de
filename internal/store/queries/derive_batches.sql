-- What the batches of the named sessions come to; derive_sessions.go makes the rest of a session.
-- First and last: by time, and where times are equal by place, so that the answer never depends on the order of reading.
SELECT
    day, site, session,
    argMinIf(visitor, (first_at, document, sequence), visitor != toFixedString('', 16)),
    toUnixTimestamp64Milli(min(first_at)),
    toUnixTimestamp64Milli(max(last_at)),
    groupArrayIf(toUnixTimestamp64Milli(first_at), views + clicks + scrolls + moves + keystrokes > 0),
    groupArrayIf(toUnixTimestamp64Milli(last_at), views + clicks + scrolls + moves + keystrokes > 0),
    sum(clicks), sum(scrolls), sum(keystrokes), sum(errors), sum(customs),
    uniqExact(document), uniqExact(tab), count(),
    arraySum(mapValues(maxMap(map(document, toUInt64(sequence))))),
    sum(gaps), countIf(replay_state = 'refused'), sum(replay_events), sum(replay_bytes),
    argMin(path, (first_at, document, sequence)),
    argMax(path, (last_at, document, sequence)),
    groupUniqArray(path),
    (argMin((browser, browser_version, os, os_version, device), (first_at, document, sequence)) AS agent).1,
    agent.2, agent.3, agent.4, agent.5,
    argMinIf(country, (first_at, document, sequence), country != ''),
    max(bitAnd(flags, 2) != 0),
    sum(version)
FROM batches FINAL
WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
    AND session IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {keys:String}))), 16))
    AND bitAnd(flags, 32768) = 0 -- hidden: an erasure is under way
GROUP BY day, site, session
SETTINGS compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0
