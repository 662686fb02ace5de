/**
 * Keeps frames until they are acknowledged or refused. What brings them to the
 * collector (link/main.ts) is fetched when the recording begins; when the page
 * goes they go by beacon, and what then is left waits in the tab for its next
 * page. See sections 1 and 7 of the wire protocol.
 */
import type { Config } from "./config";
import type { Consent } from "./consent";
import type { Link } from "./link/main";
import type { Context } from "./observe/context";
import { load } from "./parts";
import type { Batch } from "./queue/batch";
import type { Session } from "./session";
import { stamp } from "./wire";

interface Limits {
  max_unacked: number;
  max_unacked_bytes: number;
  flush_ms: number;
  flush_bytes: number;
}

type Frame = Uint8Array<ArrayBuffer>;

/** A batch on its way: first compressed, then sent, then settled. */
export interface Entry {
  laid?: Frame;
  /** Characters it holds, for bounding memory. */
  size?: number;
  /** Number on the present connection; 0 or none: not sent. */
  n?: number;
  /** Lays the frame out at once, uncompressed, where it is not laid out yet. */
  seal?(): void;
  /** The log has it, or it is lost for good. */
  settled?(taken: boolean): void;
  /** Given to a beacon: probably delivered, but nobody says so. */
  beaconed?: boolean;
}

/** What the link is given. */
export interface Outbox {
  queue: Entry[];
  /** Those of the window come with the welcome, before which nothing is sent. */
  limits: Limits;
  session: Session;
  /** Address of `t.js`: the parts lie beside it. */
  script: string;
  /** Address of one of the collector's endpoints. */
  address(path: string): string;
  consent: Consent;
  /** Share of sessions that send replays, as the tag says. */
  share: number;
  context: Context;
  batch: Batch;
  /** The consent that frames would need is gone. */
  revoke(): void;
  /** Closes once everything is settled. */
  ending?: boolean;
  /** Nothing is sent any more. */
  over?: boolean;
  end(): void;
}

export interface Transport {
  limits: Limits;
  /** Bytes that wait, as far as is known. */
  waiting(): number;
  enqueue(entry: Entry): void;
  /** Has the link fetched. */
  start(context: Context, batch: Batch): void;
  /** Looks whether something can be sent. */
  pump(): void;
  /** The page may be gone a moment later; `last`: it will. */
  unload(last: boolean): void;
  /** Takes what the tab kept: a page begins, or comes back. */
  enter(): void;
  /** Sends what waits, then closes. */
  finish(): void;
  /** Closes at once and forgets what waits. */
  abandon(): void;
}

/** Beacons share 64 KiB with everything else the page sends in its last moments. */
const MAX_BEACON = 48e3;
/** Bytes kept for the next page; as text they fill a fifth of what browsers allow. */
const MAX_TAIL = 5e5;

/** Frames one after the other, with the time of now. A plain type needs no preflight. */
export function body(entries: Entry[]): Blob {
  return new Blob(entries.map((e) => stamp(e.laid as Frame)), { type: "text/plain" });
}

export function createTransport(
  { server, site, script, share }: Config,
  consent: Consent,
  session: Session,
  revoke: () => void,
): Transport {
  /** Undefined until the link has come. */
  let link: ReturnType<Link["start"]> | undefined;
  let asked = false;
  const box = {
    queue: [],
    limits: { flush_ms: 2e3, flush_bytes: 16384 } as Limits,
    consent,
    session,
    script,
    share,
    revoke,
    address: (path) => `${server}/v1/${path}?site=${encodeURIComponent(site)}`,
    end() {
      box.over = true;
      box.queue = [];
      link?.();
    },
  } as Partial<Outbox> as Outbox;
  const pump = (): void => {
    if (link) link();
    else if (!asked)
      load<Link>(
        script,
        "link",
        (part) => {
          if (!box.over) link = part.start(box);
        },
        // The next batch tries again.
        () => (asked = false),
      );
    asked = true;
  };

  return {
    limits: box.limits,
    waiting: () => box.queue.reduce((sum, e) => sum + (e.laid?.length ?? (e.size as number)), 0),
    start(context, batch) {
      box.context = context;
      box.batch = batch;
      pump();
    },
    pump,
    enqueue(entry) {
      if (!box.over) box.queue.push(entry);
    },
    enter() {
      box.queue.unshift(...session.enter().map((laid) => ({ laid })));
    },
    unload(last) {
      for (const e of box.queue) e.seal?.();
      pump();
      // The newest are the least likely to be under way already.
      let room = MAX_BEACON;
      const tail: Entry[] = [];
      for (const e of [...box.queue].reverse()) {
        const { length } = e.laid as Frame;
        if (e.beaconed || length > room) continue;
        room -= length;
        tail.unshift(e);
      }
      // What an earlier beacon has taken of the room is not told: fewer are tried, the newest last.
      while (tail.length && !navigator.sendBeacon(box.address("batch"), body(tail))) tail.shift();
      for (const e of tail) e.beaconed = true;
      if (!last) return;
      let bytes = MAX_TAIL;
      const kept = box.queue.filter((e) => !e.beaconed && (bytes -= (e.laid as Frame).length) >= 0);
      if (session.leave(kept.map((e) => e.laid as Frame))) box.queue = box.queue.filter((e) => !kept.includes(e));
      link?.(true);
    },
    finish() {
      box.ending = true;
      pump();
    },
    abandon: box.end,
  };
}
