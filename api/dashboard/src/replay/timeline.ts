import type { RecordedDocument, SessionDetail } from '../lib/types'

/** Something that happened, placed on the recording's time line (ms from its beginning). */
export type Mark = {
  at: number
  kind: 'page' | 'click' | 'dead' | 'error' | 'event'
  label: string
  document: string
}

/** A stretch of the recording in which nothing was received, or the tracker paused. */
export type Stretch = { from: number; to: number; reason: string; document: string }

const GAP_REASONS: Record<string, string> = {
  memory: 'The page was short of memory',
  budget: 'The tracker paused to spare the page',
  too_large: 'A part was too large to record',
  paused: 'Recording was paused',
  missing: 'Batches never arrived',
  refused: 'A part was refused by the privacy check',
}

export function gapReason(reason: string): string {
  return GAP_REASONS[reason] ?? reason
}

const MARKED = ['click', 'dead', 'error', 'event'] as const

/** What the time line shows of a session; `document` limits it to one when documents are played apart. */
export function marksOf(detail: SessionDetail, start: number, total: number, document?: string): Mark[] {
  const place = (at: string) => Date.parse(at) - start
  const marks: Mark[] = []
  for (const view of detail.page_views) {
    marks.push({ at: place(view.at), kind: 'page', label: view.path, document: view.document })
  }
  for (const event of detail.events) {
    const kind = MARKED.find((each) => each === event.kind)
    if (!kind) continue
    // A dead click is told when it is sure that nothing came of it; on the time line it stands where the click was.
    const at = place(event.at) - (kind === 'dead' ? 2500 : 0)
    marks.push({ at, kind, label: kind === 'dead' ? 'Dead click' : event.name || event.path, document: event.document })
  }
  return marks
    .filter((mark) => document === undefined || mark.document === document)
    .map((mark) => ({ ...mark, at: Math.min(Math.max(0, mark.at), total) }))
    .sort((a, b) => a.at - b.at)
}

/** Reported pauses and batches that never arrived, within the recording. */
export function gapsOf(detail: SessionDetail, start: number, total: number, document?: string): Stretch[] {
  const reported = detail.gaps.map((gap) => ({
    from: Date.parse(gap.from),
    to: Date.parse(gap.to),
    reason: gapReason(gap.reason),
    document: gap.document,
  }))
  return [...reported, ...detail.documents.flatMap(missingOf)]
    .filter((gap) => document === undefined || gap.document === document)
    .map((gap) => ({ ...gap, from: Math.max(0, gap.from - start), to: Math.min(total, gap.to - start) }))
    .filter((gap) => gap.to >= 0 && gap.from <= total && gap.to >= gap.from)
}

/**
 * Where the batches of a document that never arrived belong. Of a missing number no time is known; batches are sent at
 * an even pace, so its share of the document's time is where it was, about.
 */
function missingOf(document: RecordedDocument): Stretch[] {
  const first = Date.parse(document.first_at)
  const pace = (Date.parse(document.last_at) - first) / Math.max(1, document.last_sequence)
  const runs: { from: number; to: number }[] = []
  for (const number of [...document.missing].sort((a, b) => a - b)) {
    const run = runs[runs.length - 1]
    if (run && run.to === number - 1) run.to = number
    else runs.push({ from: number, to: number })
  }
  return runs.map(({ from, to }) => ({
    from: first + (from - 1) * pace,
    to: first + to * pace,
    reason: from === to ? `Batch ${from} never arrived` : `Batches ${from} to ${to} never arrived`,
    document: document.document,
  }))
}

/** The mark before or after a moment, for the buttons that step through page views. */
export function neighbour(marks: Mark[], at: number, direction: 1 | -1): Mark | undefined {
  // Going back shortly after a mark means the one before it, as players do.
  if (direction === 1) return marks.find((mark) => mark.at > at + 50)
  return marks.findLast((mark) => mark.at < at - 1500)
}
