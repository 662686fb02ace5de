import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Frame } from 'playwright-core'
import { HOSTILE, RECORDED, TABBED, UNSAMPLED } from '../fixtures/sessions.ts'
import { ask, loaded, outline, position, replayFrame, seekTo, stand, type Stand } from './stand.ts'

let s: Stand

/** How many windows of one origin lie within a frame, and in how many a script has left its mark. */
function marked(frame: Frame): Promise<{ windows: number; marks: number }> {
  return frame.evaluate(() => {
    const found = { windows: 0, marks: 0 }
    const visit = (view: Window & { __pwned?: number }) => {
      found.windows += 1
      if (view.__pwned !== undefined || view.document.documentElement?.hasAttribute('data-pwned')) found.marks += 1
      for (const inner of view.document.querySelectorAll('iframe')) if (inner.contentDocument) visit(inner.contentWindow!)
    }
    visit(window)
    return found
  })
}

beforeAll(async () => {
  s = await stand()
})
afterEach(() => s.closePages())
afterAll(() => s.close())

describe('the player', () => {
  it('plays by itself and rebuilds the page as it was', async () => {
    const page = await s.open(`/s/shop/sessions/${RECORDED}`)
    const total = await loaded(page)
    await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('[data-testid=time]')!.dataset['at']) > 500)
    await page.getByTestId('play').click()
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    const first = await position(page)

    const detail = s.server.answers.replays.get(RECORDED)!.detail
    const firstLength = Date.parse(detail.documents[0]!.last_at) - Date.parse(detail.documents[0]!.first_at)
    await seekTo(page, (firstLength + 2000) / total) // in the pause after the first page
    expect(await position(page)).toBeGreaterThan(first)
    const dom = await ask(page, 'dom')
    const shown = await outline(page, dom.html)
    const live = await outline(page, s.wide.html)
    expect(shown).toEqual(live)
    expect(shown.text).toContain('Basket (2)')
    expect(shown.text).toContain('Thank you.')
    expect(dom.html).not.toContain('secret-words')
    expect([dom.width, dom.height]).toEqual([1280, 800])

    await seekTo(page, 0.001)
    expect((await outline(page, (await ask(page, 'dom')).html)).text).toContain('Basket (0)')
  })

  it('is worked by buttons, keys and lists', async () => {
    const page = await s.open(`/s/shop/sessions/${RECORDED}`)
    await loaded(page)
    await page.getByTestId('play').click()
    const detail = s.server.answers.replays.get(RECORDED)!.detail
    const second = Date.parse(detail.page_views[1]!.at) - Date.parse(detail.page_views[0]!.at)
    const isAt = (at: number) => page.waitForFunction((wanted) => Math.abs(Number(document.querySelector<HTMLElement>('[data-testid=time]')!.dataset['at']) - wanted) < 50, at)
    await page.getByTestId('next').click()
    await isAt(second)
    await page.getByTestId('previous').click()
    await isAt(0)
    await page.getByTestId('page-view').nth(1).locator('button').click()
    await isAt(second)
    await page.locator('h1').click()
    await page.keyboard.press('ArrowLeft')
    await isAt(second - 5000)
    await page.keyboard.press('>')
    expect(await page.getByTestId('speed').inputValue()).toBe('2')
    await page.keyboard.press('<')
    await page.keyboard.press('<')
    expect(await page.getByTestId('speed').inputValue()).toBe('0.5')
    await page.keyboard.press(' ')
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor()
    await page.keyboard.press(' ')
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    expect(await page.getByTestId('gap').count()).toBe(2) // a pause, and batches 3 and 4
    expect(await page.getByTestId('page-url').textContent()).toBe(s.server.shop)
    await page.getByTestId('tab-events').click()
    const error = page.getByTestId('events').locator('details', { hasText: 'Stack' })
    await error.locator('summary').click()
    expect(await error.textContent()).toContain('addUp')
    await page.getByTestId('tab-facts').click()
    expect(await page.getByTestId('facts').textContent()).toContain('Europe/Berlin')
  })

  it('ends, and begins again', async () => {
    const page = await s.open(`/s/shop/sessions/${RECORDED}`)
    const total = await loaded(page)
    await page.getByTestId('speed').selectOption('8')
    await seekTo(page, 0.97)
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    expect(await position(page)).toBe(total)
    await page.getByTestId('play').click()
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor()
    await page.waitForFunction((end) => Number(document.querySelector<HTMLElement>('[data-testid=time]')!.dataset['at']) < end / 2, total)
  })

  it('lets one choose among tabs that ran side by side', async () => {
    const page = await s.open(`/s/shop/sessions/${TABBED}`)
    await loaded(page)
    const list = page.getByTestId('document')
    const detail = s.server.answers.replays.get(TABBED)!.detail
    const [wide, narrow] = detail.documents
    await list.selectOption(narrow!.document)
    await page.waitForFunction(() => document.querySelector<HTMLElement>('[data-testid=time]')?.dataset['total'] !== '0')
    await expect.poll(async () => (await ask(page, 'dom')).width).toBe(390)
    await list.selectOption(wide!.document)
    await expect.poll(async () => (await ask(page, 'dom')).width).toBe(1280)
    expect(s.server.answers.asked.filter((each) => each.includes('/events?document=')).length).toBeGreaterThanOrEqual(2)
    expect(s.server.answers.asked.some((each) => each.endsWith(`${TABBED}/events`))).toBe(false)
  })

  it('keeps its place when remote pictures are switched on', async () => {
    const page = await s.open(`/s/shop/sessions/${RECORDED}`)
    await loaded(page)
    await page.getByTestId('play').click()
    await seekTo(page, 0.5)
    const at = await position(page)
    await page.getByTestId('remote-assets').check()
    await page.waitForFunction(() => document.querySelector<HTMLIFrameElement>('[data-testid=replay-frame]')?.src.includes('?assets=1'))
    await expect.poll(async () => Math.abs((await position(page)) - at)).toBeLessThan(50)
    await expect.poll(async () => (await ask(page, 'dom')).html.length).toBeGreaterThan(1000)
    // The new frame is worked like the one before.
    await page.getByTestId('speed').selectOption('4')
    await page.getByTestId('play').click()
    await expect.poll(() => position(page)).toBeGreaterThan(at + 500)
  })

  it('says why there is nothing to play', async () => {
    const page = await s.open(`/s/shop/sessions/${UNSAMPLED}`)
    await page.getByText('This session has no recording').waitFor()
    expect(await page.getByTestId('replay-frame').count()).toBe(0)
  })

  it('made no complaint', () => expect(s.complaints).toEqual([]))
})

