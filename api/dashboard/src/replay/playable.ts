import { FULL_SNAPSHOT, META, type RecordedEvent } from './protocol'

const HREF = /^https?:/i

/**
 * Events as the Replayer can use them. What lies before the first full snapshot changes a page that nobody has seen
 * and is left out, save the Meta event that belongs to the snapshot. An empty list means: nothing to replay.
 */
export function playable(events: RecordedEvent[]): RecordedEvent[] {
  const first = events.findIndex((event) => event.type === FULL_SNAPSHOT)
  if (first < 0) return []
  let begin = first
  for (let i = first - 1; i >= 0; i--) {
    if (events[i]?.type === META) {
      begin = i
      break
    }
  }
  const kept = [...events.slice(begin, first).filter((event) => event.type === META), ...events.slice(first)]
  if (kept[0]?.type !== META) kept.unshift(blankMeta(kept[0]?.timestamp ?? 0))
  return kept
}

function blankMeta(timestamp: number): RecordedEvent {
  return { type: META, timestamp, data: { href: 'about:blank', width: 1024, height: 768 } }
}

/** Where each page was entered, from the Meta events: ms since `start` and the address. */
export function addresses(events: RecordedEvent[], start: number): { at: number; href: string }[] {
  const found: { at: number; href: string }[] = []
  for (const event of events) {
    if (event.type !== META) continue
    const href = (event.data as { href?: unknown } | undefined)?.href
    if (typeof href === 'string' && HREF.test(href)) found.push({ at: event.timestamp - start, href })
  }
  return found
}
