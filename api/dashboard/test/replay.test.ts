import { describe, expect, it } from 'vitest'
import type { RecordedDocument, SessionDetail } from '../src/lib/types.ts'
import { fullest, overlapping, recorded } from '../src/replay/documents.ts'
import { frameAddress, originProblem } from '../src/replay/link.ts'
import { addresses, playable } from '../src/replay/playable.ts'
import { isFrameMessage, isParentMessage, META, FULL_SNAPSHOT } from '../src/replay/protocol.ts'
import { gapsOf, marksOf, neighbour } from '../src/replay/timeline.ts'
import { detail, sessions } from './fixtures/sessions.ts'
import { id, iso } from './fixtures/ids.ts'

const T = Date.parse('2026-06-15T12:00:00Z')

function document_(from: number, to: number, events = 10, number = 1): RecordedDocument {
  return {
    document: id(number), tab: 'a', first_at: iso(T + from), last_at: iso(T + to), batches: 1, last_sequence: 1, missing: [], clock_offset_ms: 0, replay_events: events,
  }
}

describe('documents', () => {
  it('overlap when two tabs run beside one another', () => {
    expect(overlapping([document_(0, 10_000), document_(10_400, 20_000)])).toBe(false)
    expect(overlapping([document_(0, 10_000), document_(9_500, 20_000)])).toBe(false) // the last batch of a page
    expect(overlapping([document_(0, 10_000), document_(5_000, 20_000)])).toBe(true)
    expect(overlapping([document_(0, 60_000), document_(5_000, 6_000), document_(30_000, 31_000)])).toBe(true)
    expect(overlapping([document_(0, 10_000), document_(5_000, 20_000, 0)])).toBe(false) // one has nothing to replay
  })
  it('come in order, the fullest is shown first', () => {
    const documents = [document_(50, 60, 3, 1), document_(0, 10, 9, 2), document_(20, 30, 0, 3)]
    expect(recorded(documents).map((each) => each.document)).toEqual([id(2), id(1)])
    expect(fullest(documents)?.document).toBe(id(2))
    expect(fullest([])).toBeUndefined()
  })
})

describe('playable events', () => {
  const event = (type: number, timestamp: number, data: unknown = {}) => ({ type, timestamp, data })
  it('begin with the Meta event of the first snapshot', () => {
    const meta = event(META, 3, { href: 'https://a.example.com/' })
    const kept = playable([event(3, 1), event(META, 2), event(3, 2), meta, event(1, 3), event(FULL_SNAPSHOT, 4), event(3, 5)])
    expect(kept.map((each) => [each.type, each.timestamp])).toEqual([[META, 3], [FULL_SNAPSHOT, 4], [3, 5]])
  })
  it('are none without a snapshot, and get a Meta event where it is missing', () => {
    expect(playable([event(3, 1), event(META, 2)])).toEqual([])
    expect(playable([event(3, 1), event(FULL_SNAPSHOT, 7)]).map((each) => [each.type, each.timestamp])).toEqual([[META, 7], [FULL_SNAPSHOT, 7]])
  })
  it('give the addresses of pages, http alone', () => {
    const found = addresses([event(META, 10, { href: 'https://a.example.com/' }), event(META, 20, { href: 'javascript:alert(1)' }), event(META, 30, {})], 10)
    expect(found).toEqual([{ at: 0, href: 'https://a.example.com/' }])
  })
})

describe('time line', () => {
  const session = sessions(T)[0]!
  const parts = [
    { document: id(1), tab: 'a', path: '/', from: T, to: T + 10_000, events: 5, clicks: [T + 2_000, T + 4_000] },
    { document: id(2), tab: 'a', path: '/cart', from: T + 40_000, to: T + 50_000, events: 5, clicks: [] },
  ]
  const made: SessionDetail = detail(session, parts)

  it('places page views, clicks, errors and gaps, clamped to the recording', () => {
    const marks = marksOf(made, T + 1_000, 45_000)
    expect(marks.filter((mark) => mark.kind === 'page').map((mark) => mark.at)).toEqual([0, 39_000])
    expect(marks.filter((mark) => mark.kind === 'click').map((mark) => mark.at)).toEqual([1_000, 3_000])
    expect(marks.filter((mark) => mark.kind === 'error')).toHaveLength(1)
    expect(marks.every((mark) => mark.at >= 0 && mark.at <= 45_000)).toBe(true)
    expect(gapsOf(made, T, 50_000).map((gap) => ({ ...gap, from: Math.round(gap.from), to: Math.round(gap.to) }))).toEqual([
      { from: 11_000, to: 39_000, reason: 'The tracker paused to spare the page', document: id(1) },
      { from: 3_333, to: 6_667, reason: 'Batches 3 to 4 never arrived', document: id(1) }, // of 6 in 10 s
    ])
    expect(gapsOf(made, T, 50_000, id(2))).toEqual([])
    expect(marksOf(made, T, 50_000, id(2)).every((mark) => mark.document === id(2))).toBe(true)
  })
  it('steps to the next and the previous page view', () => {
    const views = marksOf(made, T, 50_000).filter((mark) => mark.kind === 'page')
    expect(neighbour(views, 0, 1)?.at).toBe(40_000)
    expect(neighbour(views, 40_000, 1)).toBeUndefined()
    expect(neighbour(views, 40_500, -1)?.at).toBe(0)
    expect(neighbour(views, 45_000, -1)?.at).toBe(40_000)
  })
})

describe('parent and frame', () => {
  it('take messages of the protocol alone', () => {
    expect(isParentMessage({ type: 'seek', at: 1 })).toBe(true)
    expect(isParentMessage({ type: 'ready' })).toBe(false)
    expect(isFrameMessage({ type: 'ready' })).toBe(true)
    for (const other of [null, undefined, 'seek', 7, {}, { type: 7 }, { type: 'constructor' }]) {
      expect(isParentMessage(other)).toBe(false)
      expect(isFrameMessage(other)).toBe(false)
    }
  })
  it('need an origin of their own for the frame', () => {
    const parent = 'http://127.0.0.1:8080'
    expect(originProblem('http://localhost:8080', parent)).toBe('')
    expect(originProblem(parent, parent)).toContain('dashboard’s own')
    expect(originProblem('', parent)).toContain('names no origin')
    expect(originProblem('http://localhost:8080/', parent)).toContain('is not an origin')
    expect(frameAddress('http://localhost:8080', parent, true)).toBe('http://localhost:8080/replay-frame.html?assets=1#parent=http%3A%2F%2F127.0.0.1%3A8080')
  })
})
