/** Scroll reach: where the viewport is, and the lowest px seen in this page view. */
import { listen } from "../guard";
import { type Context, sizes } from "./context";

export function observeScroll(ctx: Context): void {
  let dirty = true;
  let max = 0;
  listen(ctx.undo, document, "scroll", (e) => {
    if (e.target !== document) return;
    ctx.active();
    dirty = true;
    // A visitor may scroll down and up again before the batch closes.
    max = Math.max(max, scrollY + innerHeight);
    ctx.arm();
  });
  ctx.collect.push(() => {
    if (!dirty) return;
    dirty = false;
    const { vw, vh, dh } = sizes();
    max = Math.max(max, scrollY + vh);
    ctx.emit("scroll", { y: Math.max(0, Math.round(scrollY)), max: Math.round(Math.min(max, Math.max(dh, vh))), vw, vh, dh });
  });
  // The next page view starts with what is in sight.
  ctx.leave.push((ends) => {
    if (!ends) return;
    dirty = true;
    max = 0;
  });
}
