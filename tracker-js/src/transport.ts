/**
 * Keeps frames until they are acknowledged or refused. What brings them to the
 * collector (link/main.ts) is fetched when the recording begins; when the page
 * goes they go by beacon, and what then is left waits in the tab for its next
 * page. See sections 1 and 7 of the wire protocol.
 */
import type { Link } from "./link/main";
import type { Context } from "./observe/context";
import { load } from "./parts";
import type { Texts } from "./queue/plain";
import { type Sections, stamp } from "./wire";

export interface Limits {
  max_unacked: number;
  max_unacked_bytes: number;
  flush_ms: number;
  flush_bytes: number;
}

type Frame = Uint8Array<ArrayBuffer>;

/** A batch on its way: first compressed, then sent, then settled. */
export interface Entry {
  laid?: Frame;
  /** What it is made of; none where an earlier page has left it. */
  written?: Texts;
  /** It is being compressed. */
  pressed?: boolean;
  /** Number on the present connection; 0 or none: not sent. */
  n?: number;
  /** Lays the frame out where it is not laid out yet: of these sections, or uncompressed. */
  seal?(sections?: Sections): Frame;
  /** The log has it, or it is lost for good. */
  settled?: ((taken: boolean) => void) | undefined;
  /** Given to a beacon: probably delivered, but nobody says so. So the tab's next page sends it again. */
  beaconed?: boolean;
}

export interface Transport {
  /** Address of one of the collector's endpoints. */
  address(path: string): string;
  /** Looks whether something can be sent. */
  pump(): void;
  /** The page may be gone a moment later; `last`: it will. */
  unload(last: boolean): void;
  /** Takes what the tab kept: a page begins, or comes back. */
  enter(): void;
  /** Closes at once and forgets what waits. */
  end(): void;
}

/** Beacons share 64 KiB with everything else the page sends in its last moments. */
const MAX_BEACON = 48e3;
/** Bytes kept for the next page; as text they fill a fifth of what browsers allow. */
const MAX_TAIL = 5e5;

/** Frames one after the other, with the time of now. A plain type needs no preflight. */
export function body(entries: Entry[]): Blob {
  return new Blob(entries.map((e) => stamp(e.laid as Frame)), { type: "text/plain" });
}

export function createTransport(ctx: Context): Transport {
  const { server, session, site } = ctx;
  /** Undefined until the link has come. */
  let link: ReturnType<Link["start"]> | undefined;
  let asked: unknown;
  const address = (path: string): string => `${server}/v1/${path}?site=${encodeURIComponent(site)}`;
  const pump = (): void => {
    if (link) link();
    else
      asked ||= load<Link>(
        ctx.script,
        "link",
        (part) => {
          if (!ctx.over) link = part.start(ctx);
        },
        // The next batch tries again.
        () => (asked = 0),
      );
  };
  /** As many frames as there is room for, bytes. */
  const fitting = (queue: Entry[], room: number): Entry[] =>
    queue.filter((e) => room > (e.laid as Frame).length && (room -= (e.laid as Frame).length));

  return {
    address,
    pump,
    enter() {
      ctx.queue.unshift(...session.enter());
    },
    unload(last) {
      for (const e of ctx.queue) e.seal?.();
      pump();
      // The newest are the least likely to be under way already.
      const tail = fitting(ctx.queue.filter((e) => !e.beaconed).reverse(), MAX_BEACON).reverse();
      // What an earlier beacon has taken of the room is not told: fewer are tried, the newest last.
      while (tail.length && !navigator.sendBeacon?.(address("batch"), body(tail))) tail.shift();
      for (const e of tail) e.beaconed = true;
      if (!last) return;
      const kept = fitting(ctx.queue, MAX_TAIL);
      if (session.leave(kept.map((e) => e.laid as Frame))) ctx.queue = ctx.queue.filter((e) => !kept.includes(e));
      link?.(true);
    },
    end() {
      ctx.over = true;
      ctx.queue = [];
      link?.();
    },
  };
}
