import type { Consent } from "../consent";
import type { Undo } from "../guard";
import type { Protection } from "../privacy/protect";
import type { Scrubber } from "../privacy/scrub";
import type { Texts } from "../queue/plain";
import type { Session } from "../session";
import type { Core } from "../recorder/contract";
import type { Sections } from "../wire";

export type Nav = "load" | "reload" | "back" | "spa";

/** One fact, as section 4 of the wire protocol lists them. */
export interface Signal {
  k: string;
  /** Milliseconds since `performance.timeOrigin`, one decimal. */
  t: number;
  [member: string]: unknown;
}

/** An event for the late part: it, its path while it was dispatched, when, and whether the page was out of sight. */
export type Later = [event: Event, path: EventTarget[], time: number, hidden: boolean];

/** What an observer is given. */
export interface Context {
  undo: Undo[];
  consent: Consent;
  session: Session;
  /** Version of the consent wording the site shows. */
  wording: string;
  protection: Protection;
  scrub: Scrubber;
  /** Address of `t.js`: the parts lie beside it. */
  script: string;
  /** The page view that is open: its index within the document, and its path. */
  page: { view: number; path: string };
  /** When the recording began, ms since `performance.timeOrigin`. */
  began: number;
  /** The `view` signal, until the first batch of its page view closes and it says what the page shows. */
  opened: Signal | undefined;
  /** Whether the page is in sight, as far as it has been told. */
  shown: boolean;
  /** What the late part adds to each `view`; what was opened waits for it. */
  details?: object;
  /** The title of the page view that is open, once the late part watches it. */
  title?: string;
  /** What the recorder is given, once the link has come. */
  host?: Core;
  /** Compresses batches; set by the late part. The few before it go as they are. */
  squeeze?: (texts: Texts) => Promise<Sections>;
  emit(kind: string, members: object, time?: number): void;
  /** Says that something has gathered which `collect` will turn into signals. */
  arm(): void;
  /** Called before each batch closes. */
  collect: (() => void)[];
  /** Called when the page is left or hidden; `ends` when the page view is over. */
  leave: ((ends: boolean) => void)[];
  /** The visitor did something: the session lives on, or a new one begins. */
  active(): void;
  /** Begins a page view; `path` only where the site names it. */
  view(nav: Nav, path?: string): void;
}

/** Milliseconds since `performance.timeOrigin`, one decimal. */
export function clock(): number {
  return Math.round(performance.now() * 10) / 10;
}

/** Viewport and document size, CSS px. Reading the latter may lay the page out. */
export function sizes(): { vw: number; vh: number; dw: number; dh: number } {
  const { scrollWidth: dw, scrollHeight: dh } = document.scrollingElement ?? document.documentElement;
  return { vw: innerWidth, vh: innerHeight, dw, dh };
}