describe('a hostile recording', () => {
  it.each([false, true])('runs nothing (remote pictures: %s)', async (remote) => {
    const page = await s.open(`/s/shop/sessions/${HOSTILE}`)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await loaded(page)
    if (remote) {
      await page.getByTestId('remote-assets').check()
      await page.waitForFunction(() => document.querySelector<HTMLIFrameElement>('[data-testid=replay-frame]')?.src.includes('?assets=1'))
      await loaded(page)
    }
    await expect.poll(async () => (await ask(page, 'dom')).html).toContain('The hostile page was rebuilt.')
    await seekTo(page, 0.95)
    await page.mouse.move(500, 400)
    await page.mouse.click(500, 400)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    // Two frames' time for what would have run by now.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const { html } = await ask(page, 'dom')
    expect(html).toContain('hover me') // the vectors are really there
    expect(html).not.toContain('data-pwned=')
    expect(await marked(page.mainFrame())).toEqual({ windows: 1, marks: 0 })
    const within = await marked(replayFrame(page))
    expect(within.windows).toBeGreaterThan(3) // the replay and the frames that the recording put into it
    expect(within.marks).toBe(0)
    expect(page.url()).toContain(HOSTILE)
    expect(replayFrame(page).url()).toContain('/replay-frame.html')
    const inner = await replayFrame(page).evaluate(() => {
      const iframe = document.querySelector<HTMLIFrameElement>('.replayer-wrapper > iframe')!
      return { sandbox: iframe.getAttribute('sandbox'), inert: iframe.inert, page: new URL(iframe.contentDocument!.URL).pathname }
    })
    // The document was opened by the frame's script and has its address; it went nowhere else.
    expect(inner).toEqual({ sandbox: 'allow-same-origin', inert: true, page: '/replay-frame.html' })
    expect(asked.filter((url) => /pwned(\.js|-refresh)/.test(url))).toEqual([])
    if (!remote) expect(s.server.strays).toEqual([])
    await page.close()
  })
})

describe('the frame', () => {
  it('does nothing by itself and hears no parent but the one in its address', async () => {
    const page = await s.context.newPage()
    await page.goto(`${s.server.replayOrigin}/replay-frame.html`)
    expect(await page.textContent('body')).toContain('inside the Hindsight dashboard')
    await page.goto(s.server.shop)
    const heard = await page.evaluate(async (address) => {
      const said: string[] = []
      window.addEventListener('message', (event) => said.push(event.data.type))
      const embed = (parent: string) =>
        new Promise<void>((done) => {
          const frame = document.createElement('iframe')
          frame.src = `${address}/replay-frame.html#parent=${encodeURIComponent(parent)}`
          frame.onload = () => {
            frame.contentWindow!.postMessage({ type: 'load', events: [], options: { speed: 1, skipInactive: false, at: 0, play: false } }, '*')
            setTimeout(done, 300)
          }
          document.body.append(frame)
        })
      await embed('https://other.example.com')
      const foreign = said.splice(0)
      await embed(location.origin)
      return { foreign, own: said }
    }, s.server.replayOrigin)
    expect(heard.foreign).toEqual([])
    expect(heard.own).toEqual(['ready', 'failed']) // no two events: the Replayer says so, which shows that it was heard
  })
})
