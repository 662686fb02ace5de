/** Page views: the load itself, and navigations inside the document. */
import { after, listen } from "../guard";
import { type Context, type Nav, sizes } from "./context";

type Temporal = { Temporal?: { Now: { timeZoneId(): string } } };

/** How this document came to be. */
export function arrival(): Nav {
  const type = (performance.getEntriesByType("navigation")[0] as Partial<PerformanceNavigationTiming> | undefined)?.type;
  return type === "reload" ? type : type === "back_forward" ? "back" : "load";
}

export function observeViews(ctx: Context): void {
  const { scrub, undo } = ctx;
  let path = scrub.path(location.href);
  let title = document.title;

  const moved = (): void => {
    const now = scrub.path(location.href);
    if (now !== path) {
      path = now;
      ctx.view("spa");
    }
  };
  after(undo, History.prototype, "pushState", moved);
  after(undo, History.prototype, "replaceState", moved);
  listen(undo, window, "popstate hashchange", moved);
  listen(undo, window, "pageshow", (e) => (e as PageTransitionEvent).persisted && ctx.view("back"));
  // A router may navigate without the history object.
  const { navigation } = window as { navigation?: Partial<EventTarget> };
  // A page's own variable may have taken the name.
  if (navigation?.addEventListener) listen(undo, navigation as EventTarget, "currententrychange", moved);

  // Pages give the next view's title in the same task as its address, before or after: an observer is told of it only
  // when that task is over, and so the view that ends keeps its own.
  const titles = new MutationObserver(() => (title = document.title));
  titles.observe(document.head, { subtree: true, childList: true, characterData: true });
  undo.push(() => titles.disconnect());

  // Read when its batch closes: at the navigation itself the page does not show the view yet.
  ctx.collect.push(() => {
    if (ctx.opened)
      Object.assign(ctx.opened, {
        title: scrub.text(title).slice(0, 512),
        lang: navigator.language,
        // Making a date format takes 15 ms.
        tz: (window as Temporal).Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
        sw: screen.width,
        sh: screen.height,
        ...sizes(),
        dpr: devicePixelRatio,
        hints: ctx.hints,
      });
  });
}
