/** How far down the page was seen. */
import { listen } from "../guard";
import { type Context, type Later, sizes } from "../observe/context";
import { seen } from "./seen";

/** Takes scrolling. */
export function createScrolls(ctx: Context): (scroll: Later) => void {
  let moved = true;
  let lowest = 0;
  const look = (): void => {
    lowest = Math.max(lowest, seen()[1]);
  };
  ctx.collect.push(() => {
    if (!moved) return;
    moved = false;
    look();
    const { vw, vh, dh } = sizes();
    ctx.emit("scroll", { y: Math.max(0, Math.round(window.scrollY)), max: Math.round(Math.min(lowest, dh)), vw, vh, dh });
  });
  // The next page view starts with what is in sight.
  ctx.leave.push((ends) => {
    if (!ends) return;
    moved = true;
    lowest = 0;
  });
  ctx.arm();
  const scrolled = (): void => {
    ctx.active();
    moved = true;
    // A visitor may scroll down and up again before the batch closes.
    look();
    ctx.arm();
  };
  // What is zoomed by fingers is moved without the page being scrolled.
  if (window.visualViewport) listen(ctx.undo, window.visualViewport, "scroll", scrolled);
  return ([{ target }]) => {
    if (target === document) scrolled();
  };
}
