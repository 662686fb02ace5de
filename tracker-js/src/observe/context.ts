import type { Config } from "../config";
import type { Consent } from "../consent";
import type { Undo } from "../guard";
import type { select } from "../link/selector";
import type { Batch } from "../queue/batch";
import type { Lent, Privacy } from "../recorder/contract";
import type { Session } from "../session";
import type { Entry, Limits, Transport } from "../transport";
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

/** What the page says by a verb: when, whether it could be recorded then, the verb, and what it was given. */
export type Call = [time: number, allowed: boolean, ...call: unknown[]];

/** What outlives a recording. */
export interface Shared extends Privacy {
  /** Calls that wait for the link. */
  told: Call[];
}

/** One recording, as its parts know it: what they share, and what those that come later put in for the core to call. */
export interface Context extends Shared, Lent, Config, Transport, Batch {
  undo: Undo[];
  consent: Consent;
  session: Session;
  /** The page view that is open: its index within the document, and its path. */
  page: { view: number; path: string };
  /** The document's address when it was opened. In memory only. */
  place: string;
  /** When the recording began, ms since `performance.timeOrigin`. */
  began: number;
  /** The `view` signal, until the first batch of its page view closes and it says what the page shows. */
  opened: Signal | undefined;
  /** Whether the page is in sight, as far as it has been told. */
  shown: boolean;
  /** What the late part adds to each `view`; what was opened waits for it. */
  details?: object;
  /** The title of the page view that is open: set by the link, and by the late part once that watches it. */
  title?: string;
  /** The title that the page shows now, as its marks allow; set by the link. */
  titled?(): string;
  /** Events that wait for the late part. */
  waiting: Later[];
  /** Tells what the page says; set by the link. */
  say?: () => void;
  /** Sees to it that what waits is handled: set by the link, which fetches the late part, and then by that. */
  handle?: () => void;
  /**
   * Tells clicks and errors, and that nothing more is to be told of what happened in a blocked region; set by the link. Gives
   * something where the late part has more to say: of a click, that something should come of it.
   */
  meet?: (later: Later) => unknown;
  /** Whether nothing is told of pointer and focus of an event with this path, nor, with `rests`, of what no pointer does; set by the link. */
  hides?: (path: EventTarget[], rests?: boolean) => boolean;
  /** A selector of the element, and what it names; set by the link. */
  naming?: typeof select;
  /** Fetches the late part; undefined where it cannot be had. Set by the link. */
  late?(): Promise<typeof import("../late/main") | undefined>;
  /** Whether the late part has come. */
  handled?: true;
  /** Compresses batches; set by the late part. */
  squeeze?: (texts: [string, string]) => Promise<Sections>;
  /** Frames that are not settled, in order. */
  queue: Entry[];
  /** Those of the window come with the welcome, before which nothing is sent. */
  limits: Limits;
  /** The frames' flags, but for the last one's. */
  flags: number;
  /** Gives what of a replay the batch takes along; set by the link. */
  replay?(why: number): [text: string, settled: (taken: boolean) => void] | undefined;
  /** Begins the replay anew, with a snapshot; set by the link. */
  resume?(): void;
  /** The connection closes once everything is settled. */
  ending?: boolean;
  /** Nothing is sent any more. */
  over?: boolean;
  emit(kind: string, members: object, time?: number): void;
  /** Called before each batch closes. */
  collect: (() => void)[];
  /** Called when the page is left or hidden; `ends` when the page view is over. */
  leave: ((ends: boolean) => void)[];
  /** The visitor did something: the session lives on, or a new one begins. */
  active(): void;
  /** Begins a page view; `path` only where the site names it. */
  view(nav: Nav, path?: string): void;
  /** The consent that frames would need is gone. */
  revoke(): void;
  /** Ends the recording. `drop`: what was not sent yet is forgotten. */
  stop(drop: boolean): void;
}

/** Milliseconds since `performance.timeOrigin`, one decimal. */
export function clock(): number {
  return Math.round(performance.now() * 10) / 10;
}

/** Viewport and document size, CSS px. Reading the latter may lay the page out. */
export function sizes(): { vw: number; vh: number; dw: number; dh: number } {
  const { scrollWidth: dw, scrollHeight: dh } = document.scrollingElement ?? document.documentElement;
  return { vw: window.innerWidth, vh: window.innerHeight, dw, dh };
}
