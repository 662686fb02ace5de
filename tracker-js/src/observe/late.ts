/**
 * Hands what the visitor does to the late part, which is fetched once the page
 * has loaded and has time, or the visitor begins to use it. Until it has come
 * events wait; where the page is left before, the core tells what it can.
 */
import { guard, listen } from "../guard";
import { load } from "../parts";
import { clock, type Context, type Later, sizes } from "./context";
import { eachDocument } from "./frames";

/** What the part exports. */
type Late = typeof import("../late/main");

/** A page may never be idle, ms. */
const TIMEOUT = 3e3;
/** Events that may wait. */
const MAX_WAITING = 999;

export function observeLate(ctx: Context): void {
  const { undo, emit } = ctx;
  let live = true;
  let asked = false;
  let waiting: Later[] = [];
  let handle: ((later: Later) => void) | undefined;
  undo.push(() => (live = false));
  const fetch = (): void => {
    if (asked || !live) return;
    asked = true;
    void load<Late>(ctx.script, "late").then(guard((late) => live && (handle = late.start(ctx, waiting))), () => {});
  };
  eachDocument(undo, (doc) =>
    listen(undo, doc, "click focusin focusout input submit scroll pointermove pointerout", (e) => {
      const later: Later = [e, e.composedPath(), clock()];
      if (handle) handle(later);
      else if (waiting.length < MAX_WAITING) waiting.push(later);
      fetch();
    }));
  // Without the late part: where on the page was clicked, not on what; and what is in sight.
  ctx.leave.push(() => {
    if (handle) return;
    const { dw, ...size } = sizes();
    const { dh, vh } = size;
    for (const [event, , t] of waiting) {
      const { type, isTrusted, view, pageX: x, pageY: y, pointerType: ptr } = event as PointerEvent;
      if (type === "click" && isTrusted && view === window) emit("click", { el: "html", fx: x / dw, fy: y / dh, x, y, dw, ...size, ptr }, t);
    }
    waiting = [];
    emit("scroll", { y: scrollY, max: scrollY + vh, ...size });
  });
  // Safari knows no idle callbacks, and takes what it does not know as no delay.
  const wait = (): unknown => ((window.requestIdleCallback as typeof requestIdleCallback | undefined) ?? setTimeout)(fetch, { timeout: TIMEOUT } as IdleRequestOptions & number);
  if (document.readyState === "complete") wait();
  else listen(undo, window, "load", wait);
}
