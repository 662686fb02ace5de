/**
 * Hands what happens in the page to the late part, which is fetched once the
 * page has loaded and has time, or something happens. Until it has come events
 * wait; where the page is left before, the core tells what it can.
 */
import { listen } from "../guard";
import { load } from "../parts";
import { clock, type Context, type Later, sizes } from "./context";
import { eachDocument } from "./frames";

/** What the part exports. */
type Late = typeof import("../late/main");

/** A page may never be idle, ms. */
const TIMEOUT = 3e3;
/** Events that may wait. */
const MAX_WAITING = 999;
/** Errors that are told without the late part. */
const MAX_ERRORS = 20;

export function observeLate(ctx: Context): void {
  const { undo, emit } = ctx;
  let asked = false;
  const waiting: Later[] = [];
  let handle: ((later: Later) => void) | undefined;
  const fetch = (): void => {
    if (!asked)
      load<Late>(ctx.script, "late", (late) => {
        // Nothing is left to undo: the recording was stopped meanwhile.
        if (undo.length) handle = late.start(ctx, waiting);
      });
    asked = true;
  };
  const take = (e: Event): void => {
    const later: Later = [e, e.composedPath(), clock(), document.hidden];
    if (handle) handle(later);
    else if (waiting.length < MAX_WAITING) waiting.push(later);
    fetch();
  };
  eachDocument(undo, (doc) => listen(undo, doc, "click focusin focusout input submit scroll pointermove pointerout", take));
  listen(undo, window, "error unhandledrejection visibilitychange pagehide pageshow", take);
  // Without the late part: where on the page was clicked, not on what; what failed, not where; and what is in sight.
  ctx.leave.push((ends) => {
    if (handle) return;
    const { dw, ...size } = sizes();
    const { vh, dh } = size;
    let errors = 0;
    for (const [event, , t] of waiting.splice(0)) {
      const { type, isTrusted, view, pageX: x, pageY: y, pointerType, message } = event as PointerEvent & ErrorEvent;
      if (type === "click" && isTrusted && view === window)
        emit("click", { el: "html", fx: x / dw, fy: y / dh, x, y, dw, ...size, ptr: pointerType || "mouse" }, t);
      if (message && errors++ < MAX_ERRORS) emit("error", { type, msg: ctx.scrub.text(message).slice(0, 1024) }, t);
    }
    // Once: of a page that is hidden nothing follows its last batch.
    if (ctx.shown) emit("scroll", { y: scrollY, max: scrollY + vh, ...size });
    if (ctx.shown && !ends) emit("visible", { on: 0 });
    ctx.shown &&= ends;
  });
  // Safari knows no idle callbacks, and takes what it does not know as no delay.
  const wait = (): unknown => ((window.requestIdleCallback as typeof requestIdleCallback | undefined) ?? setTimeout)(fetch, { timeout: TIMEOUT } as IdleRequestOptions & number);
  if (document.readyState === "complete") wait();
  else listen(undo, window, "load", wait);
}
