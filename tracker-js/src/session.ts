/**
 * Who speaks: session, document, tab, visitor. The session id is the identity
 * of a visit: it holds its UTC day, ends after 30 minutes without activity in
 * any tab or 24 hours after its start, and is shared by the tabs of a browser.
 * Where storage is blocked everything lives as long as the document.
 */
import { digest, hex, random, unhex } from "./bytes";
import { read, write } from "./storage";
import { HEADER_BYTES } from "./wire";

export const DAY = 864e5;
const IDLE = 18e5;
/** How exactly activity is written down, ms. */
const SAVE_EVERY = 5e3;

export interface Stored {
  /** Visitor id. */
  v: string;
  /** Session id, its start and last activity (Unix ms), the collector's sample rate. */
  s: string;
  b: number;
  l: number;
  r?: number;
  /** Ids of the style sheets that the log has. */
  c?: string[];
  /** The consent that was told: its random number, or its state. */
  p?: string;
}

/** What waits in a tab between two of its pages. */
interface Left {
  /** The tab's id. */
  t: string;
  /** Frames that were not sent, as hexadecimal digits. */
  q: string[];
}

export interface Session {
  /**
   * Session id (16 bytes), document id (16), tab id (8), visitor hash (16; zeros until it is made), as a frame's header
   * has them. Another array for each document; changed in place when the collector refuses the session's day.
   */
  who: Uint8Array<ArrayBuffer>;
  /** Number of the document's last batch. */
  sequence: number;
  /** Whether this document began the session. */
  fresh: boolean;
  /** Clock offset, ms, once a handshake has told it. */
  offset?: number;
  /** The same of `Date.now()`, which is set anew at times and goes on while the machine sleeps. */
  wall?: number;
  /** What the browser keeps of the session. */
  kept(): Stored;
  /** Changes that; tells whether it is kept. */
  keep(change: Partial<Stored>): boolean;
  expired(): boolean;
  touch(): void;
  /** A new session, or the one another tab has begun meanwhile; and a new document. */
  renew(): void;
  /** What the tab's last page could not send. A copy of the tab finds nothing here, not even the tab's id, unless it was made (by `window.open`) before the next page took it. */
  enter(): { laid: Uint8Array<ArrayBuffer> }[];
  /** Leaves the tab to its next page; tells whether the frames are kept for it. */
  leave(frames: Uint8Array[]): boolean;
}

/** Puts the day at the beginning of an id. */
export function date(id: Uint8Array, day: number): Uint8Array {
  id[0] = day >> 8;
  id[1] = day;
  return id;
}

/** `prefix`: name of what the session keeps, and beginning of the tab's. */
export function createSession(prefix: string): Session {
  const place = `${prefix}.tab`;
  let now = {} as Stored;
  let tab = random(8);

  const stored = (): Stored | undefined => read<Stored>("localStorage", prefix) as Stored | undefined;
  const alive = (): boolean => !!unhex(now.s, 16) && Date.now() - now.l < IDLE && Date.now() - now.b < DAY;
  /** What other tabs of the same session have written down meanwhile. */
  const sync = (): void => {
    const other = stored();
    if (other?.s === now.s) now = other;
  };
  const keep = (change: Partial<Stored>): boolean => {
    sync();
    now = { ...now, ...change };
    // A session that is over must not overwrite the one after it.
    return alive() && write("localStorage", prefix, now);
  };
  const session = {
    sequence: 0,
    kept: () => now,
    keep,
    expired() {
      if (!alive()) sync();
      return !alive();
    },
    touch() {
      if (Date.now() - now.l > SAVE_EVERY) keep({ l: Date.now() });
    },
    renew() {
      now = stored() ?? now;
      session.fresh = !alive();
      if (session.fresh) {
        const day = (Date.now() + (session.wall ?? 0)) / DAY;
        now = { v: now.v, s: hex(Uint8Array.of(day >> 8, day, ...random(14))), b: Date.now(), l: Date.now() };
      }
      session.sequence = 0;
      const who = (session.who = random(56));
      who.set(unhex(now.s) as Uint8Array);
      who.set(tab, 32);
      who.fill(0, 40);
      // Without a secure context there is no digest, and no visitor; nor where nothing is kept.
      if (keep({ l: Date.now(), v: now.v || hex(random(16)) })) digest(now.v, (sum) => who.set(sum, 40));
    },
    enter() {
      const left = read<Left>("sessionStorage", place);
      write("sessionStorage", place);
      tab = unhex(left?.t, 8) ?? tab;
      return [...(left?.q ?? [])]
        .map((text) => ({ laid: unhex(text) as Uint8Array<ArrayBuffer> }))
        .filter(({ laid }) => laid?.length > HEADER_BYTES);
    },
    // Documents of a page and of its frames leave theirs one after the other.
    leave: (frames) => write("sessionStorage", place, { t: hex(tab), q: [...(read<Left>("sessionStorage", place)?.q ?? []), ...frames.map(hex)] }),
  } as Partial<Session> as Session;
  return session;
}
