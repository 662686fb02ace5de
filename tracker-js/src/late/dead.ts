/**
 * Dead clicks: after a click on something that looks able, nothing changed.
 * The page is watched only while such a click waits for its effect.
 */
import { guard, listen } from "../guard";
import type { Context, Later } from "../observe/context";

/** How long an effect may take, ms. */
const PATIENCE = 2500;
/** What these do comes before the click, with the button's going down, or as an event of its own. */
const FIELDS = "input:not([type=button],[type=submit],[type=reset]),select,textarea";
/** What the browser itself follows, unless the page prevents it. */
const LINKS = 'a[href]:not([href^="#"],[href^="javascript:"])';
const ALL = { subtree: true, childList: true, attributes: true, characterData: true };
/** What shows without a change of the page's elements. Not `select`: a click elsewhere fires it of a text selected before. */
const EFFECTS = "scroll focusin input change play pause selectionchange toggle fullscreenchange volumechange ratechange seeking reset copy";

/** Takes clicks on what looks able, and tells which of them were dead. */
export function createDead(ctx: Context): (click: Later) => void {
  const pending = new Set<number>();
  const changed = (): void => {
    pending.clear();
    observer.disconnect();
  };
  const observer = new MutationObserver(changed);
  ctx.eachDocument(ctx.undo, (doc) =>
    listen(ctx.undo, doc, EFFECTS, ({ type, target }) => {
      // A click by itself puts a caret somewhere, and the focus on a button.
      if (type === "selectionchange" ? !doc.getSelection()?.isCollapsed : type !== "focusin" || (target as Element).matches(FIELDS))
        changed();
    }));
  listen(ctx.undo, window, "blur resize beforeprint", (e) => e.target === window && changed());
  ctx.after(ctx.undo, window, "open", changed);
  ctx.leave.push(changed);
  ctx.undo.push(changed);

  return ([event, path, t]) => {
    const target = path[0] as Element;
    if (target.closest(FIELDS)) return;
    pending.add(t);
    for (const node of [document, ...path] as Partial<Node>[])
      // Documents and shadow roots.
      if (node.nodeType === 9 || node.nodeType === 11) observer.observe(node as Node, ALL);
    setTimeout(
      guard(() => {
        const followed = target.closest(LINKS) && !event.defaultPrevented;
        if (pending.delete(t) && !followed) ctx.emit("dead", { of: t });
        if (!pending.size) observer.disconnect();
      }),
      PATIENCE,
    );
  };
}
