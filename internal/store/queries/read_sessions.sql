-- Sessions of a site, newest first, from the derived rows. Every filter is off
-- at its zero value. The cursor is the last row of the page before: a place in
-- the order (started_at, session), so that new sessions move nothing.
SELECT
    session, visitor, started_at, ended_at, duration_ms, active_ms,
    pages, clicks, scrolls, keystrokes, errors, rages, deads, quick_backs,
    batches, documents, tabs, missing, gaps, gap_ms, gap_reasons, refused,
    replay_events,
    entry_path, exit_path, paths, referrer, language, time_zone,
    screen_w, screen_h, viewport_w, viewport_h,
    browser, browser_version, os, os_version, device, country, demo,
    day >= {visible_recordings:Date} AS recording_visible
FROM sessions FINAL
WHERE $visible(data)
  AND batches > 0
  AND day BETWEEN {from_day:Date} AND {to_day:Date}
  AND started_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND started_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND ({session:String} = '' OR session = unhex({session:String}))
  AND ({visitor:String} = '' OR visitor = unhex({visitor:String}))
  AND ({path:String} = '' OR has(paths, {path:String}))
  AND ({device:String} = '' OR device = {device:String})
  AND ({browser:String} = '' OR lower(browser) = lower({browser:String}))
  AND ({country:String} = '' OR country = {country:String})
  AND duration_ms >= {min_duration:UInt64}
  AND (NOT {has_click:Bool} OR clicks > 0)
  AND (NOT {has_error:Bool} OR errors > 0)
  AND (NOT {has_rage:Bool} OR rages > 0)
  AND (NOT {has_dead:Bool} OR deads > 0)
  AND (NOT {has_quick_back:Bool} OR quick_backs > 0)
  AND (NOT {has_gap:Bool} OR gaps > 0 OR missing > 0)
  AND (NOT {has_recording:Bool} OR (replay_events > 0 AND recording_visible))
  AND (NOT {only_demo:Bool} OR demo = 1)
  AND ({after_session:String} = ''
       OR (started_at, session)
          < (fromUnixTimestamp64Milli({after:Int64}, 'UTC'), toFixedString(unhex({after_session:String}), 16)))
ORDER BY started_at DESC, session DESC
LIMIT {limit:UInt32}
