import type { Session, SessionDetail, Site, SiteChange } from '../../src/lib/types.ts'
import type { RecordedEvent } from '../../src/replay/protocol.ts'
import { heatmap, pageFigures } from '../fixtures/figures.ts'
import { detail, sessions, SITES } from '../fixtures/sessions.ts'
import type { Recording } from './record.ts'

export type Answer = { status: number; body?: unknown; headers?: Record<string, string> }

/** What can be replayed: a session's events by document. */
export type Replay = { detail: SessionDetail; events: Map<string, RecordedEvent[]> }

export const TOKEN = 'one-time-token-of-the-tests'

/** The API's answers, made of fixtures; changed by the tests as they go. */
export class Answers {
  now = Date.now()
  sites: Site[] = structuredClone(SITES)
  sessions: Session[] = sessions(this.now)
  replays = new Map<string, Replay>()
  wide: Recording | undefined
  narrow: Recording | undefined
  /** When the empty site's first event came. */
  arrived: string | null = null
  needLogin = true
  /** A problem to answer instead, for calls whose path ends so. */
  broken: { ends: string; status: number; title: string; detail: string } | undefined
  readonly asked: string[] = []

  answer(method: string, url: URL, body: unknown, cookie: string): Answer {
    const path = url.pathname.slice('/api/v1'.length)
    this.asked.push(`${method} ${path}${url.search}`)
    if (path === '/login') return this.#login(body)
    if (this.needLogin && !cookie.includes('hindsight_session=yes')) return problem(401, 'Not logged in', 'Log in first.')
    if (this.broken && path.endsWith(this.broken.ends)) return problem(this.broken.status, this.broken.title, this.broken.detail)
    if (path === '/logout') return { status: 204, headers: { 'set-cookie': 'hindsight_session=; Max-Age=0; Path=/' } }
    if (path === '/sites') return method === 'POST' ? this.#create(body as SiteChange) : ok({ sites: this.sites })
    const [, , id, name, session, extra] = path.split('/')
    const site = this.sites.find((each) => each.id === id)
    if (!site) return problem(404, 'No such site', '')
    return this.#ofSite(method, site, name, session, extra, url.searchParams, body)
  }

  #ofSite(method: string, site: Site, name: string | undefined, session: string | undefined, extra: string | undefined, query: URLSearchParams, body: unknown): Answer {
    const empty = site.id !== 'shop'
    switch (name) {
      case undefined:
        return method === 'PATCH' ? this.#change(site, body as SiteChange) : ok(site)
      case 'status':
        return ok(empty ? { first_event_at: this.arrived, last_event_at: this.arrived, sessions: 0, demo_sessions: 0, batches: 0 } : this.#status())
      case 'sessions':
        if (session === undefined) return ok(empty ? { sessions: [], next_cursor: null } : this.#list(query))
        return extra === 'events' ? this.#events(session, query) : this.#detail(session)
      case 'snapshots': {
        const recording = extra === '000000000000000000000000000000d2' ? this.narrow : this.wide
        return ok(recording?.events.filter((event, index) => index < 2 || (event.data as { isAttachIframe?: boolean }).isAttachIframe) ?? [])
      }
      case 'pages':
        return ok(empty ? { pages: [], days: [] } : pageFigures(this.now))
      case 'heatmap': {
        if (!this.wide || !this.narrow) return problem(404, 'Nothing recorded yet', '')
        const kind = query.get('kind')
        const width = query.get('width')
        return ok(heatmap(kind === 'move' || kind === 'scroll' ? kind : 'click', width ? Number(width) : undefined, this.wide, this.narrow))
      }
      case 'demo':
        return ok({ sessions: 24 })
      default:
        return problem(404, 'No such call', name)
    }
  }

  #status() {
    return { first_event_at: this.sessions.at(-1)?.started_at ?? null, last_event_at: this.sessions[0]?.ended_at ?? null, sessions: this.sessions.length, demo_sessions: 24, batches: 900 }
  }

  #list(query: URLSearchParams) {
    const limit = Number(query.get('limit') ?? 50)
    const begin = Number(query.get('cursor') ?? 0)
    const has = (query.get('has') ?? '').split(',')
    const path = query.get('path')
    const found = this.sessions.filter(
      (each) =>
        (!query.get('device') || each.device === query.get('device')) &&
        (!path || each.entry_path === path || each.exit_path === path) &&
        (!has.includes('error') || each.errors > 0) &&
        Date.parse(each.started_at) >= Date.parse(query.get('from') ?? '2000-01-01'),
    )
    const page = found.slice(begin, begin + limit)
    return { sessions: page, next_cursor: begin + limit < found.length ? String(begin + limit) : null }
  }

  #detail(id: string): Answer {
    const replay = this.replays.get(id)
    if (replay) return ok(replay.detail)
    const session = this.sessions.find((each) => each.id === id)
    return session ? ok(detail({ ...session, has_recording: false }, [])) : problem(404, 'No such session', 'It may have been erased, or its time is over.')
  }

  #events(id: string, query: URLSearchParams): Answer {
    const replay = this.replays.get(id)
    if (!replay) return problem(404, 'No such session', '')
    const document = query.get('document')
    if (document) return ok(replay.events.get(document) ?? [])
    return ok([...replay.events.values()].flat().sort((a, b) => a.timestamp - b.timestamp))
  }

  #login(body: unknown): Answer {
    if ((body as { token?: unknown } | undefined)?.token !== TOKEN) return problem(401, 'The login is not valid', 'It was used before, or its 15 minutes are over.')
    return { status: 204, headers: { 'set-cookie': 'hindsight_session=yes; HttpOnly; SameSite=Lax; Path=/' } }
  }

  #create(change: SiteChange): Answer {
    if (change.origins?.includes('https://taken.example.com')) return problem(409, 'The origin belongs to another site', 'https://taken.example.com is an origin of Leaf & Kettle.')
    const site: Site = { ...structuredClone(SITES[1]!), ...change, id: `new${this.sites.length}`, key: 'newkey0123456789', retention: { recordings_days: 90, data_days: 365 } }
    this.sites.push(site)
    return { status: 201, body: site }
  }

  #change(site: Site, change: SiteChange): Answer {
    if (change.name === 'refused') return problem(400, 'The name cannot be used', 'A name is 1 to 100 characters and not "refused".')
    Object.assign(site, change)
    return ok(site)
  }
}

function ok(body: unknown): Answer {
  return { status: 200, body }
}

function problem(status: number, title: string, detail: string): Answer {
  return { status, body: { type: '/problems/test', title, status, ...(detail === '' ? {} : { detail }) } }
}
