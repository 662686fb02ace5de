import { describe, expect, it } from 'vitest'
import { densities, peak, type Spot } from '../src/heatmap/density.ts'
import { colour, css } from '../src/heatmap/palette.ts'
import { bandName, inBand, readChoices, widthOf, writeChoices } from '../src/heatmap/choices.ts'
import { steps } from '../src/heatmap/locate.ts'
import { reachOf } from '../src/heatmap/reach.ts'
import { everyDay } from '../src/lib/days.ts'
import { eventText, stackOf } from '../src/lib/events.ts'
import { readFilters, sessionQuery, writeFilters } from '../src/lib/filters.ts'
import { ago, clock, counted, country, percent, seconds, span } from '../src/lib/format.ts'
import { bounds } from '../src/lib/period.ts'
import { parseHash, toHash } from '../src/lib/route.ts'
import { changeOf, NEW_SITE, validate } from '../src/lib/site-form.ts'
import { snippet, trackerOrigin } from '../src/lib/snippet.ts'

const NOW = Date.parse('2026-06-15T12:00:00Z')

describe('addresses', () => {
  const session = '0123456789abcdef0123456789abcdef'
  it.each([
    ['', { page: 'home' }],
    ['#/', { page: 'home' }],
    ['#/login?token=abc', { page: 'login' }],
    ['#/s/shop', { page: 'sessions', site: 'shop' }],
    ['#/s/shop/heatmap?path=%2Fcart', { page: 'heatmap', site: 'shop' }],
    ['#/s/a%2Fb/pages', { page: 'pages', site: 'a/b' }],
    [`#/s/shop/sessions/${session}`, { page: 'session', site: 'shop', session }],
    ['#/s/shop/sessions/../../etc', { page: 'unknown' }],
    ['#/s/shop/sessions/ABC', { page: 'unknown' }],
    ['#/s/shop/nonsense', { page: 'unknown' }],
    ['#/s/%E0%A4%A/pages', { page: 'pages', site: '%E0%A4%A' }],
  ])('reads %s', (hash, route) => expect(parseHash(hash).route).toEqual(route))

  it('writes what it reads, without empty values', () => {
    const hash = toHash('/s/shop/heatmap', { path: '/a?b&c', device: '', width: undefined })
    expect(hash).toBe('#/s/shop/heatmap?path=%2Fa%3Fb%26c')
    expect(parseHash(hash).query.get('path')).toBe('/a?b&c')
  })
})

describe('texts', () => {
  it.each([[0, '0:00'], [7_999, '0:07'], [751_000, '12:31'], [3_729_000, '1:02:09'], [-5, '0:00']])('clock %d', (ms, text) => expect(clock(ms)).toBe(text))
  it.each([[340.4, '340 ms'], [7_000, '7 s'], [60_000, '1 min'], [751_000, '12 min 31 s'], [3_729_000, '1 h 2 min']])('span %d', (ms, text) => expect(span(ms)).toBe(text))
  it.each([[0, '0 %'], [0.0004, '< 0.1 %'], [0.042, '4.2 %'], [0.384, '38 %'], [1, '100 %']])('percent %d', (share, text) => expect(percent(share)).toBe(text))
  it.each([[-3_000, 'just now'], [-180_000, '3 min. ago'], [-7_200_000, '2 hr. ago'], [-3 * 86_400_000, '3 days ago']])('ago %d', (ms, text) => expect(ago(NOW + ms, NOW)).toBe(text))
  it('counts and loads', () => {
    expect(counted(1, 'click')).toBe('1 click')
    expect(counted(1200, 'batch', 'batches')).toBe('1,200 batches')
    expect(seconds(1_240)).toBe('1.2 s')
  })
  it('keeps what is no country', () => {
    expect(country('DE')).toBe('Germany')
    expect(country('<b>')).toBe('<b>')
  })
})

