/**
 * Who speaks: session, document, tab, visitor. The session id is the identity
 * of a visit: it holds its UTC day, ends after 30 minutes without activity or
 * 24 hours after its start, and is shared by the tabs of a browser. Where
 * storage is blocked everything lives as long as the document.
 */
import { digest, hex, random, unhex } from "./bytes";
import { read, write } from "./storage";

const DAY = 864e5;
const IDLE = 18e5;
/** How often activity is written down, ms. */
const SAVE_EVERY = 5e3;

interface Stored {
  /** Visitor id. */
  v: string;
  /** Session id, its start and last activity (Unix ms), the collector's sample rate. */
  s: string;
  b: number;
  l: number;
  r: number | undefined;
}

export interface Session {
  /** Changed in place when the collector refuses its day. */
  id: Uint8Array<ArrayBuffer>;
  doc: Uint8Array;
  tab: Uint8Array;
  /** Zeros until its digest is made. */
  visitor: Uint8Array;
  /** Whether this document began the session. */
  fresh: boolean;
  /** The collector's sample rate, once known in this session. */
  rate(): number | undefined;
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

/** A number 0…1 that is the same in every document of the session. */
export function lot(id: Uint8Array<ArrayBuffer>): number {
  return new DataView(id.buffer).getUint32(12) / 2 ** 32;
}

function make(day: number): Uint8Array<ArrayBuffer> {
  const id = random(16);
  new DataView(id.buffer).setUint16(0, day);
  return id;
}

export function createSession(site: string, clockOffset: () => number | undefined): Session {
  const key = `hindsight.${site}`;
  const tabKey = `${key}.tab`;
  let now: Partial<Stored> = {};
  let saved = 0;

  const alive = ({ s, b = 0, l = 0 }: Partial<Stored>): unknown =>
    unhex(s, 16) && Date.now() - l < IDLE && Date.now() - b < DAY;
  const save = (): boolean => {
    saved = Date.now();
    return write("localStorage", key, now);
  };
  const settle = (id: Uint8Array): void => {
    now = { v: now.v, s: hex(id), b: Date.now(), l: Date.now() };
  };

  const session: Session = {
    id: random(16),
    doc: random(16),
    tab: unhex(read<{ t: string }>("sessionStorage", tabKey)?.t, 8) ?? random(8),
    visitor: new Uint8Array(16),
    fresh: false,
    rate: () => now.r,
    expired: () => !alive(now),
    touch() {
      now.l = Date.now();
      if (now.l - saved > SAVE_EVERY) save();
    },
    renew() {
      now = read<Stored>("localStorage", key) ?? now;
      session.fresh = !alive(now);
      if (session.fresh) settle(make((Date.now() + (clockOffset() ?? 0)) / DAY));
      session.id = unhex(now.s, 16) as Uint8Array<ArrayBuffer>;
      session.doc = random(16);
      now.l = Date.now();
      const id = (now.v ||= hex(random(16)));
      const target = (session.visitor = new Uint8Array(16));
      // Without a secure context there is no digest, and no visitor; nor where nothing is kept.
      if (save()) void digest(id).then((sum) => sum && target.set(sum));
      write("sessionStorage", tabKey, { t: hex(session.tab) });
    },
    move(day) {
      session.id.set(make(day));
      settle(session.id);
      save();
    },
    setRate(rate) {
      now.r = rate;
      save();
    },
    forget() {
      now = {};
      write("localStorage", key, undefined);
      write("sessionStorage", tabKey, undefined);
    },
  };
  return session;
}
