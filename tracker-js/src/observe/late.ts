/**
 * Fetches the late part once the page has loaded and has time, or the visitor
 * begins to use it. What that part reports the browser keeps until then, or
 * `ctx.later` does.
 */
import { guard, listen } from "../guard";
import { load } from "../parts";
import { clock, type Context } from "./context";
import { eachDocument } from "./frames";

export interface Late {
  /** Once for each recording; takes what `ctx.later` holds, and its place. */
  start(ctx: Context): void;
}

/** A page may never be idle, ms. */
const TIMEOUT = 3e3;

export function observeLate(ctx: Context): void {
  const { undo } = ctx;
  let wanted = true;
  undo.push(() => (wanted = false));
  const fetch = guard(() => {
    if (!wanted) return;
    let live = true;
    wanted = false;
    undo.push(() => (live = false));
    void load<Late>(ctx.script, "late").then(
      guard((late) => live && late.start(ctx)),
      () => (ctx.later = { push() {} }),
    );
  });
  eachDocument(undo, (doc) =>
    listen(undo, doc, "focusin focusout input submit", (e) => {
      ctx.later.push([e, e.composedPath(), clock()]);
      fetch();
    }));
  const wait = (): unknown =>
    // Safari knows no idle callbacks.
    "requestIdleCallback" in window ? requestIdleCallback(fetch, { timeout: TIMEOUT }) : setTimeout(fetch, 1e3);
  if (document.readyState === "complete") wait();
  else listen(undo, window, "load", wait);
}
