/**
 * Gathers signals and replay events and closes them into numbered batches:
 * every two seconds while something happens, sooner when much has gathered, at
 * once when the page view ends or the page is hidden.
 */
import type { Consent } from "../consent";
import { guard } from "../guard";
import { clock, type Signal } from "../observe/context";
import { json } from "../json";
import type { Replays } from "../recorder/load";
import type { Session } from "../session";
import type { Entry, Transport } from "../transport";
import { encode, FLAG_LAST, FLAG_SAMPLED, type Header, MAX_FRAME, type Sections } from "../wire";
import { plain } from "./pack";

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
  /** Begins the replay anew, with a snapshot. */
  resume(): void;
  /** The consent that the batch would need is gone. */
  revoke(): void;
}

export interface Batch {
  signal(signal: Signal): void;
  /** One rrweb event as JSON; `sheet`: the id of the style sheet that it defines. */
  replay(event: string, sheet?: string): void;
  arm(): void;
  close(why?: number): void;
  /** Forgets what has gathered. */
  drop(): void;
}

/** Signals in a section; the protocol allows twice as many. */
const MAX_SIGNALS = 1e3;
/** What a replay's characters count of a batch: compressed they are fewer. Also as they are, a batch fits into a beacon. */
const REPLAY_WEIGHT = 0.4;
/** Bytes that may wait, above which replays pause, and above which signals are lost too. */
const MAX_WAITING = 4e6;
const MAX_WAITING_SIGNALS = 5e6;
/** How often a recording begins anew after a loss, until its document is given up. */
const MAX_LOSSES = 2;

export function createBatch(
  session: Session,
  transport: Transport,
  consent: Consent,
  replays: Replays,
  source: Source,
): Batch {
  const limits = transport.limits;
  /** Times and JSON. */
  let facts: [number, string][] = [];
  let events: string[] = [];
  let sheets: string[] = [];
  let size = 0;
  let timer: unknown;
  let closing = false;
  /** A Meta event waits for its snapshot: they travel in one section, where a heatmap finds both. */
  let apart = false;
  let fullSince = 0;
  let losses = 0;

  const signal = (s: Signal): void => {
    const text = json(s);
    facts.push([s.t, text]);
    size += text.length;
  };
  const lose = (ids: string[]): void => {
    for (const id of ids) session.sheets.delete(id);
    replays.stop();
  };

  /** Puts the batch in line; its content is settled, its form comes later. */
  const enqueue = (why: number): void => {
    // What the section says of its page view must not change while it is compressed.
    const head = json({
      origin: performance.timeOrigin,
      offset: session.offset,
      ...source.page,
      signals: [],
    }).slice(0, -2);
    const list = facts.sort((a, b) => a[0] - b[0]).map((f) => f[1]);
    const texts = [`${head}${list.join()}]}`, events.length ? `[${events.join()}]` : ""] as [string, string];
    const { who } = session;
    const header: Header = {
      flags: (why === GONE ? FLAG_LAST : 0) | (replays.on() ? FLAG_SAMPLED : 0),
      consent: consent.state(),
      who,
      sequence: ++session.sequence,
    };
    let defined = sheets;
    const lay = (sections: Sections): void => {
      if (entry.frame) return;
      entry.frame = encode(header, sections);
      if (entry.frame.length <= MAX_FRAME) return;
      const t = clock();
      list.push(json({ k: "gap", t, reason: "too_large", to: t }));
      entry.frame = encode(header, [plain(`${head}${list.join()}]}`), plain("")]);
      entry.settled?.(false);
    };
    const entry: Entry = {
      size: texts[0].length + texts[1].length,
      n: 0,
      seal: () => entry.frame ?? lay([plain(texts[0]), plain(texts[1])]),
      settled(taken) {
        if (who !== session.who || !texts[1]) return;
        if (taken) {
          if (defined.length) session.keepSheets(defined);
          return;
        }
        lose(defined);
        defined = [];
        if (losses++ < MAX_LOSSES) source.resume();
      },
    };
    transport.enqueue(entry);
    if (why < HIDDEN)
      void replays.squeeze(texts).then(
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
      lose(sheets);
      events = [];
      if (waiting > MAX_WAITING_SIGNALS) facts = [];
    } else if (fullSince) {
      signal({ k: "gap", t: fullSince, reason: "memory", to: clock() });
      fullSince = 0;
      source.resume();
    }
    if (facts.length || events.length)
      if (consent.allowed()) enqueue(why);
      else source.revoke();
    batch.drop();
  };

  const batch: Batch = {
    signal(s) {
      signal(s);
      batch.arm();
    },
    replay(event, sheet) {
      const weight = event.length * REPLAY_WEIGHT;
      if (events.length && !apart && size + weight > limits.flush_bytes) ship(DUE);
      if (fullSince) return;
      events.push(event);
      // `{"type":4` begins a Meta event, `{"type":2` a snapshot; definitions of style sheets may stand between.
      apart = event[8] === "4" || (apart && event[8] !== "2");
      if (sheet) {
        sheets.push(sheet);
        session.sheets.add(sheet);
      }
      size += weight;
      batch.arm();
    },
    arm() {
      if (closing) return;
      if ((size > limits.flush_bytes && !apart) || facts.length > MAX_SIGNALS) batch.close();
      else timer ??= setTimeout(guard(batch.close), limits.flush_ms);
    },
    close(why = DUE) {
      // What the observers hand over belongs to this batch and must not close it again.
      closing = true;
      source.collect(why);
      closing = false;
      ship(why);
    },
    drop() {
      clearTimeout(timer as number);
      timer = undefined;
      facts = [];
      events = [];
      sheets = [];
      size = 0;
    },
  };
  return batch;
}
