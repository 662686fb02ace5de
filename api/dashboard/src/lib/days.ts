import type { DayRow } from './types'

const DAY = 86_400_000

/** Days in order with those put in that had no views, so that a chart's axis is even. */
export function everyDay(days: DayRow[]): { day: string; views: number; sessions: number }[] {
  const known = new Map(days.map((day) => [day.day, day]))
  const sorted = [...known.keys()].sort()
  const first = sorted[0]
  const last = sorted[sorted.length - 1]
  if (first === undefined || last === undefined) return []
  const all = []
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY) {
    const day = new Date(at).toISOString().slice(0, 10)
    all.push({ day, views: known.get(day)?.views ?? 0, sessions: known.get(day)?.sessions ?? 0 })
  }
  return all
}
