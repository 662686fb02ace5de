/**
 * Gathers signals and replay events and closes them into numbered batches:
 * every two seconds while something happens, sooner when much has gathered, at
 * once when the page view ends or the page is hidden.
 */
import { guard } from "../guard";
import { clock, type Signal } from "../observe/context";
import type { Session } from "../session";
import { encode, FLAG_LAST, FLAG_SAMPLED, type Header, MAX_FRAME, MAX_REPLAY, type Section } from "../wire";
import { plain, squeeze } from "./pack";

/** A batch on its way: first compressed, then sent, then acknowledged. */
export interface Entry {
  frame?: Uint8Array<ArrayBuffer>;
  /** Characters it holds, for bounding memory. */
  size: number;
  /** Lays the frame out at once, uncompressed, where it is not laid out yet. */
  seal(): void;
  /** Number on the present connection; 0: not sent. */
  n: number;
  /** Given to a beacon: probably delivered, but nobody says so. */
  beaconed?: boolean;
  /** Moved into another session after a refusal, which happens once. */
  moved?: boolean;
}

export interface Outbox {
  enqueue(entry: Entry): void;
  /** Looks whether something can be sent. */
  pump(): void;
  /** Whether so much waits that nothing more should be added. */
  isFull(): boolean;
}

/** Why a batch closes. */
export const DUE = 0;
/** The page view is over. */
export const VIEW_ENDS = 1;
/** The page is hidden and may be gone a moment later: no time to compress. */
export const HIDDEN = 2;
/** The page goes: nothing follows in this document. */
export const GONE = 3;

export interface Source {
  session: Session;
  outbox: Outbox;
  limits: { flush_ms: number; flush_bytes: number };
  page: { view: number; path: string };
  consent(): number;
  /** Clock offset, ms, once a handshake has told it. */
  clockOffset(): number | undefined;
  sampled(): boolean;
  /** Asks the observers for what they have gathered. */
  collect(why: number): void;
  /** Memory is free again after replay events were dropped. */
  resume(): void;
}

export interface Batch {
  signal(signal: Signal): void;
  /** One rrweb event as JSON. */
  replay(event: string): void;
  arm(): void;
  close(why?: number): void;
  /** Numbers the batches of a new document from 1. */
  reset(): void;
  /** Forgets what has gathered. */
  drop(): void;
}

/** Signals in a section; the protocol allows twice as many. */
const MAX_SIGNALS = 1e3;
/** Events share a batch up to this many characters: even uncompressed it stays far below a frame's limit. */
const MAX_SHARED = 25e4;

export function createBatch(source: Source): Batch {
  let signals: Signal[] = [];
  let events: string[] = [];
  let size = 0;
  let sequence = 0;
  let timer = 0;
  let closing = false;
  let fullSince = 0;

  const section = (list: Signal[]): string =>
    JSON.stringify({
      origin: performance.timeOrigin,
      offset: source.clockOffset(),
      view: source.page.view,
      path: source.page.path,
      signals: list,
    });

  /** Puts the batch in line; its content is settled, its form comes later. */
  const enqueue = (why: number): void => {
    const s = source.session;
    const facts = signals.sort((a, b) => a.t - b.t);
    const text = section(facts);
    const begin = clock();
    const replay = events.length ? `[${events.join()}]` : "";
    const header: Header = {
      flags: (why === GONE ? FLAG_LAST : 0) | (source.sampled() ? FLAG_SAMPLED : 0),
      consent: source.consent(),
      session: s.id,
      document: s.doc,
      tab: s.tab,
      visitor: s.visitor,
      sequence: ++sequence,
    };
    // Told now: what the section says of its page view must not change while it is compressed.
    const without = replay.length > MAX_SHARED && section([
      ...facts, { k: "gap", t: begin, reason: "too_large", to: begin },
    ]);
    const lay = (a: Section, b: Section): void => {
      if (entry.frame) return;
      const frame = encode(header, a, b);
      entry.frame =
        without && (frame.length > MAX_FRAME || b.raw > MAX_REPLAY) ? encode(header, plain(without), plain("")) : frame;
    };
    const entry: Entry = {
      size: text.length + replay.length,
      n: 0,
      seal: () => entry.frame ?? lay(plain(text), plain(replay)),
    };
    source.outbox.enqueue(entry);
    if (why >= HIDDEN) {
      entry.seal();
      source.outbox.pump();
    } else
      void Promise.all([squeeze(text), squeeze(replay)]).then(
        guard(([a, b]) => {
          lay(a, b);
          source.outbox.pump();
        }),
      );
  };

  const batch: Batch = {
    signal(signal) {
      signals.push(signal);
      size += JSON.stringify(signal).length;
      batch.arm();
    },
    replay(event) {
      if (fullSince) return;
      if (events.length && size + event.length > MAX_SHARED) batch.close();
      events.push(event);
      size += event.length;
      batch.arm();
    },
    arm() {
      if (closing) return;
      if (size > source.limits.flush_bytes || signals.length > MAX_SIGNALS) batch.close();
      else timer ||= window.setTimeout(guard(() => batch.close()), source.limits.flush_ms);
    },
    close(why = DUE) {
      // What the observers hand over belongs to this batch and must not close it again.
      closing = true;
      source.collect(why);
      closing = false;
      if (source.outbox.isFull()) {
        fullSince ||= clock();
        batch.drop();
      } else if (fullSince) {
        signals.push({ k: "gap", t: fullSince, reason: "memory", to: clock() });
        fullSince = 0;
        void Promise.resolve().then(guard(source.resume));
      }
      if (signals.length || events.length) enqueue(why);
      batch.drop();
    },
    reset() {
      sequence = 0;
    },
    drop() {
      clearTimeout(timer);
      timer = 0;
      signals = [];
      events = [];
      size = 0;
    },
  };
  return batch;
}
