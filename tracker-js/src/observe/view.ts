/** Page views: the load itself, and navigations inside the document. */
import { after, listen } from "../guard";
import { type Context, sizes } from "./context";

export function observeViews(ctx: Context): void {
  const { scrub, undo } = ctx;
  let path = scrub.path(location.href);

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

  // Read when its batch closes: at the navigation itself the page does not show the view yet.
  ctx.collect.push(() => {
    if (ctx.opened)
      Object.assign(ctx.opened, {
        title: scrub.text(ctx.title ?? document.title).slice(0, 512),
        lang: navigator.language,
        tz: "",
        sw: screen.width,
        sh: screen.height,
        ...sizes(),
        dpr: devicePixelRatio,
        ...ctx.details,
      });
  });
}
