/** Colours of heat, from little to much. The legend and the picture use the same stops. */
export const STOPS: readonly [number, [number, number, number]][] = [
  [0, [49, 92, 201]],
  [0.3, [32, 160, 178]],
  [0.55, [74, 186, 92]],
  [0.75, [246, 205, 60]],
  [0.9, [241, 132, 41]],
  [1, [214, 40, 40]],
]

/** The colour of a share 0…1. */
export function colour(share: number): [number, number, number] {
  const value = Math.min(1, Math.max(0, share))
  for (let i = 1; i < STOPS.length; i++) {
    const [to, high] = STOPS[i]!
    if (value > to) continue
    const [from, low] = STOPS[i - 1]!
    const part = (value - from) / (to - from)
    return [0, 1, 2].map((c) => Math.round(low[c]! + (high[c]! - low[c]!) * part)) as [number, number, number]
  }
  return STOPS[STOPS.length - 1]![1]
}

export function css(share: number, alpha = 1): string {
  return `rgb(${colour(share).join(' ')} / ${alpha})`
}

/** The legend's gradient. */
export function gradient(): string {
  return `linear-gradient(to right, ${STOPS.map(([at]) => `${css(at)} ${at * 100}%`).join(', ')})`
}

/** Colour and opacity of each of 256 densities, as RGBA bytes; the root keeps single clicks visible and edges soft. */
export function ramp(): Uint8ClampedArray {
  const bytes = new Uint8ClampedArray(256 * 4)
  for (let density = 0; density < 256; density++) {
    const share = density / 255
    bytes.set([...colour(share), Math.round(240 * Math.sqrt(share))], density * 4)
  }
  return bytes
}
