import type { ScrollBand } from '../lib/types'
import { css } from './palette'

/** Down to which page pixel a share of the page views came; the lowest band that still has that share. */
export function reachOf(bands: ScrollBand[], share: number): number | null {
  const band = bands.findLast((each) => each.share >= share)
  return band ? band.to : null
}

export const QUARTERS = [1, 0.75, 0.5, 0.25] as const

type View = { scrollY: number; scale: number; width: number; height: number; ratio: number }

/** Draws how far people scrolled: bands from hot (all) to cold (few), lines at the quarters. Canvas pixels. */
export function drawReach(canvas: HTMLCanvasElement, bands: ScrollBand[], view: View): void {
  const context = canvas.getContext('2d')
  if (!context) return
  context.clearRect(0, 0, canvas.width, canvas.height)
  const y = (page: number) => (page - view.scrollY) * view.scale * view.ratio
  for (const band of bands) {
    context.fillStyle = css(band.share, 0.4)
    // Edges are whole pixels, the same for both neighbours: no seams.
    context.fillRect(0, Math.round(y(band.from)), canvas.width, Math.round(y(band.to)) - Math.round(y(band.from)))
  }
  const last = bands[bands.length - 1]
  if (last) {
    context.fillStyle = 'rgb(20 24 28 / 0.55)' // nobody came here
    context.fillRect(0, Math.round(y(last.to)), canvas.width, canvas.height)
  }
  let lowest = -Infinity
  for (const share of QUARTERS) {
    const at = reachOf(bands, share)
    if (at === null || at === lowest) continue
    lowest = at
    line(context, y(at), `${share * 100} % came this far`, view.ratio, false)
  }
}

/** Draws the fold: the lower edge of the median screen. */
export function drawFold(canvas: HTMLCanvasElement, fold: number, view: View): void {
  const context = canvas.getContext('2d')
  if (context) line(context, (fold - view.scrollY) * view.scale * view.ratio, 'Fold (median screen)', view.ratio, true)
}

function line(context: CanvasRenderingContext2D, y: number, text: string, ratio: number, fold: boolean): void {
  const width = context.canvas.width
  context.save()
  context.strokeStyle = fold ? '#111' : 'rgb(255 255 255 / 0.95)'
  context.lineWidth = fold ? 1.5 * ratio : 2 * ratio
  context.setLineDash(fold ? [6 * ratio, 4 * ratio] : [])
  context.beginPath()
  context.moveTo(0, y)
  context.lineTo(width, y)
  context.stroke()
  context.font = `600 ${12 * ratio}px system-ui, sans-serif`
  const box = context.measureText(text).width + 16 * ratio
  const x = fold ? width - box - 8 * ratio : 8 * ratio
  context.fillStyle = fold ? '#111' : '#fff'
  context.beginPath()
  context.roundRect(x, y - 11 * ratio, box, 22 * ratio, 11 * ratio)
  context.fill()
  context.fillStyle = fold ? '#fff' : '#111'
  context.textBaseline = 'middle'
  context.fillText(text, x + 8 * ratio, y + 0.5 * ratio)
  context.restore()
}
