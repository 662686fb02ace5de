/** A stretch of time as the address bar and the choice lists write it: `24h`, `7d`, or two days `2026-01-01..2026-01-31`. */
export const PERIODS: { value: string; label: string }[] = [
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: '90d', label: 'Last 90 days' },
  { value: '365d', label: 'Last 12 months' },
]

export const DEFAULT_PERIOD = '30d'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** The API's `from` (inclusive) and `to` (exclusive); `to` is absent for periods that reach to now. */
export function bounds(period: string, now: number): { from: string; to?: string } {
  const days = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(period)
  if (days) {
    const from = Date.parse(`${days[1]}T00:00:00Z`)
    const to = Date.parse(`${days[2]}T00:00:00Z`)
    if (!Number.isNaN(from) && !Number.isNaN(to) && from <= to) {
      return { from: new Date(from).toISOString(), to: new Date(to + DAY).toISOString() }
    }
  }
  const last = /^(\d{1,4})([hd])$/.exec(period)
  const ms = last ? Number(last[1]) * (last[2] === 'h' ? HOUR : DAY) : 30 * DAY
  return { from: new Date(now - ms).toISOString() }
}
