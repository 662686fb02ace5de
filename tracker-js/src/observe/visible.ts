/** Whether the page is in sight. */
import { listen } from "../guard";
import type { Context } from "./context";

export function observeVisibility(ctx: Context): void {
  let was = document.visibilityState === "visible";
  // A page that goes is hidden, but says so only after `pagehide`: too late for its last batch.
  listen(ctx.undo, window, "visibilitychange pagehide pageshow", (e) => {
    const on = e.type !== "pagehide" && document.visibilityState === "visible";
    if (on !== was) ctx.emit("visible", { on: on ? 1 : 0 });
    was = on;
  });
}
