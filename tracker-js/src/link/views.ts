/** Navigations inside the document are page views. Until the link has come, several are one. */
import { listen } from "../guard";
import type { Context } from "../observe/context";

export function observeViews(ctx: Context): void {
  const { scrub, undo } = ctx;
  let path = scrub.path(ctx.place);

  const moved = (): void => {
    const now = scrub.path(location.href);
    if (now !== path) {
      path = now;
      ctx.view("spa");
    }
  };
  moved();
  ctx.after(undo, History.prototype, "pushState replaceState", moved);
  listen(undo, window, "popstate hashchange", moved);
  listen(undo, window, "pageshow", (e) => (e as PageTransitionEvent).persisted && ctx.view("back"));
  // A router may navigate without the history object.
  const { navigation } = window as { navigation?: Partial<EventTarget> };
  // A page's own variable may have taken the name.
  if (navigation?.addEventListener) listen(undo, navigation as EventTarget, "currententrychange", moved);
}
