/**
 * Web vitals, all but INP by the library `web-vitals`, whose observers are told
 * what the browser has buffered. What is final is told at once; what may still
 * change, when the page is left or hidden.
 */
import { onCLS, onFCP, onLCP, onTTFB } from "web-vitals";
import { guard, listen } from "../guard";
import type { Context } from "../observe/context";
import { type Vital, watchInteractions } from "./inp";

/** What this part exports. */
export interface Vitals {
  start(ctx: Context): void;
}

/** What is known of this document, whichever recording hears it: the library's observers cannot be taken away again. */
const known = new Map<string, Vital>();
let heard: ((metric: Vital) => void) | undefined;
/** Has the browser say of interactions what it has not told yet. */
let ask: (() => void) | undefined;

function begin(): void {
  // Where the page has taken this away, the library would throw into it: better here, where that is caught.
  if (!performance.getEntriesByType("navigation")) return;
  const hear = guard((metric: Vital) => {
    known.set(metric.name, metric);
    heard?.(metric);
  });
  for (const on of [onFCP, onTTFB]) on(hear);
  for (const on of [onLCP, onCLS]) on(hear, { reportAllChanges: true });
  ask = watchInteractions(hear);
}

/** Once for each recording. */
export function start(ctx: Context): void {
  // A page that came back from the back/forward cache has metrics of its own: other objects.
  const told = new Map<Vital, number>();
  let gone = false;
  const tell = (metric: Vital): void => {
    const { name, value, rating, navigationType } = metric;
    const lasting = name === "CLS" || name === "INP";
    // How the document appeared is the first view's; what came later it cannot be told any more.
    const late = ctx.page.view && !lasting && navigationType !== "back-forward-cache";
    if (gone || late || told.get(metric) === value) return;
    told.set(metric, value);
    const places = name === "CLS" ? 1e4 : 10;
    ctx.emit("vital", { name, value: Math.round(value * places) / places, rating });
  };
  // What the browser or the library come to only once the page is hidden, behind the batch of that moment.
  heard = (metric) => (document.hidden || /FCP|TTFB/.test(metric.name)) && tell(metric);
  ctx.undo.push(() => (heard = undefined));
  ctx.leave.push(() => {
    ask?.();
    known.forEach(tell);
  });
  // The batch that `pagehide` closes is the last one: the library's last word comes after it.
  listen(ctx.undo, window, "pagehide pageshow", (e) => (gone = e.type === "pagehide"));
  if (known.size) known.forEach(heard);
  else begin();
}
