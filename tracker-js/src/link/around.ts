/**
 * Frames of the page's origin that bear the snippet, too. What is done and shown in them the page around them tells,
 * records and protects: it knows the marks around the frame and the secrets of the whole page, and a second tracker there
 * knows neither. So that one stands down, and calls made there go to the page's.
 */
import type { Context } from "../observe/context";
import type { Entry } from "../transport";

/** The tracker of the nearest page around this one that has one, where this one can reach it. */
export function around(): Window["hindsight"] {
  try {
    for (let page: Window = window; page !== page.parent; ) {
      page = page.parent;
      if (page.hindsight?.on) return page.hindsight;
    }
  } catch {
    // Another origin's.
  }
}

/**
 * Leaves it to the page around this one, where that has a tracker; now, or once that comes. Gives what the tab's last page
 * had left, which this one took.
 */
export function cede(ctx: Context): Entry[] | undefined {
  const outer = around();
  const { hindsight } = window;
  // Whoever comes later calls it; until then there is nobody to leave it to.
  if (!outer && hindsight) hindsight.cede = () => cede(ctx);
  if (!outer) return;
  const left = ctx.queue.filter((e) => !e.written);
  ctx.stop(true);
  window.hindsight = outer;
  for (const [, , ...call] of ctx.told.splice(0)) outer(...call);
  return left;
}

/** Has those trackers leave it to this one that began before it in the page's frames. */
export function relieve(ctx: Context): void {
  ctx.eachDocument(ctx.undo, ({ defaultView: frame }) => {
    if (frame !== window) ctx.queue.unshift(...(frame?.hindsight?.cede?.() ?? []));
  });
}
