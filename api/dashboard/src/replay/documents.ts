import type { RecordedDocument } from '../lib/types'

/**
 * Whether recorded documents ran beside one another (two tabs, or a window that stayed open). Their events cannot be
 * played merged: each would change the page of the other. A second of overlap is allowed, since the last batch of a
 * page is often written while the next one loads.
 */
export function overlapping(documents: RecordedDocument[], tolerance = 1000): boolean {
  const spans = recorded(documents)
    .map((d) => ({ from: Date.parse(d.first_at), to: Date.parse(d.last_at) }))
    .sort((a, b) => a.from - b.from)
  let end = -Infinity
  for (const span of spans) {
    if (span.from < end - tolerance) return true
    end = Math.max(end, span.to)
  }
  return false
}

/** Documents that hold events to replay, first opened first. */
export function recorded(documents: RecordedDocument[]): RecordedDocument[] {
  return documents
    .filter((document) => document.replay_events > 0)
    .sort((a, b) => Date.parse(a.first_at) - Date.parse(b.first_at))
}

/** The document to begin with when they overlap: the one with most to see. */
export function fullest(documents: RecordedDocument[]): RecordedDocument | undefined {
  return recorded(documents).reduce<RecordedDocument | undefined>(
    (best, next) => (best && best.replay_events >= next.replay_events ? best : next),
    undefined,
  )
}
