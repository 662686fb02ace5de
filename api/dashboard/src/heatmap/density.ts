import { ramp } from './palette'

export type Spot = { x: number; y: number; weight: number }

/** A single click on a busy page must still be seen: where it was, it is not fainter than this share of the hottest. */
const FAINTEST = 0.1

/** How much of a spot's weight is left at a distance from it, as a share of the radius. */
function fade(distance: number): number {
  if (distance >= 1) return 0
  return distance < 0.5 ? 1 - 1.2 * distance : 0.8 * (1 - distance)
}

/**
 * How warm the warmest spot is, with all that its neighbours give. A picture's colours are shares of it, so that the
 * hottest place has the same colour whether one click or a thousand were there.
 */
export function peak(spots: Spot[], radius: number): number {
  const cells = new Map<string, Spot[]>()
  const name = (x: number, y: number) => `${x} ${y}`
  for (const spot of merged(spots)) {
    const cell = name(Math.floor(spot.x / radius), Math.floor(spot.y / radius))
    const held = cells.get(cell)
    if (held) held.push(spot)
    else cells.set(cell, [spot])
  }
  let most = 0
  for (const [cell, held] of cells) {
    const [column, row] = cell.split(' ').map(Number) as [number, number]
    const near: Spot[] = []
    for (let x = column - 1; x <= column + 1; x++) for (let y = row - 1; y <= row + 1; y++) near.push(...(cells.get(name(x, y)) ?? []))
    for (const spot of held) {
      let warmth = 0
      for (const other of near) warmth += other.weight * fade(Math.hypot(other.x - spot.x, other.y - spot.y) / radius)
      most = Math.max(most, warmth)
    }
  }
  return most
}

/** Warmth of each pixel, 0…255 as a share of `most`: spots are discs that fade to their rim and add up. */
export function densities(spots: Spot[], width: number, height: number, radius: number, most: number): Uint8ClampedArray {
  const disc = discOf(radius)
  const across = radius * 2 + 1
  const sums = new Float32Array(width * height)
  const nearest = new Float32Array(width * height)
  for (const { x, y, weight } of merged(spots)) {
    const fromX = Math.max(0, x - radius)
    const toX = Math.min(width - 1, x + radius)
    const toY = Math.min(height - 1, y + radius)
    for (let row = Math.max(0, y - radius); row <= toY; row++) {
      let from = (row - y + radius) * across + fromX - x + radius
      for (let at = row * width + fromX; at <= row * width + toX; at++, from++) {
        const warmth = disc[from]!
        sums[at]! += weight * warmth
        if (warmth > nearest[at]!) nearest[at] = warmth
      }
    }
  }
  const bytes = new Uint8ClampedArray(width * height)
  for (let at = 0; at < bytes.length; at++) {
    if (nearest[at]! > 0) bytes[at] = 255 * Math.max(sums[at]! / most, nearest[at]! * FAINTEST)
  }
  return bytes
}

const RAMP = ramp()

/** Draws spots as heat: each density gets its colour. Canvas pixels. */
export function drawDensity(canvas: HTMLCanvasElement, spots: Spot[], radius: number, most: number): void {
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context || canvas.width === 0 || canvas.height === 0) return
  const image = context.createImageData(canvas.width, canvas.height)
  const warmth = densities(spots, canvas.width, canvas.height, radius, most)
  for (let at = 0; at < warmth.length; at++) {
    const density = warmth[at]! * 4
    if (density > 0) image.data.set(RAMP.subarray(density, density + 4), at * 4)
  }
  context.putImageData(image, 0, 0)
}

/** Spots of one pixel are one spot. */
function merged(spots: Spot[]): Spot[] {
  const pixels = new Map<string, Spot>()
  for (const spot of spots) {
    const x = Math.round(spot.x)
    const y = Math.round(spot.y)
    const key = `${x} ${y}`
    const held = pixels.get(key)
    if (held) held.weight += spot.weight
    else pixels.set(key, { x, y, weight: spot.weight })
  }
  return [...pixels.values()]
}

function discOf(radius: number): Float32Array {
  const across = radius * 2 + 1
  return Float32Array.from({ length: across * across }, (_, at) =>
    fade(Math.hypot((at % across) - radius, Math.floor(at / across) - radius) / radius),
  )
}
