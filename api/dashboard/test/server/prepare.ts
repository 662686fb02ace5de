import type { Browser } from 'playwright-core'
import { hostileEvents } from '../fixtures/hostile.ts'
import { id } from '../fixtures/ids.ts'
import { detail, HOSTILE, RECORDED, TABBED, type Recorded } from '../fixtures/sessions.ts'
import type { Answers, Replay } from './answers.ts'
import { movedTo, record, shopVisit, type Recording } from './record.ts'
import type { DashboardServer } from './server.ts'

/** Records the shop at two widths and makes of it the sessions that can be replayed. */
export async function prepare(server: DashboardServer, browser: Browser): Promise<{ wide: Recording; narrow: Recording }> {
  const wide = await record(browser, server.shop, { width: 1280, height: 800 }, shopVisit)
  const narrow = await record(browser, server.shop, { width: 390, height: 844 }, shopVisit)
  const { answers } = server
  answers.wide = wide
  answers.narrow = narrow
  const start = answers.now - 300_000
  // Two pages one after the other with a pause between them, then the same side by side in two tabs.
  put(answers, RECORDED, [part(wide, 0xd1, 0xe1, '/', start), part(wide, 0xd3, 0xe1, '/cart', start + 45_000)])
  put(answers, TABBED, [part(wide, 0xd4, 0xe1, '/', start), part(narrow, 0xd5, 0xe2, '/tea/uji', start + 500)])
  const hostile = hostileEvents(server.origin, start)
  put(answers, HOSTILE, [{ about: about(hostile, 0xd6, 0xe1, '/evil'), events: hostile }])
  return { wide, narrow }
}

type Part = { about: Recorded; events: Recording['events'] }

function part(recording: Recording, document: number, tab: number, path: string, start: number): Part {
  const moved = movedTo(recording, start)
  const events = recording.events.map((event) => ({ ...event, timestamp: moved(event.timestamp) }))
  return { about: { ...about(events, document, tab, path), clicks: recording.clickedAt.map(moved) }, events }
}

function about(events: Recording['events'], document: number, tab: number, path: string): Recorded {
  return {
    document: id(document), tab: tab.toString(16).padStart(16, '0'), path, from: events[0]?.timestamp ?? 0, to: events.at(-1)?.timestamp ?? 0, events: events.length, clicks: [],
  }
}

function put(answers: Answers, session: string, parts: Part[]): void {
  const known = answers.sessions.find((each) => each.id === session)
  if (!known) throw new Error(`no fixture session ${session}`)
  const replay: Replay = {
    detail: { ...detail(known, parts.map((each) => each.about)), has_recording: true },
    events: new Map(parts.map((each) => [each.about.document, each.events])),
  }
  answers.replays.set(session, replay)
}