describe('periods and filters', () => {
  it.each([
    ['24h', { from: '2026-06-14T12:00:00.000Z' }],
    ['7d', { from: '2026-06-08T12:00:00.000Z' }],
    ['2026-01-01..2026-01-31', { from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' }],
    ['2026-02-01..2026-01-01', { from: '2026-05-16T12:00:00.000Z' }],
    ['nonsense', { from: '2026-05-16T12:00:00.000Z' }],
  ])('%s', (period, expected) => expect(bounds(period, NOW)).toEqual(expected))

  it('reads and writes filters without the defaults', () => {
    const query = new URLSearchParams('device=mobile&has=error,gap&period=30d&other=1')
    const filters = readFilters(query)
    expect(writeFilters(filters)).toEqual({ device: 'mobile', has: 'error,gap' })
    expect(sessionQuery(filters, NOW, 'abc')).toMatchObject({ device: 'mobile', has: 'error,gap', cursor: 'abc', limit: 50 })
  })
})

describe('snippet', () => {
  it('holds the choices, escaped', () => {
    const text = snippet({ key: 'k"><b>', origin: 'https://h.example.com', consent: 'implied', sampleRate: 0.25 })
    expect(text).toContain('src="https://h.example.com/t.js"')
    expect(text).toContain('data-site="k&quot;>&lt;b>"')
    expect(text).toContain('data-sample-rate="0.25"')
    expect(text).toContain('data-consent="implied"')
  })
  it('takes the public address from the server', () => {
    expect(trackerOrigin('<script defer src="https://pub.example.com/t.js" data-site="x"></script>', 'http://127.0.0.1')).toBe('https://pub.example.com')
    expect(trackerOrigin(undefined, 'http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080')
  })
})

describe('site form', () => {
  it('says what is wrong with each field', () => {
    expect(Object.keys(validate(NEW_SITE))).toEqual(['name', 'origins'])
    const form = { ...NEW_SITE, name: 'x', origins: 'https://a.example.com/path', share: 101, recordings: 0, data: 10 }
    expect(Object.keys(validate(form))).toEqual(['origins', 'share', 'recordings'])
    expect(validate({ ...NEW_SITE, name: 'x', origins: 'https://a.example.com', recordings: 90, data: 30 }).data).toBe('Not less than the recordings.')
  })
  it('makes a change of it', () => {
    const form = { ...NEW_SITE, name: ' Shop ', origins: 'https://a.example.com\nhttps://*.b.example.com, http://localhost:3000', share: 12.5 }
    expect(validate(form)).toEqual({})
    expect(changeOf(form)).toMatchObject({ name: 'Shop', origins: ['https://a.example.com', 'https://*.b.example.com', 'http://localhost:3000'], sample_rate: 0.125 })
  })
})

describe('heatmap', () => {
  it('colours go from cold to hot and stay in range', () => {
    expect(colour(0)).toEqual([49, 92, 201])
    expect(colour(1)).toEqual([214, 40, 40])
    expect(colour(-3)).toEqual(colour(0))
    expect(css(7, 0.5)).toBe('rgb(214 40 40 / 0.5)')
  })
  it('finds how far a share came', () => {
    const bands = [1, 0.8, 0.5, 0.1].map((share, i) => ({ from: i * 100, to: i * 100 + 100, reached: share * 10, share }))
    expect([1, 0.75, 0.5, 0.25].map((share) => reachOf(bands, share))).toEqual([100, 200, 300, 300])
    expect(reachOf([], 0.5)).toBeNull()
  })
  it('names bands and finds widths in them', () => {
    expect([{ min: 0, max: 479 }, { min: 480, max: 767 }, { min: 1440, max: null }].map(bandName)).toEqual(['up to 479 px', '480–767 px', '1440 px and more'])
    expect(widthOf({ min: 0, max: 479, count: 1 })).toBe('1')
    expect(inBand({ min: 1440, max: null, count: 1 }, '1920')).toBe(true)
    expect(inBand({ min: 0, max: 479, count: 1 }, '')).toBe(false)
  })
  it('reads and writes its choices', () => {
    const choices = readChoices(new URLSearchParams('path=/a&kind=move&width=abc&period=7d'))
    expect(choices).toEqual({ path: '/a', kind: 'move', device: '', width: '', period: '7d' })
    expect(writeChoices(choices)).toMatchObject({ path: '/a', kind: 'move', period: '7d' })
  })
  it('splits selectors at shadow roots and frames', () => {
    expect(steps('my-shop#a > b >>> div.x > p >>>f body > a')).toEqual([
      { into: 'page', css: 'my-shop#a > b' },
      { into: 'shadow', css: 'div.x > p' },
      { into: 'frame', css: 'body > a' },
    ])
  })
})

describe('figures and events', () => {
  it('puts in the days without views', () => {
    const days = everyDay([{ day: '2026-03-01', views: 4, sessions: 2 }, { day: '2026-02-27', views: 1, sessions: 1 }])
    expect(days.map((day) => [day.day, day.views])).toEqual([['2026-02-27', 1], ['2026-02-28', 0], ['2026-03-01', 4]])
    expect(everyDay([])).toEqual([])
  })
  it('says what an event is', () => {
    const event = { document: 'd', at: '2026-01-01T00:00:00Z', path: '/', name: '#email', value: 12 }
    expect(eventText({ ...event, kind: 'typing' })).toEqual({ kind: 'Typed', text: '12 keys in #email' })
    expect(eventText({ ...event, kind: 'field', value: 4200, data: { n: 2, refills: 1, filled: 0 } }).text).toBe('#email for 4 s, 2 changes, filled again 1 time, left empty')
    expect(eventText({ ...event, kind: 'submit', value: 1 })).toEqual({ kind: 'Form sent', text: '#email with 1 field' })
    expect(eventText({ ...event, kind: 'vital', name: 'LCP', value: 1234, data: { rating: 'needs-improvement' } }).text).toBe('LCP 1.2 s, needs improvement')
    expect(eventText({ ...event, kind: 'vital', name: 'CLS', value: 0.0512 }).text).toBe('CLS 0.051')
    expect(eventText({ ...event, kind: 'dead', name: '' })).toEqual({ kind: 'Dead click', text: 'the click 2.5 s before changed nothing' })
    expect(eventText({ ...event, kind: 'unheard-of' })).toEqual({ kind: 'unheard-of', text: '#email' })
    expect(stackOf({ ...event, kind: 'error', data: { stack: 7 } as never })).toBe('')
  })
})

describe('density', () => {
  const size = 200
  const drawn = (spots: Spot[], radius = 20) => {
    const bytes = densities(spots, size, size, radius, peak(spots, radius))
    return (x: number, y: number) => bytes[y * size + x]!
  }

  it('gives the hottest place the hottest colour, were there one click or a thousand', () => {
    for (const weight of [1, 2, 1000]) expect(drawn([{ x: 50, y: 50, weight }])(50, 50)).toBe(255)
    const apart = Array.from({ length: 40 }, (_, i) => ({ x: 50 + (i % 8), y: 50 + Math.floor(i / 8), weight: 1 }))
    expect(Math.max(...apart.map(({ x, y }) => drawn(apart)(x, y)))).toBe(255)
  })

  it('adds up what is near and nothing that is farther than the radius', () => {
    const spots = [{ x: 50, y: 50, weight: 2 }, { x: 60, y: 50, weight: 1 }, { x: 120, y: 120, weight: 1 }]
    // Half a radius off, a click gives 0.4 of its warmth: 2.4 in all at the first, 1.8 at the second, 1 at the third.
    expect(peak(spots, 20)).toBeCloseTo(2.4)
    const at = drawn(spots)
    expect([at(50, 50), at(60, 50), at(120, 120), at(120, 141)]).toEqual([255, Math.round((255 * 1.8) / 2.4), Math.round(255 / 2.4), 0])
  })

  it('finds neighbours over the edges of its cells, left of the page and above it, too', () => {
    expect(peak([{ x: -1, y: -1, weight: 1 }, { x: 1, y: 1, weight: 1 }], 20)).toBeCloseTo(2 - 1.2 * (Math.hypot(2, 2) / 20))
  })

  it('shows a single click beside a thousand, and cuts discs at the rim of the picture', () => {
    const at = drawn([{ x: 0, y: 199, weight: 1000 }, { x: 150, y: 20, weight: 1 }])
    expect(at(0, 199)).toBe(255)
    expect(at(150, 20)).toBe(Math.round(25.5))
    expect(at(199, 199)).toBe(0)
  })
})
