/** Whether the page is in sight. */
import { listen } from "../guard";
import type { Context } from "./context";

export function observeSight(ctx: Context): void {
  const visible = (e?: Event): number => (e?.type !== "pagehide" && document.visibilityState === "visible" ? 1 : 0);
  let was = visible();
  // A page that goes is hidden, but says so only after `pagehide`: too late for its last batch.
  listen(ctx.undo, window, "visibilitychange pagehide pageshow", (e) => {
    const on = visible(e);
    if (on !== was) ctx.emit("visible", { on });
    was = on;
  });
}
