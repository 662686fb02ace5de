import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

const DIST = join(import.meta.dirname, '../dist')
const files = readdirSync(DIST, { recursive: true }).map(String)
const texts = files.filter((name) => /\.(html|js|css|svg)$/.test(name))
const read = (name: string) => readFileSync(join(DIST, name), 'utf8')

describe('the built files', () => {
  it('are two pages and the placeholder', () => {
    for (const name of ['index.html', 'replay-frame.html', 'placeholder.txt']) expect(files).toContain(name)
  })
  it('are precompressed, and unpack to the same', () => {
    expect(texts.length).toBeGreaterThan(5)
    for (const name of texts) {
      const raw = readFileSync(join(DIST, name))
      expect(brotliDecompressSync(readFileSync(join(DIST, `${name}.br`))).equals(raw), name).toBe(true)
      expect(gunzipSync(readFileSync(join(DIST, `${name}.gz`))).equals(raw), name).toBe(true)
    }
  })
  it('hold no inline script, no eval and no foreign address to load from', () => {
    for (const name of ['index.html', 'replay-frame.html']) {
      for (const [tag] of read(name).matchAll(/<script\b[^>]*>[^<]*/g)) expect(tag).toMatch(/^<script type="module" crossorigin src="\.\/assets\/[^"]+">$/)
      expect(read(name)).not.toMatch(/(src|href)="(https?:)?\/\//)
    }
    for (const name of texts.filter((each) => each.endsWith('.js'))) expect(read(name), name).not.toMatch(/[^.\w]eval\(|new Function\(/)
    for (const name of texts.filter((each) => each.endsWith('.css'))) expect(read(name), name).not.toMatch(/@import|url\((["']?)(https?:)?\/\//)
  })
  it('stay small: the dashboard under 60 KB, the frame under 60 KB, brotli', () => {
    const weight = (part: string) => files.filter((name) => name.includes(part) && name.endsWith('.br')).reduce((sum, name) => sum + statSync(join(DIST, name)).size, 0)
    expect(weight('assets/index-')).toBeLessThan(60_000)
    expect(weight('assets/replay-frame-')).toBeLessThan(60_000)
  })
})
