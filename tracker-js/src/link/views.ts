/** Navigations inside the document are page views. Until the link has come, several are one. */
import { listen } from "../guard";
import type { Context } from "../observe/context";
import { BLOCKED, MASKED } from "../privacy/marks";
import { MASK } from "../privacy/scrub";
import { raw } from "../raw";

/** By the marks on the element of the title and around it: it is told as a replay shows it. */
function titled(): string {
  // A drawing's titles are none of the page.
  const element = [...document.getElementsByTagName("title")].find((e) => "text" in e) ?? document.documentElement;
  const closest = (marks: string): Element | null => raw(element, "closest").call(element, marks);
  return closest(BLOCKED) ? "" : closest(MASKED) ? MASK : document.title;
}

export function observeViews(ctx: Context): void {
  const { scrub, undo } = ctx;
  ctx.titled = titled;
  ctx.collect.push(() => {
    const now = titled();
    // Once it is watched, one that was masked stays so when the marks have gone with the view.
    if (!ctx.handled || now !== document.title) ctx.title = now;
  });
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
