/** Uncaught errors and rejections, scrubbed and few: a loop of errors must not flood. */
import { listen } from "../guard";
import type { Context } from "./context";

/** Errors told of in a page view. */
const MAX = 20;

export function observeErrors(ctx: Context): void {
  const seen = new Set<string>();
  const say = (type: string, error: unknown, where: Partial<ErrorEvent>): void => {
    const e = (error ?? {}) as Partial<Error>;
    const msg = ctx.scrub.text(where.message ?? e.message ?? error).slice(0, 1024);
    if (seen.size >= MAX || seen.has(msg)) return;
    seen.add(msg);
    ctx.emit("error", {
      msg,
      type,
      stack: typeof e.stack === "string" ? ctx.scrub.text(e.stack).slice(0, 4096) : undefined,
      src: where.filename ? ctx.scrub.url(where.filename) : undefined,
      line: where.lineno,
      col: where.colno,
    });
  };
  listen(ctx.undo, window, "error", (event) => {
    const e = event as ErrorEvent;
    // A failed image or script is no error of the program.
    if (e.message) say("error", e.error, e);
  });
  listen(ctx.undo, window, "unhandledrejection", (e) =>
    say("rejection", (e as PromiseRejectionEvent).reason, {}),
  );
  ctx.leave.push((ends) => ends && seen.clear());
}
