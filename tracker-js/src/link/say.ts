/** Tells what the page says by the verbs `identify`, `set` and `event`: scrubbed, and no more than a batch has room for. */
import { guard } from "../guard";
import { json } from "../json";
import type { Context } from "../observe/context";
import { MASK } from "../privacy/scrub";

/** Above it a number may be that of a card. Below are sums and times. */
const LONG = 1e14;

export function observeSaid(ctx: Context): void {
  const { protection, scrub, told } = ctx;
  const cleaned = (v: unknown): unknown => {
    const text = String(v);
    const masked = typeof v === "number" && Math.abs(v) < LONG ? protection.taints(text, true) : scrub.text(v) !== text;
    if (!masked) return v;
    return typeof v === "string" ? scrub.text(v) : MASK;
  };
  /**
   * Strings, numbers and booleans, scrubbed; what is nested, too much or has a name that may be private is left out, and so
   * are properties that are none, or that cannot be read.
   */
  const props = guard((given: unknown): unknown => {
    const text = json(given, (key, v) => {
      if (!key) return v;
      // Of type `bigint`, which JSON does not know, or `object`.
      return /bi|j/.test(typeof v) || scrub.text(key) !== key ? undefined : cleaned(v);
    });
    // One object, and no longer than that.
    if (/^{[^]{0,16384}$/.test(text)) return JSON.parse(text);
  });
  const name = (given: unknown, id?: boolean): string => scrub.text(given, id).slice(0, 128);
  const tell = guard((time: number, allowed: boolean, verb: unknown, what: unknown, given: unknown) => {
    // Who the visitor is and what the page is hold on; what happened before it could be recorded was not recorded.
    if (!what || (!allowed && verb === "event")) return;
    ctx.active();
    ctx.emit(
      verb as string,
      verb === "identify" ? { id: name(what, true), traits: props(given) } : verb === "set" ? { props: props(what) ?? {} } : { name: name(what), props: props(given) },
      // Nothing comes before the page view.
      Math.max(time, ctx.opened?.t ?? ctx.began),
    );
  });
  ctx.say = () => {
    for (const call of told.splice(0)) tell(...(call as Parameters<typeof tell>));
  };
  ctx.say();
}
