/**
 * Gathers what happens in the page for the late part, which the link fetches
 * (link/early.ts); where the page is left before, that tells of clicks and errors, and the core what was in sight
 * and, without the link, the names of the page's own events.
 */
import { listen } from "../guard";
import { clock, type Context, sizes } from "./context";
import { eachDocument } from "./frames";

/** Events that may wait. */
const MAX_WAITING = 999;

export function observeLate(ctx: Context): void {
  const { undo, waiting } = ctx;
  const take = (e: Event): void => {
    if (waiting.length < MAX_WAITING) waiting.push([e, e.composedPath(), clock(), document.hidden]);
    ctx.handle?.();
  };
  eachDocument(undo, (doc) => listen(undo, doc, "click focusin focusout input submit scroll pointermove pointerout", take));
  listen(undo, window, "error unhandledrejection visibilitychange pagehide pageshow", take);
  // Without the late part: what is in sight; without the link: which events the page told of.
  ctx.leave.push((ends) => {
    for (const [t, allowed, k, name] of ctx.told.splice(0))
      if (allowed && k === "event") ctx.emit(k, { name: ctx.scrub.text(name).slice(0, 128) }, t);
    // Once: of a page that is hidden nothing follows its last batch.
    if (ctx.shown && !ctx.handled) {
      const { vw, vh, dh } = sizes();
      ctx.emit("scroll", { y: scrollY, max: scrollY + vh, vw, vh, dh });
      if (!ends) ctx.emit("visible", { on: 0 });
    }
    if (!ctx.handled) ctx.shown &&= ends;
  });
}
