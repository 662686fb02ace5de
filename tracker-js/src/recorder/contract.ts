/**
 * What the core and the lazily loaded recorder know of each other. The core
 * owns privacy: it has watched the page from the script's first moment on.
 */
import type { eachDocument } from "../observe/frames";
import type { after, guard, undoAll } from "../guard";
import type { Part } from "../parts";
import type { Protection } from "../privacy/protect";
import type { Texts } from "../queue/plain";
import type { Scrubber } from "../privacy/scrub";
import type { Session } from "../session";
import type { Sections } from "../wire";

/** An rrweb event, already scrubbed. */
export interface ReplayEvent {
  /** 0–8, as in rrweb. */
  type: number;
  /** Of an incremental event (3): its source and members, written short. */
  data: unknown;
  /** Unix ms by the browser's clock. */
  timestamp: number;
}

export interface Privacy {
  /** `holding`: changes of the page are not told yet, since they could tell of keys that a protected field takes. Set by the recorder. */
  protection: Protection & { holding?(): boolean };
  scrub: Scrubber;
}

/** What the core has, and its parts need. */
export interface Lent {
  guard: typeof guard;
  after: typeof after;
  undoAll: typeof undoAll;
  eachDocument: typeof eachDocument;
}

/** What the recorder works with. */
export interface Host extends Privacy, Lent {
  /** Takes events in order; the first is a Meta event, the second a full snapshot; custom events (5) define style sheets. */
  hand(event: ReplayEvent): void;
  /**
   * Whether the session holds the style sheet of this id: acknowledged, or on its way in this document. Where not, the
   * recorder emits its definition (wire protocol, section 5) before the first event that names it.
   */
  hasSheet(id: string): boolean;
  /** Marks a stretch of this recording as missing, from `from` (ms since `performance.timeOrigin`) until now. */
  gap(reason: "budget" | "too_large", from: number): void;
  /** Whether nothing is told of pointer and focus where they are on this node; `rests`: of what no pointer does there. */
  unseen(target: Node, rests?: boolean): boolean;
  /** Address of `t.js`: the parts lie beside it. */
  script: string;
  /** Hands over what a part exports, or says that it cannot be had. */
  load<T>(part: Part, use: (exported: T) => void, fail: () => void): void;
  /** Whether the site asked for frames of its canvases. */
  canvas: boolean;
  /** Main-thread ms of a second that the recorder may cost before it pauses; 0: no bound. */
  budget: number;
  /** Kept by the recorder between two runs in one document: the last id it gave to a node. */
  lastId?: number;
  /** Set by the recorder while it runs: tells at once what it has gathered. For the moment before a batch closes. */
  flush?: (() => void) | undefined;
}

/** What the core gives; with what gathers a replay (link/replay.ts) it is the recorder's host. */
export interface Core extends Omit<Host, "hand" | "hasSheet" | "gap"> {
  /** While the recorder runs: compresses batches in a worker, where there can be one; undefined where nothing can. */
  squeeze?: ((texts: Texts) => Promise<Sections | undefined>) | undefined;
  session: Session;
  /** Tells a signal, at `time` (ms since `performance.timeOrigin`). */
  signal(kind: string, members: object, time: number): void;
  /** Closes a batch that these bytes would make too large. */
  room(weight: number): void;
  /** Counts bytes that the next batch is to take along. */
  grow(weight: number): void;
  /** Ends this run of the recorder, and begins another one, with a snapshot. */
  silence(): void;
  resume(): void;
  /** Another object for each run of the recorder; undefined while there is none. */
  wanted?: object | undefined;
  /** Kept by the recorder between two runs in one document: how many frames were lost. */
  losses?: number;
  /** Set by the recorder while it runs: gives the text of the replay section, and what hears whether the batch was taken. */
  replay?: (() => [text: string, settled: (taken: boolean) => void]) | undefined;
}

/** What the recorder's file exports. */
export interface Recorder {
  /** Begins with a snapshot; the returned function undoes everything. */
  start(host: Host): () => void;
}
