/** Same-origin frames: what is observed in the page is observed in them too. */
import { guard, listen, type Undo } from "../guard";

/** Calls `attach` for the page's document and for each readable frame's, now and later. */
export function eachDocument(undo: Undo[], attach: (doc: Document) => void): void {
  const seen = new WeakSet<Element>();
  const enter = (doc: Document | null): void => {
    // By its root element: `document.open` keeps the document and takes away all listeners.
    const root = doc?.documentElement;
    if (!root || seen.has(root)) return;
    seen.add(root);
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
