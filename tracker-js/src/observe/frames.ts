/** Same-origin frames: what is observed in the page is observed in them too. */
import { guard, listen, type Undo } from "../guard";

/** Calls `attach` for the page's document and for each readable frame's, now and later. */
export function eachDocument(undo: Undo[], attach: (doc: Document) => void): void {
  const seen = new WeakSet<Document>();
  const enter = (doc: Document | null): void => {
    if (!doc || seen.has(doc)) return;
    seen.add(doc);
    attach(doc);
    doc.querySelectorAll("iframe").forEach(enterFrame);
    // `load` of a frame does not bubble, but is captured on its way down.
    listen(undo, doc, "load", (e) => enterFrame(e.target));
  };
  const enterFrame = guard((target: unknown): void => {
    if ((target as Partial<Element> | null)?.localName === "iframe")
      enter((target as HTMLIFrameElement).contentDocument);
  });
  enter(document);
}
