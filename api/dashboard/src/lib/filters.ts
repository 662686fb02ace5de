import type { Query } from './api'
import { bounds, DEFAULT_PERIOD } from './period'

/** The session list's filters as the address bar holds them; empty means "not filtered". */
export type Filters = {
  period: string
  path: string
  device: string
  browser: string
  country: string
  min_duration: string
  has: string
  visitor: string
}

const NAMES = ['path', 'device', 'browser', 'country', 'min_duration', 'has', 'visitor'] as const

export function readFilters(query: URLSearchParams): Filters {
  const filters = { period: query.get('period') ?? DEFAULT_PERIOD } as Filters
  for (const name of NAMES) filters[name] = query.get(name) ?? ''
  return filters
}

/** What the address bar shows: the defaults are left out. */
export function writeFilters(filters: Filters): Record<string, string> {
  const query: Record<string, string> = {}
  if (filters.period !== DEFAULT_PERIOD) query['period'] = filters.period
  for (const name of NAMES) if (filters[name] !== '') query[name] = filters[name]
  return query
}

/** What the API is asked. */
export function sessionQuery(filters: Filters, now: number, cursor: string | undefined): Query {
  const query: Query = { ...bounds(filters.period, now), limit: 50, cursor }
  for (const name of NAMES) query[name] = filters[name]
  return query
}

/** How many filters narrow the list, the period aside. */
export function filterCount(filters: Filters): number {
  return NAMES.filter((name) => filters[name] !== '').length
}
