-- Derives the named sessions from their raw rows. A key without raw rows becomes an empty row.
-- first and last view: by time, and where times are equal by place, so that the answer never depends on the order of reading.
INSERT INTO sessions
(
    day, site, session, visitor, started_at, ended_at, duration_ms,
    pages, clicks, scrolls, keystrokes, errors, customs, documents, tabs, batches, missing, gaps, replay_events, replay_bytes,
    entry_path, exit_path, paths, referrer, language, time_zone, screen_w, screen_h, viewport_w, viewport_h,
    browser, browser_version, os, os_version, device, country, demo, version, empty
)
WITH keys AS
(
    SELECT toDate(key.1) AS day, key.2 AS site, toFixedString(unhex(key.3), 16) AS session
    FROM (SELECT arrayJoin(arrayZip({days:Array(Date)}, {sites:Array(String)}, {keys:Array(String)})) AS key)
)
SELECT
    k.day, k.site, k.session, b.visitor, b.first_at, b.last_at,
    dateDiff('millisecond', b.first_at, b.last_at),
    v.pages, b.clicks, b.scrolls, b.keystrokes, b.errors, b.customs, b.documents, b.tabs, b.batches,
    b.missing, b.gaps, b.replay_events, b.replay_bytes,
    if(v.pages = 0, b.first_path, v.first_view.1), if(v.pages = 0, b.last_path, v.last_path), b.paths,
    v.first_view.2, v.first_view.3, v.first_view.4, v.first_view.5, v.first_view.6, v.first_view.7, v.first_view.8,
    if(v.hint.1 = '', b.agent.1, v.hint.1), if(v.hint.1 = '', b.agent.2, v.hint.2),
    if(v.hint.3 = '', b.agent.3, v.hint.3), if(v.hint.3 = '', b.agent.4, v.hint.4),
    b.device, b.country, b.demo,
    bitShiftLeft({generation:UInt64}, 40) + b.batches + b.known_countries + v.pages,
    b.batches = 0
FROM keys AS k
LEFT JOIN
(
    SELECT
        day, site, session,
        argMinIf(visitor, (first_at, document, sequence), visitor != toFixedString('', 16)) AS visitor,
        min(batches.first_at) AS first_at,
        max(batches.last_at) AS last_at,
        sum(batches.clicks) AS clicks,
        sum(batches.scrolls) AS scrolls,
        sum(batches.keystrokes) AS keystrokes,
        sum(batches.errors) AS errors,
        sum(batches.customs) AS customs,
        uniqExact(document) AS documents,
        uniqExact(tab) AS tabs,
        count() AS batches,
        arraySum(mapValues(maxMap(map(document, toUInt64(sequence))))) - count() AS missing,
        sum(batches.gaps) AS gaps,
        sum(batches.replay_events) AS replay_events,
        sum(batches.replay_bytes) AS replay_bytes,
        argMin(path, (first_at, document, sequence)) AS first_path,
        argMax(path, (last_at, document, sequence)) AS last_path,
        arraySlice(arraySort(groupUniqArray(path)), 1, 1000) AS paths,
        argMin((browser, browser_version, os, os_version), (first_at, document, sequence)) AS agent,
        argMin(batches.device, (first_at, document, sequence)) AS device,
        argMinIf(batches.country, (first_at, document, sequence), batches.country != '') AS country,
        max(bitAnd(flags, 2) != 0) AS demo,
        sum(batches.version) AS known_countries
    FROM batches FINAL
    WHERE day IN {days:Array(Date)} AND (site, session) IN (SELECT site, session FROM keys)
    GROUP BY day, site, session
) AS b ON b.day = k.day AND b.site = k.site AND b.session = k.session
LEFT JOIN
(
    SELECT
        day, site, session,
        count() AS pages,
        argMin((path, referrer, language, time_zone, screen_w, screen_h, viewport_w, viewport_h), (at, document, sequence, idx)) AS first_view,
        argMax(path, (at, document, sequence, idx)) AS last_path,
        argMinIf((browser, browser_version, os, os_version), (at, document, sequence, idx), browser != '' OR os != '') AS hint
    FROM page_views FINAL
    WHERE day IN {days:Array(Date)} AND (site, session) IN (SELECT site, session FROM keys)
    GROUP BY day, site, session
) AS v ON v.day = k.day AND v.site = k.site AND v.session = k.session
