import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import type { FrameMessage } from '../../src/replay/protocol.ts'
import { launch } from '../browser.ts'
import { prepare } from '../server/prepare.ts'
import type { Recording } from '../server/record.ts'
import { DashboardServer } from '../server/server.ts'

/** A browser before a server with recordings, and every complaint that the pages made. */
export type Stand = {
  server: DashboardServer
  browser: Browser
  context: BrowserContext
  wide: Recording
  narrow: Recording
  complaints: string[]
  open: (hash: string) => Promise<Page>
  closePages: () => Promise<void>
  close: () => Promise<void>
}

export async function stand(): Promise<Stand> {
  const server = new DashboardServer()
  await server.start()
  server.answers.needLogin = false
  const browser = await launch()
  const { wide, narrow } = await prepare(server, browser)
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  const complaints: string[] = []
  const open = async (hash: string) => {
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(`${hash}: ${error.message}`))
    page.on('console', (message) => {
      // The browser itself reports every answer that is not a success; the pages show those.
      if (message.text().startsWith('Failed to load resource')) return
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${hash}: ${message.text()}`)
    })
    await page.goto(`${server.origin}/#${hash}`)
    return page
  }
  const closePages = async () => {
    for (const page of context.pages()) await page.close()
  }
  const close = async () => {
    await browser.close()
    await server.stop()
  }
  return { server, browser, context, wide, narrow, complaints, open, closePages, close }
}

/** Asks the replay frame as its parent and answers what it says. */
export async function ask<T extends 'dom' | 'points'>(page: Page, type: T): Promise<Extract<FrameMessage, { type: T }>> {
  return page.evaluate(
    (wanted) =>
      new Promise((done, fail) => {
        setTimeout(() => fail(new Error('the frame is not there yet')), 3000)
        const frame = document.querySelector<HTMLIFrameElement>('[data-testid=replay-frame]')!
        const id = Math.random()
        window.addEventListener('message', function hear(event) {
          if (event.source !== frame.contentWindow || event.data.type !== wanted || event.data.id !== id) return
          window.removeEventListener('message', hear)
          done(event.data)
        })
        frame.contentWindow!.postMessage({ type: wanted, id }, '*') // it may still be loading
      }),
    type,
  ) as Promise<Extract<FrameMessage, { type: T }>>
}

export function replayFrame(page: Page): Frame {
  const frame = page.frames().find((each) => each.url().includes('/replay-frame.html'))
  if (!frame) throw new Error('the page has no replay frame')
  return frame
}

/** Waits until the player has loaded a recording; answers its length in ms. */
export async function loaded(page: Page): Promise<number> {
  await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('[data-testid=time]')?.dataset['total']) > 0)
  return Number(await page.getByTestId('time').getAttribute('data-total'))
}

export async function position(page: Page): Promise<number> {
  return Number(await page.getByTestId('time').getAttribute('data-at'))
}

/** Goes to a share of the recording by a click on the time line, and waits until the frame says so. */
export async function seekTo(page: Page, share: number): Promise<void> {
  const box = (await page.getByTestId('seek').boundingBox())!
  await page.mouse.click(box.x + box.width * share, box.y + box.height / 2)
  await page.waitForFunction(
    (wanted) => {
      const { at, total } = document.querySelector<HTMLElement>('[data-testid=time]')!.dataset
      return Math.abs(Number(at) / Number(total) - wanted) < 0.02
    },
    share,
  )
}

/** What a document shows: its elements in order with their ids, and its text. Scripts and what the player adds are left out. */
export async function outline(page: Page, html: string): Promise<{ elements: string[]; text: string }> {
  return page.evaluate((source) => {
    const parsed = new DOMParser().parseFromString(source, 'text/html')
    for (const gone of parsed.querySelectorAll('script, noscript, head, style')) gone.remove()
    return {
      elements: [...parsed.body.querySelectorAll('*')].map((each) => `${each.localName}#${each.id}.${each.className.replace(/ ?:hover/g, '')}`),
      text: (parsed.body.textContent ?? '').replace(/\s+/g, ' ').trim(),
    }
  }, html)
}
