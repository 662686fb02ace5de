/** How times, durations and numbers are written, everywhere alike. */

/** A span of time in ms: `0:07`, `12:31`, `1:02:09`. */
export function clock(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(all / 3600)
  const minutes = Math.floor((all % 3600) / 60)
  const seconds = String(all % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`
}

/** A span of time in ms, in words: `340 ms`, `7 s`, `12 min 31 s`, `1 h 2 min`. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

/** A loading time in ms: `390 ms`, `1.2 s`. */
export function seconds(ms: number): string {
  return ms < 1000 ? span(ms) : `${(ms / 1000).toFixed(1)} s`
}

const STEPS: [limit: number, unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
  [60_000, 'second', 1000],
  [3_600_000, 'minute', 60_000],
  [86_400_000, 'hour', 3_600_000],
  [30 * 86_400_000, 'day', 86_400_000],
  [365 * 86_400_000, 'month', 30 * 86_400_000],
  [Infinity, 'year', 365 * 86_400_000],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' })

/** How long ago a moment was: `just now`, `3 min. ago`. */
export function ago(at: string | number, now: number): string {
  const passed = now - new Date(at).getTime()
  if (Math.abs(passed) < 10_000) return 'just now'
  for (const [limit, unit, ms] of STEPS) {
    if (Math.abs(passed) < limit) return relative.format(-Math.round(passed / ms), unit)
  }
  return ''
}

const absolute = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** A moment in the reader's time zone. */
export function moment(at: string | number): string {
  return absolute.format(new Date(at))
}

const grouped = new Intl.NumberFormat('en')

export function count(value: number): string {
  return grouped.format(value)
}

/** `1 click`, `2 clicks`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** A share 0…1 as percent: `< 0.1 %`, `4.2 %`, `38 %`. */
export function percent(share: number): string {
  const value = share * 100
  if (value > 0 && value < 0.1) return '< 0.1 %'
  return `${value !== 0 && value < 10 ? value.toFixed(1) : Math.round(value)} %`
}

const regions = new Intl.DisplayNames(['en'], { type: 'region' })
const languages = new Intl.DisplayNames(['en'], { type: 'language' })

export function country(code: string): string {
  return named(regions, code)
}

export function language(code: string): string {
  return named(languages, code)
}

function named(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code
  } catch {
    return code // recorded data may hold anything
  }
}

/** `desktop` → `Desktop`. */
export function title(word: string): string {
  return word === '' ? '' : word[0]!.toUpperCase() + word.slice(1)
}
