/**
 * Gathers signals and replay events and closes them into numbered batches:
 * as often as the collector asks for them while something happens, sooner when
 * much has gathered, at once when the page view ends or the page is hidden.
 */
import { guard } from "../guard";
import { json } from "../json";
import { type Context, type Signal, sizes } from "../observe/context";
import type { Entry } from "../transport";
import { encode, FLAG_LAST, type Sections } from "../wire";
import { plain, type Texts } from "./plain";

/** Why a batch closes. */
export const DUE = 0;
/** The page view is over. */
export const VIEW_ENDS = 1;
/** The page is hidden and may be gone a moment later: no time to compress. */
export const HIDDEN = 2;
/** The page goes: nothing follows in this document. */
export const GONE = 3;

export interface Batch {
  /** Characters that count for the batch that is open. */
  gathered: number;
  /** Adds a signal. */
  tell(signal: Signal): void;
  /** Has a batch closed soon. */
  arm(): void;
  /** Closes the batch. */
  shut(why?: number): void;
  /** The same without asking the observers for what they have gathered. */
  ship(why: number): void;
  /** Puts a batch in line. */
  put(why: number, signals: Signal[], replay: string, settled?: (taken: boolean) => void): void;
  /** Forgets what has gathered. */
  drop(): void;
}

/** Signals in a section; the protocol allows twice as many. */
const MAX_SIGNALS = 1e3;
/** Batches that wait, whatever becomes of the link, which bounds their bytes. */
const MAX_WAITING = 2e3;

export function createBatch(ctx: Context): Batch {
  let facts: Signal[] = [];
  let timer: unknown;
  let closing = false;

  const tell = (s: Signal): void => {
    facts.push(s);
    ctx.gathered += json(s).length;
    arm();
  };
  /** Its content is settled, its form comes later. */
  const put: Batch["put"] = (why, signals, replay, settled) => {
    const { consent, page, queue, session } = ctx;
    const { who, offset } = session;
    const header = {
      flags: ctx.flags | (why === GONE ? FLAG_LAST : 0),
      consent: consent.state(),
      who,
      sequence: ++session.sequence,
    };
    const written: Texts = [
      json({ origin: performance.timeOrigin, offset, ...page, signals: signals.sort((a, b) => a.t - b.t) }),
      replay,
    ];
    const entry: Entry = {
      written,
      seal: (sections = written.map(plain) as Sections) => (entry.laid ??= encode(header, sections)),
      settled,
    };
    if (!ctx.over && queue.length < MAX_WAITING) queue.push(entry);
    if (why < HIDDEN) ctx.pump();
  };

  const drop = (): void => {
    clearTimeout(timer as number);
    timer = undefined;
    facts = [];
    ctx.gathered = 0;
  };
  const ship = (why: number): void => {
    if (!ctx.consent.allowed()) return ctx.revoke();
    const [replay = "", settled] = ctx.replay?.(why) ?? [];
    const told = facts;
    drop();
    if (told.length || replay) put(why, told, replay, settled);
  };
  const arm = (): void => {
    if (closing) return;
    if (ctx.gathered > ctx.limits.flush_bytes || facts.length > MAX_SIGNALS) shut();
    else timer ??= setTimeout(guard(shut), ctx.limits.flush_ms);
  };
  const shut = (why = DUE): void => {
    // What the observers hand over belongs to this batch and must not close it again.
    closing = true;
    for (const hand of ctx.collect) hand();
    if (why) for (const hand of ctx.leave) hand(why === VIEW_ENDS);
    // What the browser says of itself is asked by the late part. The rest is read now: at the navigation itself the page
    // does not show the view yet. Whether its title may be told the link knows.
    if (ctx.opened && (why || ctx.details)) {
      tell({
        ...ctx.opened,
        title: ctx.scrub.text(ctx.title).slice(0, 512),
        lang: navigator.language,
        tz: "",
        sw: window.screen.width,
        sh: window.screen.height,
        ...sizes(),
        dpr: devicePixelRatio,
        ...ctx.details,
      });
      ctx.opened = undefined;
    }
    closing = false;
    ship(why);
  };
  return { gathered: 0, tell, arm, shut, ship, put, drop };
}
