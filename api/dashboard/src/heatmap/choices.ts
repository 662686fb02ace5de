import type { Query } from '../lib/api'
import { bounds, DEFAULT_PERIOD } from '../lib/period'
import type { Band, HeatKind } from '../lib/types'

/** What the heatmap page shows, as the address bar holds it. */
export type HeatChoices = { path: string; kind: HeatKind; device: string; width: string; period: string }

export const KINDS: { value: HeatKind; label: string }[] = [
  { value: 'click', label: 'Clicks' },
  { value: 'move', label: 'Movement' },
  { value: 'scroll', label: 'Scrolling' },
]

export function readChoices(query: URLSearchParams): HeatChoices {
  const kind = KINDS.find((each) => each.value === query.get('kind'))?.value ?? 'click'
  return {
    path: query.get('path') ?? '',
    kind,
    device: query.get('device') ?? '',
    width: /^\d{1,5}$/.test(query.get('width') ?? '') ? (query.get('width') ?? '') : '',
    period: query.get('period') ?? DEFAULT_PERIOD,
  }
}

export function writeChoices(choices: HeatChoices): Record<string, string | undefined> {
  return {
    path: choices.path,
    kind: choices.kind === 'click' ? undefined : choices.kind,
    device: choices.device,
    width: choices.width,
    period: choices.period === DEFAULT_PERIOD ? undefined : choices.period,
  }
}

export function heatQuery(choices: HeatChoices, now: number): Query {
  const { path, kind, device, width, period } = choices
  return { path, kind, device, width, ...bounds(period, now) }
}

/** A width that lies in the band, for the API's `width`. */
export function widthOf(band: Band): string {
  return String(Math.max(1, band.min))
}

export function inBand(band: Band, width: string): boolean {
  const value = Number(width)
  return width !== '' && value >= band.min && (band.max === null || value <= band.max)
}

export function bandName(band: Pick<Band, 'min' | 'max'>): string {
  if (band.max === null) return `${band.min} px and more`
  return band.min === 0 ? `up to ${band.max} px` : `${band.min}–${band.max} px`
}
