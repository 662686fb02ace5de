/** What is told of each page view besides its address: what the browser says where it is asked, and whose title it is. */
import { guard } from "../guard";
import type { Context, Nav } from "../observe/context";

interface Hints {
  fullVersionList: { brand: string; version: string }[];
  mobile: boolean;
  platform: string;
  platformVersion: string;
}

interface Agent {
  getHighEntropyValues(names: string[]): Promise<Hints>;
}

type Temporal = { Temporal?: { Now: { timeZoneId(): string } } };

/** How this document came to be; undefined where the page has taken away what tells it. */
const arrival = guard((): Nav => {
  const type = (performance.getEntriesByType("navigation")[0] as Partial<PerformanceNavigationTiming> | undefined)?.type;
  return type === "reload" ? type : type === "back_forward" ? "back" : "load";
});

/** Pages give the next view's title in the same task as its address, before or after: an observer is told of it only
 * when that task is over, and so the view that ends keeps its own.
 */
export function watchTitle(ctx: Context): void {
  const { undo } = ctx;
  let root: Element | undefined;
  const look = (): void => {
    ctx.title = ctx.titled?.();
    // A page may replace its head, or write itself anew: then nothing listens any more.
    const { documentElement, head } = document as Partial<Document>;
    for (const node of [document, documentElement, head])
      if (node) titles.observe(node, { subtree: node === head, childList: true, characterData: true });
    if (root === documentElement) return;
    root = documentElement;
    for (const { again } of undo) again?.();
  };
  const titles = new MutationObserver(look);
  look();
  undo.push(() => titles.disconnect());
}

/** Where the browser gives no hints the server reads its header. */
export async function askDetails(ctx: Context): Promise<void> {
  const { opened } = ctx;
  if (opened?.nav === "load") opened.nav = arrival() ?? "load";
  // Making a date format takes 15 ms.
  const tz = (window as Temporal).Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  let hints: object | undefined;
  try {
    const { userAgentData } = navigator as { userAgentData?: Agent };
    const h = await userAgentData?.getHighEntropyValues(["fullVersionList", "platformVersion"]);
    if (h)
      hints = {
        brands: h.fullVersionList.map((b) => [b.brand, b.version]), os: h.platform, os_version: h.platformVersion, mobile: h.mobile,
      };
  } catch {}
  ctx.details = { tz, hints };
}
