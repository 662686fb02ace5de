/**
 * Gathers what happens in the page for the late part, which the link fetches
 * (link/early.ts); where the page is left before, the core tells what it can.
 */
import { listen } from "../guard";
import { clock, type Context, sizes } from "./context";
import { eachDocument } from "./frames";

/** Events that may wait. */
const MAX_WAITING = 999;
/** Errors that are told without the late part. */
const MAX_ERRORS = 20;

export function observeLate(ctx: Context): void {
  const { undo, waiting } = ctx;
  const take = (e: Event): void => {
    if (waiting.length < MAX_WAITING) waiting.push([e, e.composedPath(), clock(), document.hidden]);
    ctx.handle?.();
  };
  eachDocument(undo, (doc) => listen(undo, doc, "click focusin focusout input submit scroll pointermove pointerout", take));
  listen(undo, window, "error unhandledrejection visibilitychange pagehide pageshow", take);
  // Without the late part: where on the page was clicked, not on what; what failed, not where; and what is in sight.
  ctx.leave.push((ends) => {
    if (ctx.handled) return;
    const { dw, ...size } = sizes();
    const { vh, dh } = size;
    let errors = 0;
    for (const [event, , t] of waiting.splice(0)) {
      const { type, isTrusted, view, pageX: x, pageY: y, pointerType, message } = event as PointerEvent & ErrorEvent;
      if (type === "click" && isTrusted && view === window)
        ctx.emit("click", { el: "html", fx: x / dw, fy: y / dh, x, y, dw, ...size, ptr: pointerType || "mouse" }, t);
      if (message && errors++ < MAX_ERRORS) ctx.emit("error", { type, msg: ctx.scrub.text(message).slice(0, 1024) }, t);
    }
    // Once: of a page that is hidden nothing follows its last batch.
    if (ctx.shown) {
      ctx.emit("scroll", { y: scrollY, max: scrollY + vh, ...size });
      if (!ends) ctx.emit("visible", { on: 0 });
    }
    ctx.shown &&= ends;
  });
}
