/** How long the page took to load: the browser keeps it. */
import { guard, listen } from "../guard";
import type { Context } from "../observe/context";

export function tellLoad(ctx: Context): void {
  let timer: number | undefined;
  ctx.undo.push(() => clearTimeout(timer));
  const say = guard(() => {
    const [t] = performance.getEntriesByType("navigation") as Partial<PerformanceNavigationTiming>[];
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    // It is the first view's: after a navigation inside the document a batch can say nothing of it any more.
    if (!t?.loadEventEnd || ctx.page.view) return;
    // Of a page that was prerendered the visitor waited for what was left when it was shown.
    const ms = (at?: number): number | undefined =>
      at ? Math.round(Math.max(at - ((t as { activationStart?: number }).activationStart ?? 0), 0) * 10) / 10 : undefined;
    ctx.emit("load", {
      ms: ms(t.loadEventEnd), ttfb: ms(t.responseStart), dcl: ms(t.domContentLoadedEventEnd), fcp: ms(paint?.startTime),
    });
  });
  // Only after the event is its own end known.
  const soon = (): unknown => (timer = window.setTimeout(say));
  if (document.readyState === "complete") soon();
  else listen(ctx.undo, window, "load", soon);
}
