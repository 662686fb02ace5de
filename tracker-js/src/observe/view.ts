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
  const { brands = [], platform, mobile } = (navigator as { userAgentData?: Partial<Hints> }).userAgentData ?? {};
  // One of the brands is made up, one is the engine; a browser that is the engine has no third.
  const named = brands.filter((b) => !/^\W*not/i.test(b.brand)).sort((a) => (a.brand === "Chromium" ? 1 : -1))[0];
  return named && { browser: named.brand, browser_version: named.version, os: platform, mobile };
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
        ctx.emit("load", { ms: Math.round(t.loadEventEnd), ttfb: Math.round(t.responseStart) });
      }),
    );
    ctx.undo.push(() => clearTimeout(timer));
  };
  if (document.readyState === "complete") say();
  else listen(ctx.undo, window, "load", say);
}
