/**
 * Gathers signals and replay events and closes them into numbered batches:
 * every two seconds while something happens, sooner when much has gathered, at
 * once when the page view ends or the page is hidden.
 */
import type { Consent } from "../consent";
import { guard } from "../guard";
import { clock, type Signal } from "../observe/context";
import { json } from "../json";
import type { Core } from "../recorder/contract";
import type { Session } from "../session";
import type { Entry, Transport } from "../transport";
import { encode, FLAG_LAST, FLAG_SAMPLED, MAX_FRAME, type Sections } from "../wire";
import { plain, type Texts } from "./plain";

/** Why a batch closes. */
export const DUE = 0;
/** The page view is over. */
export const VIEW_ENDS = 1;
/** The page is hidden and may be gone a moment later: no time to compress. */
export const HIDDEN = 2;
/** The page goes: nothing follows in this document. */
export const GONE = 3;

/** What the batch needs of the recording that it belongs to. */
export interface Source {
  page: { view: number; path: string };
  /** Asks the observers for what they have gathered. */
  collect(why: number): void;
  /** Whether a replay is recorded. */
  sampled(): boolean;
  /** The replay section's text, and what hears whether its batch was taken. */
  replay(): ReturnType<NonNullable<Core["replay"]>> | undefined;
  /** Compresses. */
  squeeze(texts: Texts): Promise<Sections>;
  /** Ends the replay, with what of it has gathered, and begins it anew, with a snapshot. */
  silence(): void;
  resume(): void;
  /** The consent that the batch would need is gone. */
  revoke(): void;
}

export interface Batch {
  signal(signal: Signal): void;
  /** Closes the batch where these bytes would make it too large. */
  room(weight: number): void;
  /** Counts bytes that the batch is to take along. */
  grow(weight: number): void;
  arm(): void;
  close(why?: number): void;
  /** Forgets what has gathered. */
  drop(): void;
}

/** Signals in a section; the protocol allows twice as many. */
const MAX_SIGNALS = 1e3;
/** Characters of a replay that travel alone: what no beacon has room for must not keep facts back. */
const ALONE = 4e4;
/** Bytes that may wait, above which replays pause, and above which signals are lost too. */
const MAX_WAITING = 4e6;
const MAX_WAITING_SIGNALS = 5e6;

export function createBatch(session: Session, transport: Transport, consent: Consent, source: Source): Batch {
  const { limits } = transport;
  let facts: Signal[] = [];
  let size = 0;
  let timer: unknown;
  let closing = false;
  let fullSince = 0;

  const signal = (s: Signal): void => {
    facts.push(s);
    size += json(s).length;
  };
  /** Puts the batch in line; its content is settled, its form comes later. */
  const enqueue = (why: number, replay: string, settled?: (taken: boolean) => void): void => {
    const { who, offset } = session;
    const header = {
      flags: (why === GONE ? FLAG_LAST : 0) | (source.sampled() ? FLAG_SAMPLED : 0),
      consent: consent.state(),
      who,
      sequence: ++session.sequence,
    };
    const section = { origin: performance.timeOrigin, offset, ...source.page, signals: facts.sort((a, b) => a.t - b.t) };
    const texts: Texts = [json(section), replay];
    const lay = (sections: Sections): void => {
      entry.laid ??= encode(header, sections);
      if (entry.laid.length <= MAX_FRAME) return;
      const t = clock();
      section.signals.push({ k: "gap", t, reason: "too_large", to: t });
      entry.laid = encode(header, [json(section), ""].map(plain) as Sections);
      settled?.(false);
    };
    const entry: Entry = {
      size: texts[0].length + replay.length,
      seal: () => entry.laid ?? lay(texts.map(plain) as Sections),
      settled,
    };
    transport.enqueue(entry);
    if (why < HIDDEN)
      void source.squeeze(texts).then(
        guard((sections) => {
          lay(sections);
          transport.pump();
        }),
      );
  };

  const ship = (why: number): void => {
    const waiting = transport.waiting();
    if (why < GONE && waiting > (fullSince ? MAX_WAITING / 2 : MAX_WAITING)) {
      fullSince ||= clock();
      source.silence();
      if (waiting > MAX_WAITING_SIGNALS) facts = [];
    } else if (fullSince) {
      signal({ k: "gap", t: fullSince, reason: "memory", to: clock() });
      fullSince = 0;
      source.resume();
    }
    const [replay = "", settled] = source.replay() ?? [];
    if (facts.length || replay)
      if (!consent.allowed()) source.revoke();
      else {
        if (replay.length > ALONE && facts.length) {
          const told = facts;
          facts = [];
          enqueue(Math.min(why, HIDDEN), replay, settled);
          facts = told;
          enqueue(why, "");
        } else enqueue(why, replay, settled);
      }
    drop();
  };
  const drop = (): void => {
    clearTimeout(timer as number);
    timer = undefined;
    facts = [];
    size = 0;
  };
  const arm = (): void => {
    if (closing) return;
    if (size > limits.flush_bytes || facts.length > MAX_SIGNALS) close();
    else timer ??= setTimeout(guard(close), limits.flush_ms);
  };
  const close = (why = DUE): void => {
    // What the observers hand over belongs to this batch and must not close it again.
    closing = true;
    source.collect(why);
    closing = false;
    ship(why);
  };
  return {
    signal(s) {
      signal(s);
      arm();
    },
    room(weight) {
      if (size + weight > limits.flush_bytes) ship(DUE);
    },
    grow(weight) {
      size += weight;
      arm();
    },
    arm,
    close,
    drop,
  };
}
