import { ramp } from './palette'

export type Spot = { x: number; y: number; weight: number }

/** How much heat the hottest place holds: spots closer than a radius add up. The scale of a picture hangs on it. */
export function peak(spots: Spot[], radius: number): number {
  const cells = new Map<string, number>()
  let most = 0
  for (const spot of spots) {
    const cell = `${Math.round(spot.x / radius)} ${Math.round(spot.y / radius)}`
    const sum = (cells.get(cell) ?? 0) + spot.weight
    cells.set(cell, sum)
    most = Math.max(most, sum)
  }
  return most
}

const RAMP = ramp()

/** Draws spots as heat: blurred discs that add up, then each density gets its colour. Canvas pixels. */
export function drawDensity(canvas: HTMLCanvasElement, spots: Spot[], radius: number, most: number): void {
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context || canvas.width === 0 || canvas.height === 0) return
  context.clearRect(0, 0, canvas.width, canvas.height)
  const disc = blurredDisc(radius)
  for (const spot of spots) {
    if (spot.y < -radius || spot.y > canvas.height + radius || spot.x < -radius || spot.x > canvas.width + radius) continue
    // A single click on a busy page must still be seen: nothing is fainter than a tenth of the hottest.
    context.globalAlpha = Math.min(1, Math.max(0.1, spot.weight / most))
    context.drawImage(disc, spot.x - radius, spot.y - radius)
  }
  context.globalAlpha = 1
  const image = context.getImageData(0, 0, canvas.width, canvas.height)
  const bytes = image.data
  for (let i = 0; i < bytes.length; i += 4) {
    const density = bytes[i + 3]! * 4
    if (density === 0) continue
    bytes[i] = RAMP[density]!
    bytes[i + 1] = RAMP[density + 1]!
    bytes[i + 2] = RAMP[density + 2]!
    bytes[i + 3] = RAMP[density + 3]!
  }
  context.putImageData(image, 0, 0)
}

function blurredDisc(radius: number): HTMLCanvasElement {
  const disc = document.createElement('canvas')
  disc.width = disc.height = radius * 2
  const context = disc.getContext('2d')
  if (!context) return disc
  const fade = context.createRadialGradient(radius, radius, 0, radius, radius, radius)
  fade.addColorStop(0, 'rgb(0 0 0 / 0.9)')
  fade.addColorStop(0.5, 'rgb(0 0 0 / 0.36)')
  fade.addColorStop(1, 'rgb(0 0 0 / 0)')
  context.fillStyle = fade
  context.fillRect(0, 0, radius * 2, radius * 2)
  return disc
}
