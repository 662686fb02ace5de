-- Derives the named sessions from their raw rows. A key without raw rows becomes an empty row.
-- First and last: by time, and where times are equal by place, so that the answer never depends on the order of reading.
--
-- What the marks mean stands in derive.go.
INSERT INTO sessions
(
    day, site, session, visitor, started_at, ended_at, duration_ms, active_ms,
    pages, clicks, scrolls, keystrokes, errors, customs, rages, deads, quick_backs,
    documents, tabs, batches, missing, gaps, gap_ms, gap_reasons, refused, replay_events, replay_bytes,
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
    arraySum(arrayMap((x, y) -> if(y - x <= {idle:Int64}, y - x, 0), arrayPopBack(b.moments), arrayPopFront(b.moments))),
    v.n_views, b.n_clicks, b.n_scrolls, b.n_keystrokes, b.n_errors, b.n_customs, e.n_rages, e.n_deads,
    arrayCount((x, y, z) -> x.1 = z.1 AND y.1 = z.1 AND x.6 = z.6 AND y.6 != z.6 AND z.2 - y.2 <= {back_ms:Int64},
        arraySlice(v.tabbed, 1, greatest(toInt64(length(v.tabbed)) - 2, 0)), arraySlice(v.tabbed, 2, greatest(toInt64(length(v.tabbed)) - 2, 0)),
        arraySlice(v.tabbed, 3)),
    b.n_documents, b.n_tabs, b.n_batches,
    b.n_highest - b.n_batches, b.n_gaps, e.n_gap_ms, e.reasons, b.n_refused, b.n_replay_events, b.n_replay_bytes,
    if(v.n_views = 0, b.first_path, v.first_view.1), if(v.n_views = 0, b.last_path, v.last_path), b.all_paths,
    v.first_view.2, v.first_view.3, v.first_view.4, v.first_view.5, v.first_view.6, v.first_view.7, v.first_view.8,
    if(v.hint.1 = '', b.agent.1, v.hint.1), if(v.hint.1 = '', b.agent.2, v.hint.2),
    if(v.hint.3 = '', b.agent.3, v.hint.3), if(v.hint.3 = '', b.agent.4, v.hint.4),
    b.agent.5, b.one_country, b.any_demo,
    bitShiftLeft({generation:UInt64}, 40) + b.n_batches + b.n_countries + v.n_views + e.n_events,
    b.n_batches = 0
FROM keys AS k
LEFT JOIN
(
    SELECT
        day, site, session,
        argMinIf(visitor, (first_at, document, sequence), visitor != toFixedString('', 16)) AS one_visitor,
        min(first_at) AS began,
        max(last_at) AS ended,
        arraySort(arrayFlatten(groupArrayIf([toUnixTimestamp64Milli(first_at), toUnixTimestamp64Milli(last_at)],
            views + clicks + scrolls + moves + keystrokes > 0))) AS moments,
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
        countIf(replay_state = 'refused') AS n_refused,
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
        AND bitAnd(flags, 32768) = 0 -- hidden: an erasure is under way
    GROUP BY day, site, session
) AS b ON b.day = k.day AND b.site = k.site AND b.session = k.session
LEFT JOIN
(
    SELECT
        day, site, session,
        count() AS n_views,
        arraySort(groupArray((tab, toUnixTimestamp64Milli(at), document, sequence, idx, path))) AS tabbed,
        argMin((path, referrer, language, time_zone, screen_w, screen_h, viewport_w, viewport_h), (at, document, sequence, idx)) AS first_view,
        argMax(path, (at, document, sequence, idx)) AS last_path,
        argMinIf((browser, browser_version, os, os_version), (at, document, sequence, idx), browser != '' OR os != '') AS hint
    FROM page_views FINAL
    WHERE day IN {days:Array(Date)} AND (site, session) IN (SELECT site, session FROM keys)
    GROUP BY day, site, session
) AS v ON v.day = k.day AND v.site = k.site AND v.session = k.session
LEFT JOIN
(
    SELECT
        day, site, session,
        sum(n) AS n_events,
        sum(rages) AS n_rages,
        sum(deads) AS n_deads,
        sum(ms) AS n_gap_ms,
        sumMap(names) AS reasons
    FROM
    (
        SELECT
            day, site, session, document,
            count() AS n,
            countIf(kind = 'dead') AS deads,
            toUInt64(round(sumIf(greatest(value, 0), kind = 'gap'))) AS ms,
            sumMapIf(map(name, toUInt64(1)), kind = 'gap') AS names,
            arraySort(groupArrayIf((toUnixTimestamp64Milli(at), sequence, idx, JSONExtractInt(data, 'x'), JSONExtractInt(data, 'y')), kind = 'click')) AS places,
            arrayMap((x, y) -> y.1 - x.1 <= {rage_ms:Int64} AND abs(y.4 - x.4) <= {rage_px:Int64} AND abs(y.5 - x.5) <= {rage_px:Int64},
                arrayPopBack(places), arrayPopFront(places)) AS links,
            -- A run counts where its second link is.
            arrayConcat([0, 0], links) AS padded,
            arrayCount((a, b, c) -> NOT a AND b AND c,
                arraySlice(padded, 1, length(links)), arraySlice(padded, 2, length(links)), links) AS rages
        FROM events FINAL
        WHERE day IN {days:Array(Date)} AND (site, session) IN (SELECT site, session FROM keys) AND kind IN ('click', 'dead', 'gap')
        GROUP BY day, site, session, document
    )
    GROUP BY day, site, session
) AS e ON e.day = k.day AND e.site = k.site AND e.session = k.session
