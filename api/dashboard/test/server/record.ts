import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { RecordedEvent } from '../../src/replay/protocol.ts'

const RECORDER = readFileSync(join(import.meta.dirname, '../../node_modules/@rrweb/record/dist/record.umd.cjs'), 'utf8')

export type Boxes = Record<string, { x: number; y: number; width: number; height: number }>

/** One recorded page load: its events, what the live page looked like at the end, and where its elements stood. */
export type Recording = { events: RecordedEvent[]; html: string; boxes: Boxes; height: number; clickedAt: number[] }

const MEASURED = ['#nav-teas', '#nav-news', '#basket', '#headline', '#browse', '#add-one', '#add-two', '#add-three', '#email', '#subscribe']

/** What has no box of its own, and the element that stands where it is drawn. */
const DRAWN_AS = { '#stall': '#plan', '#hours': '#hours > span' }

/** A button in a frame, its place in the frame's document, and how much larger the frame is drawn. */
const FRAMED = { selector: '#slip >>>f #claim', left: 20, top: 10, width: 80, height: 40, around: 4 + 12, scale: 1.5 }

/** Records a visit to the test shop with @rrweb/record in a real browser. */
export async function record(
  browser: Browser,
  address: string,
  viewport: { width: number; height: number },
  visit: (page: Page) => Promise<void>,
): Promise<Recording> {
  const context = await browser.newContext({ viewport })
  const page = await context.newPage()
  await page.goto(address)
  await page.evaluate(`${RECORDER};
    window.__events = [];
    rrwebRecord.record({ emit: (event) => window.__events.push(event), maskAllInputs: true, maskInputFn: () => '•••' })`)
  const boxes = await page.evaluate(([measured, drawnAs, framed]) => {
    const found: Boxes = {}
    const measure = (selector: string, shown = selector) => {
      const rect = document.querySelector(shown)?.getBoundingClientRect()
      if (rect) found[selector] = { x: rect.x + scrollX, y: rect.y + scrollY, width: rect.width, height: rect.height }
    }
    for (const selector of measured) measure(selector)
    for (const [selector, shown] of Object.entries(drawnAs)) measure(selector, shown)
    measure(framed.selector, '#slip')
    const { x, y } = found[framed.selector]!
    const { left, top, width, height, around, scale } = framed
    found[framed.selector] = { x: x + (around + left) * scale, y: y + (around + top) * scale, width: width * scale, height: height * scale }
    return found
  }, [MEASURED, DRAWN_AS, FRAMED] as const)
  await visit(page)
  await page.waitForFunction(() => (window as unknown as { __events: { type: number }[] }).__events.length > 3)
  await page.evaluate(() => new Promise((done) => setTimeout(done, 600))) // the recorder writes movements every 500 ms
  const result = await page.evaluate(() => ({
    events: (window as unknown as { __events: RecordedEvent[] }).__events,
    html: document.documentElement.outerHTML,
    height: document.documentElement.scrollHeight,
  }))
  await context.close()
  const clickedAt = result.events.filter(isClick).map((event) => event.timestamp)
  return { ...result, boxes, clickedAt }
}

function isClick(event: RecordedEvent): boolean {
  const data = event.data as { source?: number; type?: number } | undefined
  return event.type === 3 && data?.source === 2 && data.type === 2
}

/** The visit that most tests replay: looks about, puts two teas into the basket, subscribes. */
export async function shopVisit(page: Page): Promise<void> {
  await page.mouse.move(200, 120)
  await page.mouse.move(640, 360, { steps: 12 })
  await page.click('#browse')
  await page.click('#add-one')
  await page.click('#add-three')
  await page.mouse.wheel(0, 500)
  await page.fill('#email', 'secret-words@example.com')
  await page.click('#subscribe')
}

/** How much slower than the test's robot a person would have been. */
const SLOWER = 4

/** A moment of a recording as if it had begun at `start` (Unix ms) and been made at a person's pace. */
export function movedTo(recording: Recording, start: number): (at: number) => number {
  const begin = recording.events[0]?.timestamp ?? 0
  return (at) => start + Math.round((at - begin) * SLOWER)
}
