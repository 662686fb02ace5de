import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launch } from '../browser.ts'
import { HOSTILE, RECORDED, TABBED, UNSAMPLED } from '../fixtures/sessions.ts'
import { prepare } from './prepare.ts'
import { DashboardServer } from './server.ts'

const OUT = join(import.meta.dirname, '../out')

const PAGES: [name: string, hash: string, then?: (page: Page) => Promise<void>][] = [
  ['login', '/login'],
  ['start', '/s/empty/start'],
  ['sessions', '/s/shop/sessions'],
  ['filtered', '/s/shop/sessions?device=mobile&has=error,gap&path=/nowhere'],
  ['session', `/s/shop/sessions/${RECORDED}`, playSome],
  ['events', `/s/shop/sessions/${RECORDED}`, async (page) => {
    await page.getByTestId('tab-events').click()
    await page.locator('details').first().click()
  }],
  ['facts', `/s/shop/sessions/${TABBED}`, async (page) => page.getByTestId('tab-facts').click()],
  ['unsampled', `/s/shop/sessions/${UNSAMPLED}`],
  ['hostile', `/s/shop/sessions/${HOSTILE}`, playSome],
  ['heat-click', '/s/shop/heatmap', drawn],
  ['heat-hover', '/s/shop/heatmap', async (page) => {
    await drawn(page)
    await page.getByTestId('ranking-row').nth(6).locator('button').click()
    await page.waitForTimeout(900)
  }],
  ['heat-narrow', '/s/shop/heatmap?width=1', drawn],
  ['heat-blank', '/s/shop/heatmap?width=480&kind=move', drawn],
  ['heat-scroll', '/s/shop/heatmap?kind=scroll', drawn],
  ['pages', '/s/shop/pages'],
  ['settings', '/s/shop/settings'],
  ['new-site', '/new-site', async (page) => page.getByRole('button', { name: 'Make site' }).click()],
  ['missing', '/s/shop/sessions/ffffffffffffffffffffffffffffffff'],
]

async function playSome(page: Page): Promise<void> {
  await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('[data-testid=time]')?.dataset['at']) > 900)
  await page.getByTestId('play').click()
}

async function drawn(page: Page): Promise<void> {
  await page.locator('[data-testid=heatmap][data-drawn=yes]').waitFor()
  await page.waitForTimeout(1500)
}

/** Takes the pictures whose name begins with `only`. */
export async function screens(only: string): Promise<void> {
  await mkdir(OUT, { recursive: true })
  const server = new DashboardServer()
  server.answers.needLogin = false
  await server.start()
  const browser = await launch()
  await prepare(server, browser)
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme })
      for (const [name, hash, then] of PAGES) {
        if (!name.startsWith(only)) continue
        const page = await context.newPage()
        page.on('pageerror', (error) => console.log(name, 'error', error.message))
        page.on('console', (message) => message.type() === 'error' && console.log(name, 'console', message.text()))
        await page.goto(`${server.origin}/#${hash}`)
        await page.waitForTimeout(500)
        await then?.(page)
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        if (over > 0) console.log(name, width, `is ${over} px too wide`)
        await page.screenshot({ path: join(OUT, `${name}-${width}-${colorScheme}.png`), fullPage: width === 390 && name !== 'sessions' })
        await page.close()
      }
      await context.close()
    }
  }
  await browser.close()
  await server.stop()
}
