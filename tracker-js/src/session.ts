/**
 * Who speaks: session, document, tab, visitor. The session id is the identity
 * of a visit: it holds its UTC day, ends after 30 minutes without activity or
 * 24 hours after its start, and is shared by the tabs of a browser. Where
 * storage is blocked everything lives as long as the document.
 */
import { hex, random, unhex } from "./bytes";
import { read, write } from "./storage";

const DAY = 864e5;
const IDLE = 18e5;
/** How often activity is written down, ms. */
const SAVE_EVERY = 5e3;

interface Stored {
  /** Visitor id and its hash. */
  v: string;
  h: string;
  /** Session id, start, last activity (Unix ms), the collector's sample rate. */
  s: string;
  b: number;
  l: number;
  r: number;
}

export interface Session {
  /** Changed in place when the collector refuses its day. */
  id: Uint8Array<ArrayBuffer>;
  document: Uint8Array;
  tab: Uint8Array;
  /** Zeros until its digest is made. */
  visitor: Uint8Array;
  /** The collector's sample rate, once known in this session. */
  rate: number | undefined;
  /** Whether this document began the session. */
  fresh: boolean;
  expired(): boolean;
  touch(): void;
  /** A new session, or the one another tab has begun meanwhile; and a new document. */
  renew(): void;
  /** A new id on the day that the collector names. */
  move(day: number): void;
  setRate(rate: number): void;
  /** Deletes every identifier from the browser. */
  forget(): void;
}

export function dayOf(unixMs: number): number {
  return Math.floor(unixMs / DAY);
}

/** A number 0…1 that is the same in every document of the session. */
export function lot(id: Uint8Array<ArrayBuffer>): number {
  return new DataView(id.buffer).getUint32(12) / 2 ** 32;
}

export function createSession(site: string, offset: () => number): Session {
  const key = `hindsight.${site}`;
  const tabKey = `${key}.tab`;
  let begin = 0;
  let last = 0;
  let saved = 0;
  let visitorId: string | undefined;

  const alive = (b = 0, l = 0): boolean => {
    const now = Date.now();
    // A time in the future comes from a clock that was set back.
    return b <= now + DAY && now - l < IDLE && now - b < DAY;
  };

  const save = (): boolean => {
    saved = last;
    const entry: Stored = {
      v: visitorId as string,
      h: hex(session.visitor),
      s: hex(session.id),
      b: begin,
      l: last,
      r: session.rate as number,
    };
    return write("localStorage", key, entry);
  };

  const make = (day: number): Uint8Array<ArrayBuffer> => {
    const id = random(16);
    new DataView(id.buffer).setUint16(0, day);
    return id;
  };

  const session: Session = {
    id: new Uint8Array(16),
    document: new Uint8Array(16),
    tab: unhex(read<{ t: string }>("sessionStorage", tabKey)?.t, 8) ?? random(8),
    visitor: new Uint8Array(16),
    rate: undefined,
    fresh: false,
    expired: () => !alive(begin, last),
    touch() {
      last = Date.now();
      if (last - saved > SAVE_EVERY) save();
    },
    renew() {
      const old = read<Stored>("localStorage", key);
      const id = unhex(old?.s, 16);
      const now = Date.now();
      session.fresh = !id || !alive(old?.b, old?.l);
      if (session.fresh) {
        session.id = make(dayOf(now + offset()));
        begin = now;
        session.rate = undefined;
      } else {
        session.id = id as Uint8Array<ArrayBuffer>;
        begin = old?.b as number;
        session.rate = old?.r;
      }
      session.document = random(16);
      last = now;
      visitorId = old?.v;
      visitorId ??= hex(random(16));
      const hash = unhex(old?.h, 16);
      const target = (session.visitor = hash ?? new Uint8Array(16));
      // Without a secure context there is no digest, and no visitor; nor where nothing is kept.
      if (save() && !target.some(Boolean) && crypto.subtle) {
        const ascii = new TextEncoder().encode(visitorId);
        void crypto.subtle.digest("SHA-256", ascii).then((sum) => {
          target.set(new Uint8Array(sum, 0, 16));
          if (visitorId) save();
        });
      }
      write("sessionStorage", tabKey, { t: hex(session.tab) });
    },
    move(day) {
      session.id.set(make(day));
      begin = Date.now();
      save();
    },
    setRate(rate) {
      session.rate = rate;
      save();
    },
    forget() {
      visitorId = undefined;
      session.visitor = new Uint8Array(16);
      write("localStorage", key, undefined);
      write("sessionStorage", tabKey, undefined);
    },
  };
  return session;
}
