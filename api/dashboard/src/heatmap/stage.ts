import { safeReplayer } from '../replay/safe-replayer'
import { META, type DrawnPoint, type Drawing, type FrameMessage, type RecordedEvent } from '../replay/protocol'
import { drawDensity, peak } from './density'
import { boxOf, place, placed, placement } from './place'
import { drawFold, drawReach } from './reach'

/** Radius of a click's warmth in page pixels, and its limits in pixels of the picture. */
const RADIUS = 30
const RADIUS_MIN = 9
const RADIUS_MAX = 28

/**
 * A recorded page with heat over it. The page keeps its recorded viewport (so that 100vh and fixed elements are as
 * they were); the frame's own scroll bar moves through its whole height and the page follows.
 */
export class HeatStage {
  readonly #replayer
  readonly #drawing: Drawing
  readonly #tell: (message: FrameMessage) => void
  readonly #scroller = block('heat-scroller')
  readonly #sizer = block('heat-sizer')
  readonly #stage = block('heat-stage')
  readonly #outline = block('heat-outline')
  readonly #canvas = document.createElement('canvas')
  readonly #observer = new ResizeObserver(() => this.#layout())
  readonly #viewport: { width: number; height: number }
  readonly #timers: number[]
  #scale = 1
  #peak = 1
  #frame = 0
  #selected: string | null = null
  #ended = false

  constructor(root: HTMLElement, events: RecordedEvent[], drawing: Drawing, tell: (message: FrameMessage) => void) {
    this.#drawing = drawing
    this.#tell = tell
    this.#viewport = viewportOf(events)
    this.#scroller.tabIndex = 0
    this.#scroller.setAttribute('role', 'region')
    this.#scroller.setAttribute('aria-label', 'The page with the heatmap over it')
    this.#sizer.append(this.#stage)
    this.#scroller.append(this.#sizer)
    root.append(this.#scroller)
    this.#replayer = safeReplayer(this.#stage, events, { mouseTail: false, insertStyleRules: ['html { scroll-behavior: auto !important }'] })
    this.#stage.append(this.#canvas, this.#outline)
    this.setOpacity(drawing.opacity)
    this.#scroller.addEventListener('scroll', () => this.#soon(), { passive: true })
    // One ms behind the end: the Replayer leaves events of the very moment to a timer, which pausing stops.
    this.#replayer.pause(this.#replayer.getMetaData().totalTime + 1)
    this.#observer.observe(this.#scroller)
    // Styles and pictures come later than the nodes: the layout is settled in steps.
    this.#timers = [60, 300, 1200].map((ms) => window.setTimeout(() => this.#layout(), ms))
  }

  get iframe(): HTMLIFrameElement {
    return this.#replayer.iframe
  }

  setOpacity(value: number): void {
    this.#canvas.style.opacity = String(Math.min(1, Math.max(0, value)))
  }

  highlight(selector: string | null, reveal: boolean): void {
    this.#selected = selector
    const page = this.#page()
    if (selector !== null && reveal && page) {
      const box = boxOf(page, selector)
      if (box) {
        const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
        const middle = (box.y + box.height / 2) * this.#scale - this.#scroller.clientHeight / 2
        this.#scroller.scrollTo({ top: middle, behavior: calm ? 'auto' : 'smooth' })
      }
    }
    this.#soon()
  }

  points(): DrawnPoint[] {
    const page = this.#page()
    return page ? place(page, this.#drawing) : []
  }

  destroy(): void {
    this.#ended = true
    for (const timer of this.#timers) window.clearTimeout(timer)
    this.#observer.disconnect()
    this.#replayer.destroy()
    this.#scroller.remove()
  }

  #page(): Window | null {
    return this.#replayer.iframe.contentWindow
  }

  #pageHeight(): number {
    const root = this.#replayer.iframe.contentDocument?.documentElement
    return Math.max(root?.scrollHeight ?? 0, this.#viewport.height)
  }

  #layout(): void {
    if (this.#ended) return
    const { width, height } = this.#viewport
    const room = this.#scroller.clientWidth
    if (room === 0) return // not shown at the moment
    this.#scale = Math.min(1, room / width)
    const scaled = { width: width * this.#scale, height: height * this.#scale }
    this.#replayer.wrapper.style.transform = `scale(${this.#scale})`
    this.#stage.style.cssText = `width:${scaled.width}px;height:${scaled.height}px;margin:0 auto`
    const slack = Math.max(0, this.#scroller.clientHeight - scaled.height)
    this.#sizer.style.height = `${this.#pageHeight() * this.#scale + slack}px`
    const ratio = window.devicePixelRatio || 1
    this.#canvas.width = Math.round(scaled.width * ratio)
    this.#canvas.height = Math.round(scaled.height * ratio)
    this.#canvas.style.width = `${scaled.width}px`
    this.#canvas.style.height = `${scaled.height}px`
    const points = this.points()
    this.#peak = peak(placed(points), this.#radius() / this.#scale)
    this.#draw()
    this.#tell({
      type: 'drawn',
      width,
      height: this.#pageHeight(),
      viewport: height,
      scale: this.#scale,
      placed: placement(points, this.#drawing.kind),
    })
  }

  #radius(): number {
    return Math.min(RADIUS_MAX, Math.max(RADIUS_MIN, RADIUS * this.#scale))
  }

  #soon(): void {
    if (this.#frame !== 0) return
    this.#frame = window.requestAnimationFrame(() => {
      this.#frame = 0
      if (!this.#ended) this.#draw()
    })
  }

  #draw(): void {
    const page = this.#page()
    if (!page) return
    page.scrollTo(0, this.#scroller.scrollTop / this.#scale)
    const ratio = window.devicePixelRatio || 1
    const view = { scrollY: page.scrollY, scale: this.#scale, ...this.#viewport, ratio }
    if (this.#drawing.kind === 'scroll') {
      drawReach(this.#canvas, this.#drawing.scroll, view)
    } else {
      const factor = this.#scale * ratio
      const spots = placed(this.points()).map((p) => ({ x: (p.x - page.scrollX) * factor, y: (p.y - page.scrollY) * factor, weight: p.weight }))
      const radius = Math.round(this.#radius() * ratio)
      drawDensity(this.#canvas, spots, radius, this.#peak)
    }
    if (this.#drawing.fold !== null) drawFold(this.#canvas, this.#drawing.fold, view)
    this.#drawOutline(page)
  }

  #drawOutline(page: Window): void {
    const box = this.#selected === null ? null : boxOf(page, this.#selected)
    this.#outline.style.display = box ? 'block' : 'none'
    if (!box) return
    this.#outline.style.left = `${(box.x - page.scrollX) * this.#scale - 3}px`
    this.#outline.style.top = `${(box.y - page.scrollY) * this.#scale - 3}px`
    this.#outline.style.width = `${box.width * this.#scale + 6}px`
    this.#outline.style.height = `${box.height * this.#scale + 6}px`
  }
}

function block(className: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  return element
}

function viewportOf(events: RecordedEvent[]): { width: number; height: number } {
  const meta = events.find((event) => event.type === META)?.data as { width?: unknown; height?: unknown } | undefined
  const size = (value: unknown, fallback: number) => (typeof value === 'number' && value > 0 ? Math.min(value, 20_000) : fallback)
  return { width: size(meta?.width, 1280), height: size(meta?.height, 800) }
}
