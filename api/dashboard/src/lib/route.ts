/** Addresses inside the dashboard: `#/s/SITE/sessions?path=/cart`. A pure reading and writing of the fragment. */
export type Route =
  | { page: 'home' }
  | { page: 'login' }
  | { page: 'new-site' }
  | { page: 'start' | 'sessions' | 'heatmap' | 'pages' | 'settings'; site: string }
  | { page: 'session'; site: string; session: string }
  | { page: 'unknown' }

export type Location = { route: Route; query: URLSearchParams }

const SITE_PAGES = ['start', 'sessions', 'heatmap', 'pages', 'settings'] as const

export function parseHash(hash: string): Location {
  const text = hash.replace(/^#\/?/, '')
  const mark = text.indexOf('?')
  const path = mark < 0 ? text : text.slice(0, mark)
  const query = new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1))
  return { route: routeOf(path.split('/').filter((part) => part !== '').map(decode)), query }
}

/** The fragment without `#` and query. */
export function pathOf(hash: string): string {
  return hash.replace(/^#/, '').split('?')[0] || '/'
}

function routeOf(parts: string[]): Route {
  const [first, site, name, session, ...rest] = parts
  if (first === undefined) return { page: 'home' }
  if (parts.length === 1 && (first === 'login' || first === 'new-site')) return { page: first }
  if (first !== 's' || !site || rest.length > 0) return { page: 'unknown' }
  if (name === 'sessions' && session !== undefined) {
    return /^[0-9a-f]{32}$/.test(session) ? { page: 'session', site, session } : { page: 'unknown' }
  }
  const page = SITE_PAGES.find((known) => known === (name ?? 'sessions'))
  return page && session === undefined ? { page, site } : { page: 'unknown' }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The fragment for a path and its query; empty values are left out. */
export function toHash(path: string, query: Record<string, string | number | undefined> = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return `#${path}${text === '' ? '' : `?${text}`}`
}

export function sitePath(site: string, page: string): string {
  return `/s/${encodeURIComponent(site)}/${page}`
}
