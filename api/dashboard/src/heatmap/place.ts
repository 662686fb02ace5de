import type { HeatKind } from '../lib/types'
import type { DrawnPoint, Drawing, Placement } from '../replay/protocol'
import { locate, pageBox, type Box } from './locate'

/**
 * Puts every point where its element stands in the shown page (selector and fraction of the box); where the element
 * is absent or has no box, at its page coordinates. Coordinates from another width band belong to another layout: such
 * a point without its element stays unplaced.
 */
export function place(page: Window, drawing: Pick<Drawing, 'points' | 'elements'>): DrawnPoint[] {
  const boxes = drawing.elements.map((element) => boxOf(page, element.selector))
  return drawing.points.map((point) => {
    const index = point.element ?? -1
    const box = boxes[index] ?? null
    const selector = drawing.elements[index]?.selector ?? null
    if (box && point.fx !== undefined && point.fy !== undefined) {
      const x = box.x + point.fx * box.width
      const y = box.y + point.fy * box.height
      return { x, y, weight: point.weight, selector, by: 'element', rect: box }
    }
    const by = point.other_band ? 'none' : 'coordinates'
    return { x: point.x, y: point.y, weight: point.weight, selector, by, rect: box }
  })
}

export function boxOf(page: Window, selector: string): Box | null {
  const element = locate(page.document, selector)
  if (!element) return null
  const box = pageBox(element, page)
  return box.width > 0 && box.height > 0 ? box : null
}

/** What found which place: clicks one by one (equal ones come merged, with their number as weight), movement by cell. */
export function placement(points: DrawnPoint[], kind: HeatKind): Placement {
  const counts: Placement = { element: 0, coordinates: 0, none: 0 }
  for (const point of points) counts[point.by] += kind === 'click' ? point.weight : 1
  return counts
}

/** The points that have a place in the picture. */
export function placed(points: DrawnPoint[]): DrawnPoint[] {
  return points.filter((point) => point.by !== 'none')
}
