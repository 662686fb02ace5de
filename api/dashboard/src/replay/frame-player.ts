import { ReplayerEvents } from '@rrweb/types'
import { safeReplayer } from './safe-replayer'
import { FULL_SNAPSHOT, type FrameMessage, type PlayOptions, type RecordedEvent } from './protocol'

/** How often the parent hears the time while playing, ms. */
const TICK = 100

/** Plays a recording, scaled to fit the frame. */
export class FramePlayer {
  readonly #replayer
  readonly #tell: (message: FrameMessage) => void
  readonly #fit: HTMLElement
  readonly #resize: ResizeObserver
  readonly #total: number
  /** Where the first picture is, ms: before it the Replayer would go on showing what it showed. */
  readonly #first: number
  #playing = false
  #timer: number | undefined
  #size = { width: 1, height: 1 }

  constructor(
    root: HTMLElement,
    events: RecordedEvent[],
    options: PlayOptions,
    tell: (message: FrameMessage) => void,
  ) {
    this.#tell = tell
    this.#fit = document.createElement('div')
    this.#fit.className = 'fit'
    root.append(this.#fit)
    this.#replayer = safeReplayer(this.#fit, events, {
      speed: options.speed,
      skipInactive: options.skipInactive,
      mouseTail: { duration: 600, strokeStyle: '#0f766e', lineWidth: 2 },
    })
    const { startTime, totalTime } = this.#replayer.getMetaData()
    this.#total = totalTime
    this.#first = (events.find((event) => event.type === FULL_SNAPSHOT)?.timestamp ?? startTime) - startTime + 1
    this.#replayer.on(ReplayerEvents.Resize, (size) => this.#resized(size as { width: number; height: number }))
    this.#replayer.on(ReplayerEvents.Finish, () => this.#finished())
    this.#replayer.on(ReplayerEvents.SkipStart, (skip) =>
      tell({ type: 'skipping', speed: (skip as { speed: number }).speed }),
    )
    this.#replayer.on(ReplayerEvents.SkipEnd, () => tell({ type: 'skipping', speed: 1 }))
    this.#resize = new ResizeObserver(() => this.#scale())
    this.#resize.observe(this.#fit)
    tell({ type: 'loaded', start: startTime, total: totalTime })
    if (options.play) this.play(options.at)
    else this.seek(options.at)
  }

  get iframe(): HTMLIFrameElement {
    return this.#replayer.iframe
  }

  play(at = this.#now()): void {
    this.#replayer.play(at >= this.#total ? 0 : at)
    this.#playing = true
    this.#report()
    window.clearInterval(this.#timer)
    this.#timer = window.setInterval(() => this.#report(), TICK)
  }

  pause(): void {
    if (this.#playing) this.#replayer.pause()
    this.#halt()
  }

  seek(at: number): void {
    const to = Math.min(Math.max(0, at), this.#total)
    if (this.#playing && to < this.#total) return this.play(to)
    this.#replayer.pause(Math.max(to, this.#first))
    this.#halt(to)
  }

  setSpeed(speed: number): void {
    this.#replayer.setConfig({ speed })
  }

  setSkip(skipInactive: boolean): void {
    this.#replayer.setConfig({ skipInactive })
  }

  destroy(): void {
    window.clearInterval(this.#timer)
    this.#resize.disconnect()
    this.#replayer.destroy()
    this.#fit.remove()
  }

  #now(): number {
    return Math.min(Math.max(0, this.#replayer.getCurrentTime()), this.#total)
  }

  #report(at = this.#now()): void {
    this.#tell({ type: 'time', at, playing: this.#playing })
  }

  #halt(at?: number): void {
    this.#playing = false
    window.clearInterval(this.#timer)
    this.#report(at)
  }

  #finished(): void {
    if (!this.#playing) return
    this.#halt(this.#total)
    this.#tell({ type: 'finished' })
  }

  #resized(size: { width: number; height: number }): void {
    this.#size = { width: Math.max(1, size.width), height: Math.max(1, size.height) }
    this.#scale()
  }

  #scale(): void {
    const { width, height } = this.#size
    const box = this.#fit.getBoundingClientRect()
    const scale = Math.min(box.width / width, box.height / height)
    const left = (box.width - width * scale) / 2
    const top = (box.height - height * scale) / 2
    this.#replayer.wrapper.style.transform = `translate(${left}px, ${top}px) scale(${scale})`
  }
}
