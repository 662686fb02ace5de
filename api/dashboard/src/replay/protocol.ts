/**
 * What the dashboard (the parent) and the replay frame say to each other by postMessage. The frame is served from
 * another origin: recorded data is untrusted, and whatever it might do there it finds no cookie and no API.
 *
 * Both sides name the other's origin when they send and check it, and the window, when they receive. The frame learns
 * its parent's origin from its own address (`#parent=ORIGIN`); that only that parent may embed it is the server's
 * `frame-ancestors`.
 */
import type { HeatPoint, HeatElement, ScrollBand, HeatKind } from '../lib/types'

/** An event of a recording, in rrweb's format. Only what is looked at here is named; the Replayer reads the rest. */
export type RecordedEvent = { type: number; timestamp: number; data?: unknown }

export const META = 4
export const FULL_SNAPSHOT = 2

export type PlayOptions = { speed: number; skipInactive: boolean; at: number; play: boolean }

/** What to draw over a snapshot. Coordinates are CSS pixels of the page. */
export type Drawing = {
  kind: HeatKind
  points: HeatPoint[]
  elements: HeatElement[]
  scroll: ScrollBand[]
  fold: number | null
  opacity: number
}

export type ParentMessage =
  /** Plays a recording from its beginning, or from `at` ms. Replaces what was shown. */
  | { type: 'load'; events: RecordedEvent[]; options: PlayOptions }
  | { type: 'play'; at?: number }
  | { type: 'pause' }
  /** Goes to `at` ms and keeps playing or pausing. */
  | { type: 'seek'; at: number }
  | { type: 'speed'; value: number }
  | { type: 'skip'; on: boolean }
  /** Shows a snapshot (Meta and full-snapshot event, and its later parts) with a drawing over it. Replaces what was shown. */
  | { type: 'heat'; events: RecordedEvent[]; drawing: Drawing }
  | { type: 'opacity'; value: number }
  /** Outlines an element of the shown page, or none; `reveal` scrolls to it. */
  | { type: 'highlight'; selector: string | null; reveal: boolean }
  /** Asks for the rebuilt document as text; answered by `dom`. */
  | { type: 'dom'; id?: number }
  /** Asks where the heat points were drawn; answered by `points`. */
  | { type: 'points'; id?: number }

export type DrawnPoint = {
  /** Page coordinates in the shown document. */
  x: number
  y: number
  weight: number
  selector: string | null
  by: 'element' | 'coordinates' | 'none'
  /** The element's box in page coordinates, where it exists. */
  rect: { x: number; y: number; width: number; height: number } | null
}

/** How many clicks, or cells of movement, found which place. */
export type Placement = Record<DrawnPoint['by'], number>

export type FrameMessage =
  | { type: 'ready'; version: number }
  /** A recording can be played: when it begins (Unix ms) and how long it is (ms). */
  | { type: 'loaded'; start: number; total: number }
  | { type: 'time'; at: number; playing: boolean }
  | { type: 'finished' }
  /** Inactivity is being skipped at this many times the speed; 1 when it ends. */
  | { type: 'skipping'; speed: number }
  /** The heatmap is drawn: size of the page, scale of the picture, how the points were placed. */
  | { type: 'drawn'; width: number; height: number; viewport: number; scale: number; placed: Placement }
  | { type: 'failed'; message: string }
  | { type: 'dom'; id?: number; html: string; width: number; height: number }
  | { type: 'points'; id?: number; points: DrawnPoint[] }

/** Raised when a message changes its meaning, so that a cached half of another version is noticed. */
export const PROTOCOL = 1

const PARENT_TYPES = new Set<string>([
  'load', 'play', 'pause', 'seek', 'speed', 'skip', 'heat', 'opacity', 'highlight', 'dom', 'points',
] satisfies ParentMessage['type'][])
const FRAME_TYPES = new Set<string>([
  'ready', 'loaded', 'time', 'finished', 'skipping', 'drawn', 'failed', 'dom', 'points',
] satisfies FrameMessage['type'][])

export function isParentMessage(data: unknown): data is ParentMessage {
  return PARENT_TYPES.has(typeOf(data))
}

export function isFrameMessage(data: unknown): data is FrameMessage {
  return FRAME_TYPES.has(typeOf(data))
}

function typeOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  const type = (data as { type?: unknown }).type
  return typeof type === 'string' ? type : ''
}
