/**
 * Web vitals, by the library `web-vitals`, whose observers are told what the
 * browser has buffered. What is final is told at once; what may still change,
 * when the page is left or hidden.
 */
import { type MetricType, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import { guard, listen } from "../guard";
import type { Context } from "../observe/context";

/** What this part exports. */
export interface Vitals {
  start(ctx: Context): void;
}

/** What the library says of this document, whichever recording hears it: its observers cannot be taken away again. */
const known = new Map<string, MetricType>();
let heard: ((metric: MetricType) => void) | undefined;

function begin(): void {
  // Where the page has taken this away, the library would throw into it: better here, where that is caught.
  if (!performance.getEntriesByType("navigation")) return;
  const hear = guard((metric: MetricType) => {
    known.set(metric.name, metric);
    heard?.(metric);
  });
  for (const on of [onFCP, onTTFB]) on(hear);
  for (const on of [onLCP, onCLS, onINP]) on(hear, { reportAllChanges: true });
}

/** Once for each recording. */
export function start(ctx: Context): void {
  // A page that came back from the back/forward cache has metrics of its own: other objects.
  const told = new Map<MetricType, number>();
  let gone = false;
  const tell = (metric: MetricType): void => {
    const { name, value, rating, navigationType } = metric;
    const lasting = name === "CLS" || name === "INP";
    // How the document appeared is the first view's; what came later it cannot be told any more.
    const late = ctx.page.view && !lasting && navigationType !== "back-forward-cache";
    if (gone || late || told.get(metric) === value) return;
    told.set(metric, value);
    const places = name === "CLS" ? 1e4 : 10;
    ctx.emit("vital", { name, value: Math.round(value * places) / places, rating });
  };
  // On a busy page the library comes to an interaction only once the page is hidden, behind the batch of that moment.
  heard = (metric) => (document.hidden || /FCP|TTFB/.test(metric.name)) && tell(metric);
  ctx.undo.push(() => (heard = undefined));
  ctx.leave.push(() => known.forEach(tell));
  // The batch that `pagehide` closes is the last one: the library's last word comes after it.
  listen(ctx.undo, window, "pagehide pageshow", (e) => (gone = e.type === "pagehide"));
  if (known.size) known.forEach(heard);
  else begin();
}
