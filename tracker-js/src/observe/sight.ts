/** What was in sight: whether the page is, and how far down it was seen. */
import { listen } from "../guard";
import { type Context, sizes } from "./context";

export function observeSight(ctx: Context): void {
  let on = document.visibilityState === "visible";
  let moved = true;
  let lowest = 0;
  // A page that goes is hidden, but says so only after `pagehide`: too late for its last batch.
  listen(ctx.undo, window, "visibilitychange pagehide pageshow", (e) => {
    const now = e.type !== "pagehide" && document.visibilityState === "visible";
    if (now !== on) ctx.emit("visible", { on: now ? 1 : 0 });
    on = now;
  });
  const look = (): void => {
    lowest = Math.max(lowest, scrollY + innerHeight);
  };
  listen(ctx.undo, document, "scroll", (e) => {
    if (e.target !== document) return;
    ctx.active();
    moved = true;
    // A visitor may scroll down and up again before the batch closes.
    look();
    ctx.arm();
  });
  ctx.collect.push(() => {
    if (!moved) return;
    moved = false;
    look();
    const { vw, vh, dh } = sizes();
    ctx.emit("scroll", { y: Math.max(0, Math.round(scrollY)), max: Math.round(Math.min(lowest, dh)), vw, vh, dh });
  });
  // The next page view starts with what is in sight.
  ctx.leave.push((ends) => {
    if (!ends) return;
    moved = true;
    lowest = 0;
  });
}
