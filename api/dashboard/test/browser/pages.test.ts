import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { id } from '../fixtures/ids.ts'
import { RECORDED } from '../fixtures/sessions.ts'
import { TOKEN } from '../server/answers.ts'
import { stand, type Stand } from './stand.ts'

let s: Stand
beforeAll(async () => {
  s = await stand()
})
afterEach(() => s.closePages())
afterAll(() => s.close())

describe('login', () => {
  it('is asked for, refuses a used token, takes a good one out of the address and goes where one was going', async () => {
    s.server.answers.needLogin = true
    const page = await s.open('/s/shop/pages')
    await page.getByTestId('login-form').waitFor()
    await page.getByTestId('login-token').fill('used')
    await page.getByTestId('login-submit').click()
    await page.getByText('The login is not valid').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('15 minutes')
    await page.getByTestId('login-token').fill(`${s.server.origin}/#/login?token=${TOKEN}`)
    await page.getByTestId('login-submit').click()
    await page.getByTestId('pages').waitFor()
    expect(page.url()).toBe(`${s.server.origin}/#/s/shop/pages`)
    await s.context.clearCookies()

    const link = await s.open(`/login?token=${TOKEN}`)
    await link.getByTestId('sessions').waitFor()
    expect(link.url()).not.toContain(TOKEN)
    await link.goBack().catch(() => null)
    expect(link.url()).not.toContain(TOKEN)
    s.server.answers.needLogin = false
  })
})

describe('first run', () => {
  it('shows the snippet, changes it with the choices, and leads on when the first event has come', async () => {
    const page = await s.open('/s/empty/sessions')
    const snippet = page.getByTestId('snippet')
    await snippet.waitFor()
    expect(page.url()).toContain('#/s/empty/start')
    expect(await snippet.textContent()).toContain('data-consent="implied"')
    await page.getByTestId('snippet-consent').selectOption('required')
    await page.getByTestId('snippet-rate').fill('25')
    expect(await snippet.textContent()).toBe(
      '<script defer src="https://hindsight.example.com/t.js"\n        data-site="keyempty0123456789"\n        data-sample-rate="0.25"\n        data-consent="required"></script>',
    )
    expect(await page.getByTestId('first-run-state').textContent()).toContain('Waiting')
    s.server.answers.arrived = new Date().toISOString()
    await page.getByTestId('arrived').waitFor()
    expect(page.url()).toContain('#/s/empty/sessions')
    s.server.answers.arrived = null
  })
})

describe('sessions', () => {
  it('are listed, paged, filtered and opened by keyboard', async () => {
    const page = await s.open('/s/shop/sessions')
    const rows = page.getByTestId('session-row')
    await rows.first().waitFor()
    expect(await rows.count()).toBe(50)
    expect(await rows.first().getAttribute('data-session')).toBe(RECORDED)
    await page.getByTestId('older').click()
    await page.locator(`[data-session="${id(0x1000 + 50)}"]`).waitFor()
    await page.getByTestId('newer').click()
    await page.locator(`[data-session="${RECORDED}"]`).waitFor()

    await page.getByTestId('filter-device').selectOption('mobile')
    await page.locator(`[data-session="${RECORDED}"]`).waitFor({ state: 'detached' })
    expect(page.url()).toContain('device=mobile')
    await expect.poll(() => s.server.answers.asked.some((each) => each.includes('device=mobile'))).toBe(true)
    await page.getByTestId('filter-path').fill('/nowhere')
    await page.getByTestId('filter-path').press('Enter')
    await page.getByText('No session matches these filters').waitFor()
    await page.getByTestId('clear-filters').click()
    await page.locator(`[data-session="${RECORDED}"]`).waitFor()

    await page.locator('h1').click()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.getByTestId('player').waitFor()
    expect(page.url()).toContain(RECORDED)
  })

  it('opens at its top, however far down the list it was chosen, and leads back to that place', async () => {
    const page = await s.open('/s/shop/sessions')
    await page.setViewportSize({ width: 390, height: 500 })
    const row = page.getByTestId('session-row').nth(40)
    await row.evaluate((node) => node.scrollIntoView({ block: 'center' }))
    const down = await page.evaluate(() => window.scrollY)
    expect(down).toBeGreaterThan(1000)
    await row.getByRole('link').click()
    await page.getByText('This session has no recording').waitFor()
    expect(await page.evaluate(() => window.scrollY)).toBe(0)
    await page.goBack()
    await row.waitFor()
    const there = () => page.evaluate(() => window.scrollY)
    await expect.poll(there).toBe(down)
    await page.reload()
    await expect.poll(there).toBe(down)
    await page.goForward()
    await page.getByText('This session has no recording').waitFor()
    await expect.poll(there).toBe(0)
  })

  it('appear by themselves on the newest page', async () => {
    const page = await s.open('/s/shop/sessions')
    await page.getByTestId('session-row').first().waitFor()
    const fresh = { ...s.server.answers.sessions[5]!, id: id(0xf00), started_at: new Date().toISOString() }
    s.server.answers.sessions.unshift(fresh)
    await page.locator(`[data-session="${fresh.id}"]`).waitFor()
    s.server.answers.sessions.shift()
  })

  it('say what failed, and load when asked again', async () => {
    s.server.answers.broken = { ends: '/pages', status: 503, title: 'The store does not answer', detail: 'It is being restarted.' }
    const page = await s.open('/s/shop/pages')
    const alert = page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('The store does not answer')
    expect(await alert.textContent()).toContain('It is being restarted.')
    s.server.answers.broken = undefined
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByTestId('pages').waitFor()
  })
})

