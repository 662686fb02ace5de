/**
 * INP: the longest of a document's interactions, one in fifty left out. The library `web-vitals` looks at what the browser
 * hands over once the page is idle or hidden, and so too late for the last batch of a page that is left soon after a click:
 * here it is looked at when it is asked for. What is told is the same.
 */
import type { MetricType } from "web-vitals";
import { guard, listen } from "../guard";

/** What is told of a metric. */
export type Vital = Pick<MetricType, "name" | "value" | "rating" | "navigationType">;

/** Interactions kept: as many as the one in question can be from the top. */
const LONGEST = 10;
/** Events that took less are not asked for, ms, but for the first one. */
const LEAST = 40;
/** What the browser says at least of an interaction, ms. */
const SHORT = 8;
/** By so much browsers count their interactions' numbers up. */
const STEP = 7;

type Count = { interactionCount?: number };

/** Hands over each change that the browser tells of by itself, and gives what hands over what it has not told yet. */
export function watchInteractions(hear: (vital: Vital) => void): () => void {
  const { PerformanceEventTiming, PerformanceObserver } = window as Partial<typeof window>;
  if (!PerformanceEventTiming || !PerformanceObserver || !("interactionId" in PerformanceEventTiming.prototype)) return () => {};
  /** The longest ones: number and duration. */
  let longest: [id: number, ms: number][] = [];
  /** The lowest and the highest number seen. */
  let low = Infinity;
  let high = 0;
  /** When the page came back from the back/forward cache, and the interactions before. */
  let since = 0;
  let before = 0;
  let vital = { name: "INP", value: -1, navigationType: "navigate" } as Vital;

  const counted = (): number => (performance as Count).interactionCount ?? (high && (high - low) / STEP + 1);
  const take = (entries: PerformanceEntryList): void => {
    for (const { duration, interactionId: id, startTime } of entries as PerformanceEventTiming[]) {
      if (!id || startTime < since) continue;
      low = Math.min(low, id);
      high = Math.max(high, id);
      const known = longest.find(([other]) => other === id);
      if (known) known[1] = Math.max(known[1], duration);
      else longest.push([id, duration]);
      longest.sort(([, a], [, b]) => b - a).splice(LONGEST);
    }
    const count = counted() - before;
    // Of a page that came back the browser tells no first interaction.
    const value = longest[Math.min(longest.length - 1, Math.floor(count / 50))]?.[1] ?? (since && count ? SHORT : -1);
    if (value < 0 || value === vital.value) return;
    hear(Object.assign(vital, { value, rating: value > 500 ? "poor" : value > 200 ? "needs-improvement" : "good" }));
  };
  const observer = new PerformanceObserver(guard((list) => take(list.getEntries())));
  for (const type of ["event", "first-input"]) observer.observe({ type, buffered: true, durationThreshold: LEAST } as PerformanceObserverInit);
  listen([], window, "pageshow", (e) => {
    if (!(e as PageTransitionEvent).persisted) return;
    before = counted();
    since = e.timeStamp;
    longest = [];
    low = Infinity;
    high = 0;
    vital = { ...vital, value: -1, navigationType: "back-forward-cache" };
  });
  return () => take(observer.takeRecords());
}
