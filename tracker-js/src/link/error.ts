/** Uncaught errors and rejections, scrubbed and few: a loop of errors must not flood. */
import type { Context, Later } from "../observe/context";

/** Errors told of in a page view. */
const MAX = 20;

/** Takes errors and rejections. */
export function createErrors(ctx: Context): (error: Later) => void {
  const { scrub } = ctx;
  const seen = new Set<string>();
  ctx.leave.push((ends) => ends && seen.clear());
  return ([event, , time]) => {
    const { message, filename, lineno, colno } = event as Partial<ErrorEvent>;
    const rejected = event.type !== "error";
    const cause = (rejected ? (event as PromiseRejectionEvent).reason : (event as ErrorEvent).error) as Partial<Error> | null | undefined;
    const msg = scrub.text(message ?? cause?.message ?? cause).slice(0, 1024);
    // A failed image or script is no error of the program, and has no message.
    if (!(rejected || message) || seen.size >= MAX || seen.has(msg)) return;
    seen.add(msg);
    ctx.emit("error", {
      msg,
      type: rejected ? "rejection" : "error",
      stack: cause?.stack ? scrub.text(cause.stack).slice(0, 4096) : undefined,
      src: filename ? scrub.url(filename) : undefined,
      line: lineno,
      col: colno,
    }, time);
  };
}
