import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Answers } from './server/answers.ts'
import { detail } from './fixtures/sessions.ts'
import { heatmap } from './fixtures/figures.ts'
import { id } from './fixtures/ids.ts'
import type { Recording } from './server/record.ts'

// The fixtures stand for the API in the browser tests: they prove something only as far as they follow its description.
type Description = { paths: Record<string, Record<string, { responses?: Record<string, { content?: Record<string, unknown> }> }>> }
const description = parse(readFileSync(join(import.meta.dirname, '../../openapi.yaml'), 'utf8')) as Description
const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addSchema(description, 'api')

function check(path: string, body: unknown, method = 'get', status = '200'): string[] {
  const pointer = `#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}/responses/${status}/content/application~1json/schema`
  const validate = ajv.compile({ $ref: `api${encodeURI(pointer).replaceAll('%7B', '{').replaceAll('%7D', '}')}` })
  validate(body)
  return (validate.errors ?? []).map((error) => `${path} ${error.instancePath} ${error.message}`)
}

const answers = new Answers()
answers.needLogin = false
const ask = (path: string, method = 'GET', body?: unknown) => answers.answer(method, new URL(`/api/v1${path}`, 'http://x'), body, '')

const T = answers.now
const recording: Recording = {
  events: [], html: '', height: 1600, clickedAt: [], boxes: { '#a': { x: 0, y: 10, width: 100, height: 20 }, '#b': { x: 0, y: 900, width: 100, height: 20 } },
}

describe('fixtures follow openapi.yaml', () => {
  it('finds an answer that does not', () => {
    expect(check('/sites/{site}/status', { sessions: 'many', demo_sessions: 0, batches: 0 })).not.toEqual([])
    expect(check('/sites', { sites: [{ id: 'x' }] })).not.toEqual([])
  })
  it.each([
    ['/sites', '/sites'],
    ['/sites/shop', '/sites/{site}'],
    ['/sites/shop/status', '/sites/{site}/status'],
    ['/sites/empty/status', '/sites/{site}/status'],
    ['/sites/shop/sessions?limit=50', '/sites/{site}/sessions'],
    ['/sites/empty/sessions', '/sites/{site}/sessions'],
    [`/sites/shop/sessions/${id(0x1005)}`, '/sites/{site}/sessions/{session}'],
    ['/sites/shop/pages', '/sites/{site}/pages'],
    ['/sites/empty/pages', '/sites/{site}/pages'],
  ])('%s', (path, template) => {
    const answer = ask(path)
    expect(answer.status).toBe(200)
    expect(check(template, answer.body)).toEqual([])
  })
  it('a session with everything', () => {
    const parts = [1, 2].map((number) => ({ document: id(number), tab: '00000000000000e1', path: '/', from: T + number * 9_000, to: T + number * 9_000 + 4_000, events: 5, clicks: [T + number * 9_000 + 50] }))
    expect(check('/sites/{site}/sessions/{session}', detail(answers.sessions[0]!, parts))).toEqual([])
  })
  it.each(['click', 'move', 'scroll'] as const)('heatmap of %s', (kind) => {
    for (const width of [undefined, 1, 480]) expect(check('/sites/{site}/heatmap', heatmap(kind, width, recording, recording))).toEqual([])
  })
  it('changes, new sites, problems', () => {
    const site = ask('/sites', 'POST', { name: 'New', origins: ['https://n.example.com'] })
    expect(check('/sites', site.body, 'post', '201')).toEqual([])
    expect(check('/sites/{site}', ask('/sites/shop', 'PATCH', { name: 'Shop' }).body, 'patch')).toEqual([])
    expect(check('/sites/{site}/demo', ask('/sites/shop/demo', 'DELETE').body, 'delete')).toEqual([])
  })
})
