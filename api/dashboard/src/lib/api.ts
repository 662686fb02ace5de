import { ApiError, errorOf } from './problem'
import type {
  Config,
  Heatmap,
  PageFigures,
  SessionDetail,
  SessionList,
  Site,
  SiteChange,
  SiteStatus,
} from './types'
import type { RecordedEvent } from '../replay/protocol'

/** Query parameters; undefined and empty ones are left out, since the API refuses unknown and empty ones by name. */
export type Query = Record<string, string | number | undefined>

const BASE = 'api/v1'

let onLoggedOut: () => void = () => {}

/** Names what happens when the API says that nobody is logged in. */
export function whenLoggedOut(handler: () => void): void {
  onLoggedOut = handler
}

export function queryString(query: Query): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

async function send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, { method, credentials: 'same-origin', ...init })
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new ApiError({
      type: 'about:blank',
      status: 0,
      title: 'The server cannot be reached',
      detail: 'Check that hindsight is running and that this machine is connected.',
    })
  }
  if (response.ok) return response
  const error = await errorOf(response)
  if (error.status === 401 && !path.endsWith('/login')) onLoggedOut()
  throw error
}

async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await send('GET', `${BASE}${path}${queryString(query)}`, {
    headers: { accept: 'application/json' },
    ...(signal ? { signal } : {}),
  })
  return (await response.json()) as T
}

function body(value: unknown): RequestInit {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

const at = (site: string) => `/sites/${encodeURIComponent(site)}`

export const api = {
  async config(): Promise<Config> {
    return (await (await send('GET', 'config.json')).json()) as Config
  },
  async login(token: string): Promise<void> {
    await send('POST', `${BASE}/login`, body({ token }))
  },
  async logout(): Promise<void> {
    await send('POST', `${BASE}/logout`)
  },
  async sites(): Promise<Site[]> {
    return (await get<{ sites: Site[] }>('/sites')).sites
  },
  async createSite(change: SiteChange): Promise<Site> {
    return (await (await send('POST', `${BASE}/sites`, body(change))).json()) as Site
  },
  async changeSite(site: string, change: SiteChange): Promise<Site> {
    return (await (await send('PATCH', `${BASE}${at(site)}`, body(change))).json()) as Site
  },
  async deleteSite(site: string): Promise<void> {
    await send('DELETE', `${BASE}${at(site)}`)
  },
  async removeDemo(site: string): Promise<number> {
    return ((await (await send('DELETE', `${BASE}${at(site)}/demo`)).json()) as { sessions: number }).sessions
  },
  status: (site: string, signal?: AbortSignal) => get<SiteStatus>(`${at(site)}/status`, {}, signal),
  sessions: (site: string, query: Query, signal?: AbortSignal) =>
    get<SessionList>(`${at(site)}/sessions`, query, signal),
  session: (site: string, session: string, signal?: AbortSignal) =>
    get<SessionDetail>(`${at(site)}/sessions/${session}`, {}, signal),
  /** Events of all documents, or of one; an empty list when nothing was recorded. */
  events: (site: string, session: string, document: string | undefined, signal?: AbortSignal) =>
    get<RecordedEvent[]>(`${at(site)}/sessions/${session}/events`, { document }, signal),
  snapshot: (site: string, of: { session: string; document: string; sequence: number }, signal?: AbortSignal) =>
    get<RecordedEvent[]>(`${at(site)}/snapshots/${of.session}/${of.document}/${of.sequence}`, {}, signal),
  pages: (site: string, query: Query, signal?: AbortSignal) => get<PageFigures>(`${at(site)}/pages`, query, signal),
  heatmap: (site: string, query: Query, signal?: AbortSignal) => get<Heatmap>(`${at(site)}/heatmap`, query, signal),
}