describe('settings', () => {
  it('show what is wrong: our own check, then the words of the server', async () => {
    const page = await s.open('/s/shop/settings')
    await page.getByTestId('site-origins').fill('https://www.example.com/path')
    await page.getByTestId('save').click()
    await page.getByText('is not an origin').waitFor()
    await page.getByTestId('site-origins').fill('https://www.example.com')
    await page.getByTestId('site-name').fill('refused')
    await page.getByTestId('save').click()
    await page.getByText('A name is 1 to 100 characters').waitFor()
    await page.getByTestId('site-name').fill('Leaf')
    await page.getByTestId('save').click()
    await page.getByText('Saved').waitFor()
    expect(await page.getByTestId('site-switcher').locator('option:checked').textContent()).toBe('Leaf')

    await page.getByTestId('site-switcher').selectOption('+new')
    await page.getByTestId('site-name').fill('Another')
    await page.getByTestId('site-origins').fill('https://taken.example.com')
    await page.getByRole('button', { name: 'Make site' }).click()
    await page.getByText('The origin belongs to another site').waitFor()
    await page.getByTestId('site-origins').fill('https://free.example.com')
    await page.getByRole('button', { name: 'Make site' }).click()
    await page.getByTestId('snippet').waitFor()
  })
})

describe('every page', () => {
  const hashes = ['/login', '/new-site', '/s/empty/start', '/s/shop/sessions', `/s/shop/sessions/${RECORDED}`, '/s/shop/heatmap', '/s/shop/heatmap?kind=scroll', '/s/shop/pages', '/s/shop/settings', '/s/shop/nothing']

  it.each(hashes)('%s fits a phone, names its controls, keeps the policy', async (hash) => {
    const page = await s.open(hash)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.locator('h1, [data-testid=empty]').first().waitFor()
    await page.waitForLoadState('networkidle')
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(over).toBe(0)
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, iframe, [role=slider]')]
        .filter((each) => {
          const labels = each instanceof HTMLInputElement || each instanceof HTMLSelectElement || each instanceof HTMLTextAreaElement ? each.labels : null
          return !(each.getAttribute('aria-label') || each.title || each.textContent?.trim() && !(each instanceof HTMLSelectElement) || labels?.length)
        })
        .map((each) => each.outerHTML),
    )
    expect(unnamed).toEqual([])
    await page.close()
  })

  it('made no complaint and asked for nothing that is not there', () => {
    expect(s.complaints).toEqual([])
    expect(s.server.strays).toEqual([])
  })
})
