import { FrameLink } from '../replay/link'
import { META, type Drawing, type FrameMessage, type Placement, type RecordedEvent } from '../replay/protocol'
import type { Heatmap } from '../lib/types'
import { blankPage } from './blank'

/** The parent's view of the heatmap in the frame. */
export class HeatView {
  opacity = $state(0.8)
  drawn = $state.raw<{ width: number; height: number; viewport: number; scale: number; placed: Placement } | undefined>(undefined)
  failure = $state('')
  blank = $state(false)
  #link: FrameLink | undefined
  #shown: { events: RecordedEvent[]; drawing: Omit<Drawing, 'opacity'> } | undefined

  attach(frame: HTMLIFrameElement, origin: string): () => void {
    const link = new FrameLink(frame, origin, (message) => this.#hear(message))
    this.#link = link
    this.#send()
    return () => {
      link.close()
      if (this.#link === link) this.#link = undefined
    }
  }

  /** Shows a heatmap over its recorded page, or over a blank page where there is none. */
  show(heat: Heatmap, snapshot: RecordedEvent[] | undefined): void {
    const usable = snapshot !== undefined && snapshot.length >= 2 && snapshot.some((event) => event.type === META)
    this.blank = !usable
    this.drawn = undefined
    this.failure = ''
    const { kind, points, elements, scroll } = heat
    this.#shown = {
      events: usable ? snapshot : blankPage(blankWidth(heat), lowest(heat)),
      drawing: { kind, points, elements, scroll, fold: heat.fold ?? null },
    }
    this.#send()
  }

  setOpacity(value: number): void {
    this.opacity = value
    this.#link?.send({ type: 'opacity', value })
  }

  highlight(selector: string | null, reveal = false): void {
    this.#link?.send({ type: 'highlight', selector, reveal })
  }

  #send(): void {
    if (!this.#shown) return
    const { events, drawing } = this.#shown
    this.#link?.send({ type: 'heat', events: $state.snapshot(events), drawing: { ...drawing, opacity: this.opacity } })
  }

  #hear(message: FrameMessage): void {
    if (message.type === 'drawn') {
      const { width, height, viewport, scale, placed } = message
      this.drawn = { width, height, viewport, scale, placed }
    } else if (message.type === 'failed') {
      this.failure = message.message
    }
  }
}

/** The middle of the band stands for the widths in it. */
function blankWidth({ band }: Heatmap): number {
  if (band.max === null) return Math.max(1440, band.min)
  return Math.max(320, Math.round((band.min + band.max) / 2))
}

function lowest(heat: Heatmap): number {
  const points = heat.points.reduce((most, point) => Math.max(most, point.y), 0)
  const bands = heat.scroll[heat.scroll.length - 1]?.to ?? 0
  return Math.min(20_000, Math.max(800, points + 100, bands + 100))
}
