import { addresses, playable } from './playable'
import { FrameLink } from './link'
import type { FrameMessage, RecordedEvent } from './protocol'

export const SPEEDS = [0.5, 1, 2, 4, 8] as const

/** The parent's view of the player in the frame: what it was told, and orders. */
export class Player {
  at = $state(0)
  total = $state(0)
  start = $state(0)
  playing = $state(false)
  loaded = $state(false)
  finished = $state(false)
  skipping = $state(1)
  speed = $state(1)
  skipInactive = $state(true)
  failure = $state('')
  #pages = $state.raw<{ at: number; href: string }[]>([])
  #link: FrameLink | undefined
  #events: RecordedEvent[] = []
  #begin = { at: 0, play: false }

  /** The address of the page shown at this moment. */
  get href(): string {
    return this.#pages.findLast((page) => page.at <= this.at + 1)?.href ?? this.#pages[0]?.href ?? ''
  }

  /** Takes a new frame; what was loaded before is loaded into it. */
  attach(frame: HTMLIFrameElement, origin: string): () => void {
    const link = new FrameLink(frame, origin, (message) => this.#hear(message))
    this.#link = link
    if (this.#events.length > 0) this.#send()
    return () => {
      link.close()
      if (this.#link === link) {
        this.#link = undefined
        this.#begin = { at: this.at, play: this.playing }
        this.loaded = false
        this.playing = false
      }
    }
  }

  /** Loads a recording; answers whether there is anything to play. */
  load(events: RecordedEvent[], at = 0, play = true): boolean {
    this.#events = playable(events)
    this.loaded = false
    this.finished = false
    this.failure = ''
    this.at = at
    this.#begin = { at, play }
    const start = this.#events[0]?.timestamp ?? 0
    this.#pages = addresses(this.#events, start)
    if (this.#events.length < 2) return false
    this.#send()
    return true
  }

  toggle(): void {
    if (!this.loaded) return
    this.finished = false
    this.#link?.send({ type: this.playing ? 'pause' : 'play' })
  }

  seek(at: number): void {
    if (!this.loaded) return
    this.at = Math.min(Math.max(0, at), this.total)
    this.finished = false
    this.#link?.send({ type: 'seek', at: this.at })
  }

  setSpeed(speed: number): void {
    this.speed = speed
    this.#link?.send({ type: 'speed', value: speed })
  }

  /** The next faster or slower speed. */
  stepSpeed(direction: 1 | -1): void {
    const next = SPEEDS[SPEEDS.findIndex((speed) => speed === this.speed) + direction]
    if (next !== undefined) this.setSpeed(next)
  }

  setSkip(on: boolean): void {
    this.skipInactive = on
    this.#link?.send({ type: 'skip', on })
  }

  #send(): void {
    this.#link?.send({
      type: 'load',
      events: this.#events,
      options: { ...this.#begin, speed: this.speed, skipInactive: this.skipInactive },
    })
  }

  #hear(message: FrameMessage): void {
    switch (message.type) {
      case 'loaded':
        this.start = message.start
        this.total = message.total
        this.loaded = true
        return
      case 'time':
        this.at = message.at
        this.playing = message.playing
        return
      case 'finished':
        this.finished = true
        return
      case 'skipping':
        this.skipping = message.speed
        return
      case 'failed':
        this.failure = message.message
    }
  }
}
