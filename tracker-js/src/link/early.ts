/** Fetches the late part once the page has loaded and has time, or something happens. Until it has come events wait. */
import { listen } from "../guard";
import type { Context } from "../observe/context";
import { load } from "../parts";

/** What the part exports. */
type Late = typeof import("../late/main");

/** A page may never be idle, ms. */
const TIMEOUT = 3e3;

export function fetchLate(ctx: Context): void {
  let asked: unknown;
  const fetch = (): void => {
    asked ||= load<Late>(ctx.script, "late", (late) => {
      // Nothing is left to undo: the recording was stopped meanwhile.
      if (ctx.undo.length) late.start(ctx);
    });
  };
  ctx.handle = fetch;
  // Safari knows no idle callbacks, and takes what it does not know as no delay.
  const wait = (): unknown => ((window.requestIdleCallback as typeof requestIdleCallback | undefined) ?? setTimeout)(fetch, { timeout: TIMEOUT } as IdleRequestOptions & number);
  if (ctx.waiting.length) fetch();
  else if (document.readyState === "complete") wait();
  else listen(ctx.undo, window, "load", wait);
}
