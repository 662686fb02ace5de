/**
 * Fetches the late part once the page has loaded and has time, or something happens. Until it has come events wait; where
 * the page is left before, clicks and errors are told all the same: later their elements are gone.
 */
import { guard, listen } from "../guard";
import type { Context, Later } from "../observe/context";
import { load } from "../parts";
import { MASK } from "../privacy/scrub";
import { createClicks } from "./click";
import { createErrors } from "./error";
import { inBlocked } from "./hidden";
import { select } from "./selector";

/** What the part exports. */
type Late = typeof import("../late/main");

/** A page may never be idle, ms. */
const TIMEOUT = 3e3;

/** A name of one letter in a selector: an id, a class, or a tag but for those that any page has. */
const LETTER = /[#.]\w(?![\w-])|(^| )[^abgipqsu >](?![\w\\-])/;

/**
 * A page may name its elements after what was typed, or after each key. Of names of one letter all are masked while one
 * may be a key, whether it is: which letters the secret has is not to be told either.
 */
function masked({ emit, protection }: Context): Context["emit"] {
  const taints = (el: string): boolean => protection.taints(el) || (LETTER.test(el) && protection.taints("\0", true));
  return (kind, members, time) => {
    const s = { ...members } as Record<string, unknown>;
    for (const name of ["el", "form"]) if (s[name] && taints(s[name] as string)) s[name] = MASK;
    emit(kind, s, time);
  };
}

export function fetchLate(ctx: Context): void {
  ctx.emit = masked(ctx);
  ctx.naming = select;
  ctx.leave.push((ends) => {
    if (ctx.handled) return;
    // A page that is only hidden may go on: what else has happened waits for the late part.
    const others = ctx.waiting.splice(0).filter((later) => ctx.meet?.(later) && later[0].type !== "click");
    if (!ends) ctx.waiting.push(...others);
  });
  const click = createClicks(ctx);
  const error = createErrors(ctx);
  /** Each event as it was first heard: where a page wraps listeners, listening again is listening twice. */
  const heard = new WeakMap<Event, Later>();
  ctx.meet = guard((later) => {
    const [event, path] = later;
    const { type } = event;
    if ((heard.get(event) ?? later) !== later) return;
    heard.set(event, later);
    if (/^(click|pointer)/.test(type) ? ctx.hides?.(path) : inBlocked(path)) return;
    if (type === "click") return click(later);
    return /^(error|unhandled)/.test(type) ? error(later) : 1;
  });

  let asked: unknown;
  let coming: Promise<Late | undefined> | undefined;
  ctx.late = () => (coming ??= new Promise((done) => load<Late>(ctx.script, "late", done, () => done(undefined))));
  const fetch = (): void => {
    asked ||= ctx.late?.().then(
      guard((late) => {
        // Nothing is left to undo: the recording was stopped meanwhile.
        if (ctx.undo.length) late?.begin(ctx);
      }),
    );
  };
  ctx.handle = fetch;
  // Safari knows no idle callbacks, and takes what it does not know as no delay.
  const wait = (): unknown => ((window.requestIdleCallback as typeof requestIdleCallback | undefined) ?? setTimeout)(fetch, { timeout: TIMEOUT } as IdleRequestOptions & number);
  if (ctx.waiting.length) fetch();
  else if (document.readyState === "complete") wait();
  else listen(ctx.undo, window, "load", wait);
}
