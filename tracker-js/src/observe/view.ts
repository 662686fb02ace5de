/** Page views: the load itself, and navigations inside the document. */
import { after, listen, guard } from "../guard";
import { type Context, type Nav, sizes } from "./context";

interface Hints {
  brands: { brand: string; version: string }[];
  mobile: boolean;
  platform: string;
}

/** What the browser says of itself without being asked for more. */
function hints(): object | undefined {
  const data = (navigator as { userAgentData?: Hints }).userAgentData;
  const brands = data?.brands.filter((b) => !/not.*brand/i.test(b.brand)) ?? [];
  const brand = brands.find((b) => b.brand !== "Chromium") ?? brands[0];
  return (
    data &&
    brand && {
      browser: brand.brand,
      browser_version: brand.version,
      os: data.platform,
      mobile: data.mobile,
    }
  );
}

/** What a page view shows once it is there; read when its batch closes, not at the navigation. */
export function describe(ctx: Context): object {
  return {
    title: ctx.scrub.text(document.title).slice(0, 512),
    lang: navigator.language,
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
    sw: screen.width,
    sh: screen.height,
    ...sizes(),
    dpr: devicePixelRatio,
    hints: hints(),
  };
}

function timing(): PerformanceNavigationTiming | undefined {
  return performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
}

/** How this document came to be. */
export function arrival(): Nav {
  const type = timing()?.type;
  return type === "reload" ? "reload" : type === "back_forward" ? "back" : "load";
}

export function observeViews(ctx: Context): void {
  let path = ctx.scrub.path(location.href);
  const moved = (): void => {
    const now = ctx.scrub.path(location.href);
    if (now !== path) {
      path = now;
      ctx.view("spa");
    }
  };
  after(ctx.undo, History.prototype, "pushState", moved);
  after(ctx.undo, History.prototype, "replaceState", moved);
  listen(ctx.undo, window, "popstate hashchange", moved);
  listen(ctx.undo, window, "pageshow", (e) => (e as PageTransitionEvent).persisted && ctx.view("back"));
}

/** Reports how long the load took, once it is over. */
export function observeLoad(ctx: Context): void {
  const say = (): void => {
    // Only after the event is its own end known.
    const timer = setTimeout(
      guard(() => {
        const t = timing();
        if (!t?.loadEventEnd) return;
        const round = (ms: number | undefined): number | undefined => (ms ? Math.round(ms) : undefined);
        ctx.emit("load", {
          ms: Math.round(t.loadEventEnd),
          ttfb: round(t.responseStart),
          dcl: round(t.domContentLoadedEventEnd),
          fcp: round(performance.getEntriesByName("first-contentful-paint")[0]?.startTime),
        });
      }),
    );
    ctx.undo.push(() => clearTimeout(timer));
  };
  if (document.readyState === "complete") say();
  else listen(ctx.undo, window, "load", say);
}
