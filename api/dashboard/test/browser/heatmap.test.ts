import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Recording } from '../server/record.ts'
import { ask, replayFrame, stand, type Stand } from './stand.ts'

let s: Stand
beforeAll(async () => {
  s = await stand()
})
afterEach(() => s.closePages())
afterAll(() => s.close())

async function drawn(page: Page): Promise<void> {
  await page.locator('[data-testid=heatmap][data-drawn=yes]').waitFor()
}

/** How opaque the drawing is at a place of the page, 0…255. */
async function heatAt(page: Page, x: number, y: number): Promise<number> {
  return replayFrame(page).evaluate(([px, py]) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.heat-stage canvas')!
    const iframe = document.querySelector<HTMLIFrameElement>('.heat-stage iframe')!
    const scale = canvas.width / iframe.clientWidth
    return canvas.getContext('2d')!.getImageData(Math.round(px! * scale), Math.round((py! - iframe.contentWindow!.scrollY) * scale), 1, 1).data[3]!
  }, [x, y])
}

function inside(point: { x: number; y: number }, box: { x: number; y: number; width: number; height: number }): boolean {
  return point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height
}

describe('the heatmap', () => {
  it.each([
    ['all widths', '', 'wide', 1280],
    ['a narrow band', '?width=1', 'narrow', 390],
  ] as const)('puts points where their elements are: %s', async (_, query, which, width) => {
    const page = await s.open(`/s/shop/heatmap${query}`)
    await drawn(page)
    const recording: Recording = s[which]
    await expect.poll(async () => (await ask(page, 'dom')).width).toBe(width)
    const { points } = await ask(page, 'points')
    const placed = points.filter((point) => point.by === 'element')
    expect(placed.length).toBeGreaterThan(100)
    for (const selector of ['#stall', '#hours', '#slip >>>f #claim']) expect(placed.filter((point) => point.selector === selector).length).toBeGreaterThanOrEqual(3)
    for (const point of placed) {
      expect(inside(point, point.rect!), `${point.selector} ${point.x} ${point.y}`).toBe(true)
      const live = recording.boxes[point.selector!]!
      // As on the page that was recorded, to the pixel that fonts and scroll bars may cost.
      expect(Math.abs(point.rect!.x - live.x) + Math.abs(point.rect!.y - live.y)).toBeLessThan(4)
      expect(Math.abs(point.rect!.width - live.width) + Math.abs(point.rect!.height - live.height)).toBeLessThan(4)
    }
    const gone = points.filter((point) => point.selector?.includes('.gone'))
    expect(gone.filter((point) => point.by === 'coordinates')).toHaveLength(4)
    expect(gone.filter((point) => point.by === 'none')).toHaveLength(1) // of another band, and without its element
    expect(points.filter((point) => point.selector === null).every((point) => point.by === 'coordinates' && point.rect === null)).toBe(true)
    const counts = await page.locator('.foot').textContent()
    const clicks = (by: string) => points.filter((point) => point.by === by).reduce((sum, point) => sum + point.weight, 0)
    expect(counts).toContain(`${clicks('element')} clicks placed on their elements, ${clicks('coordinates')} by page`)
    const hottest = recording.boxes['#nav-teas']!
    expect(await heatAt(page, hottest.x + hottest.width / 2, hottest.y + hottest.height / 2)).toBeGreaterThan(150)
    expect(await heatAt(page, 3, 500)).toBe(0)
  })

  it('ranks elements, outlines the chosen one and scrolls to it', async () => {
    const page = await s.open('/s/shop/heatmap')
    await drawn(page)
    const rows = page.getByTestId('ranking-row')
    expect(await rows.first().getAttribute('data-selector')).toBe('#nav-teas')
    await page.locator('[data-selector="#subscribe"] button').click()
    const frame = replayFrame(page)
    await frame.waitForFunction(() => {
      const outline = document.querySelector<HTMLElement>('.heat-outline')!
      const iframe = document.querySelector<HTMLIFrameElement>('.heat-stage iframe')!
      const box = outline.getBoundingClientRect()
      return outline.style.display === 'block' && iframe.contentWindow!.scrollY > 0 && box.top >= 0 && box.bottom <= window.innerHeight
    })
    const off = await frame.evaluate(() => {
      const iframe = document.querySelector<HTMLIFrameElement>('.heat-stage iframe')!
      const scale = iframe.getBoundingClientRect().width / iframe.clientWidth
      const target = iframe.contentDocument!.querySelector('#subscribe')!.getBoundingClientRect()
      const box = document.querySelector('.heat-outline')!.getBoundingClientRect()
      const outer = iframe.getBoundingClientRect()
      return Math.abs(outer.x + target.x * scale - box.x - 3) + Math.abs(outer.y + target.y * scale - box.y - 3)
    })
    expect(off).toBeLessThan(2)
    await page.getByTestId('opacity').fill('0.3')
    await frame.waitForFunction(() => document.querySelector<HTMLElement>('.heat-stage canvas')!.style.opacity === '0.3')
    // A new frame is worked like the one before.
    await page.getByLabel('Remote pictures').check()
    await expect.poll(() => replayFrame(page).url()).toContain('?assets=1')
    await replayFrame(page).waitForFunction(() => document.querySelector<HTMLElement>('.heat-stage canvas')?.style.opacity === '0.3')
    for (const value of ['0.6', '0.9']) {
      await page.getByTestId('opacity').fill(value)
      await replayFrame(page).waitForFunction((wanted) => document.querySelector<HTMLElement>('.heat-stage canvas')!.style.opacity === wanted, value)
    }
  })

  it('says when no page was recorded in the band, and draws on a blank one', async () => {
    const page = await s.open('/s/shop/heatmap')
    await drawn(page)
    await page.getByTestId('heat-width').selectOption('480')
    await page.getByTestId('no-snapshot').waitFor()
    expect(await page.getByTestId('no-snapshot').textContent()).toContain('480–767 px')
    const { points } = await ask(page, 'points')
    expect(points.length).toBeGreaterThan(0)
    expect(points.every((point) => point.by !== 'element')).toBe(true)
    expect((await ask(page, 'dom')).width).toBe(624)
  })

  it('shows how far people scrolled, with the fold', async () => {
    const page = await s.open('/s/shop/heatmap')
    await drawn(page)
    await page.getByTestId('kind-scroll').click()
    await page.getByTestId('scroll-band').first().waitFor()
    await drawn(page)
    expect(await page.getByTestId('scroll-band').count()).toBe(Math.ceil(s.wide.height / 100))
    expect(await page.getByText('Fold (median screen)').count()).toBe(1)
    await expect.poll(() => heatAt(page, 400, 300)).toBeGreaterThan(60)
  })

  it('is asked for as the choices say', async () => {
    const page = await s.open('/s/shop/heatmap?path=/cart&kind=move&device=mobile&width=390&period=7d')
    await drawn(page)
    const asked = s.server.answers.asked.findLast((each) => each.includes('/heatmap'))!
    for (const part of ['path=%2Fcart', 'kind=move', 'device=mobile', 'width=390', 'from=']) expect(asked).toContain(part)
    expect(asked).not.toContain('period')
  })

  it('made no complaint', () => expect(s.complaints).toEqual([]))
})
