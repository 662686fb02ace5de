-- Derives the named sessions from their raw rows. A key without raw rows becomes an empty row.
-- First and last: by time, and where times are equal by place, so that the answer never depends on the order of reading.
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
    k.day, k.site, k.session, b.one_visitor, b.began, b.ended, dateDiff('millisecond', b.began, b.ended),
    v.n_views, b.n_clicks, b.n_scrolls, b.n_keystrokes, b.n_errors, b.n_customs, b.n_documents, b.n_tabs, b.n_batches,
    b.n_highest - b.n_batches, b.n_gaps, b.n_replay_events, b.n_replay_bytes,
    if(v.n_views = 0, b.first_path, v.first_view.1), if(v.n_views = 0, b.last_path, v.last_path), b.all_paths,
    v.first_view.2, v.first_view.3, v.first_view.4, v.first_view.5, v.first_view.6, v.first_view.7, v.first_view.8,
    if(v.hint.1 = '', b.agent.1, v.hint.1), if(v.hint.1 = '', b.agent.2, v.hint.2),
    if(v.hint.3 = '', b.agent.3, v.hint.3), if(v.hint.3 = '', b.agent.4, v.hint.4),
    b.agent.5, b.one_country, b.any_demo,
    bitShiftLeft({generation:UInt64}, 40) + b.n_batches + b.n_countries + v.n_views,
    b.n_batches = 0
FROM keys AS k
LEFT JOIN
(
    SELECT
        day, site, session,
        argMinIf(visitor, (first_at, document, sequence), visitor != toFixedString('', 16)) AS one_visitor,
        min(first_at) AS began,
        max(last_at) AS ended,
        sum(clicks) AS n_clicks,
        sum(scrolls) AS n_scrolls,
        sum(keystrokes) AS n_keystrokes,
        sum(errors) AS n_errors,
        sum(customs) AS n_customs,
        uniqExact(document) AS n_documents,
        uniqExact(tab) AS n_tabs,
        count() AS n_batches,
        arraySum(mapValues(maxMap(map(document, toUInt64(sequence))))) AS n_highest,
        sum(gaps) AS n_gaps,
        sum(replay_events) AS n_replay_events,
        sum(replay_bytes) AS n_replay_bytes,
        argMin(path, (first_at, document, sequence)) AS first_path,
        argMax(path, (last_at, document, sequence)) AS last_path,
        arraySlice(arraySort(groupUniqArray(path)), 1, 1000) AS all_paths,
        argMin((browser, browser_version, os, os_version, device), (first_at, document, sequence)) AS agent,
        argMinIf(country, (first_at, document, sequence), country != '') AS one_country,
        max(bitAnd(flags, 2) != 0) AS any_demo,
        sum(version) AS n_countries
    FROM batches FINAL
    WHERE day IN {days:Array(Date)} AND (site, session) IN (SELECT site, session FROM keys)
    GROUP BY day, site, session
) AS b ON b.day = k.day AND b.site = k.site AND b.session = k.session
LEFT JOIN
(
    SELECT
        day, site, session,
        count() AS n_views,
        argMin((path, referrer, language, time_zone, screen_w, screen_h, viewport_w, viewport_h), (at, document, sequence, idx)) AS first_view,
        argMax(path, (at, document, sequence, idx)) AS last_path,
        argMinIf((browser, browser_version, os, os_version), (at, document, sequence, idx), browser != '' OR os != '') AS hint
    FROM page_views FINAL
    WHERE day IN {days:Array(Date)} AND (site, session) IN (SELECT site, session FROM keys)
    GROUP BY day, site, session
) AS v ON v.day = k.day AND v.site = k.site AND v.session = k.session
