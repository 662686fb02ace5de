/** Whether the page is in sight. */
import type { Context, Later } from "../observe/context";

/** Takes what shows or hides the page. */
export function createSight(ctx: Context): (change: Later) => void {
  return ([{ type }, , time, hidden]) => {
    // A page that goes is hidden, but says so only after `pagehide`: too late for its last batch.
    const shown = type !== "pagehide" && !hidden;
    if (shown !== ctx.shown) ctx.emit("visible", { on: shown ? 1 : 0 }, time);
    ctx.shown = shown;
  };
}
