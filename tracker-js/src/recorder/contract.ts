/**
 * What the core and the lazily loaded recorder know of each other. The core
 * owns privacy: it has watched the page from the script's first moment on.
 */
import type { Protection } from "../privacy/protect";
import type { Scrubber } from "../privacy/scrub";

/** An rrweb event, already scrubbed. */
export interface ReplayEvent {
  /** 0–8, as in rrweb. */
  type: number;
  data: unknown;
  /** Unix ms by the browser's clock. */
  timestamp: number;
}

export interface Privacy {
  protection: Protection;
  scrub: Scrubber;
}

/** Takes events in order; the first is a Meta event, the second a full snapshot. */
export type Sink = (event: ReplayEvent) => void;

/** What the recorder's file exports. */
export interface Recorder {
  /** Begins with a snapshot; gives the function that stops it and restores what it wrapped. */
  start(sink: Sink, privacy: Privacy): () => void;
}
