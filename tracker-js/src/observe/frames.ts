/** Same-origin frames: what is observed in the page is observed in them too, also where they are in shadow roots. */
import { guard, type Undo } from "../guard";

type Enter = (doc: Document | null) => void;

const FRAMES = "iframe,frame,object,embed";
/** Frames that were met. One that is gone need not be kept: where it comes back it loads again. */
const frames = new Set<HTMLIFrameElement>();
const entering = new Set<Enter>();

/** An `<embed>` does not say which of the windows is its own. */
const all = (enter: Enter): void =>
  frames.forEach((frame) => {
    if (!frame.isConnected) frames.delete(frame);
    else if ("contentDocument" in frame) enter(frame.contentDocument);
    else [].map.call(window, guard((page: Window) => enter(page.document)) as () => void);
  });
const meet = guard(({ target }: { target: unknown }): void => {
  if (!(target as Element).matches(FRAMES)) return;
  frames.add(target as HTMLIFrameElement);
  entering.forEach(all);
});

/** Meets the frames of a document or shadow root, now and later; again where `document.open` has taken the listener away. */
export function meetFrames(root: Document | ShadowRoot): void {
  root.querySelectorAll(FRAMES).forEach((target) => meet({ target }));
  // `load` of a frame does not bubble, but is captured on its way down.
  root.addEventListener("load", meet, true);
}

/** Calls `attach` for the page's document and for each readable frame's that is met, now and later. */
export function eachDocument(undo: Undo[], attach: (doc: Document) => void): void {
  const seen = new WeakSet<Element>();
  const enter = guard((doc: Document | null): void => {
    // By its root element: `document.open` keeps the document and takes away all listeners.
    const root = doc?.documentElement;
    if (!root || seen.has(root) || (doc !== document && (doc.defaultView as Window).hindsight?.own)) return;
    seen.add(root);
    attach(doc);
  });
  entering.add(enter);
  undo.push(() => entering.delete(enter));
  enter(document);
  all(enter);
}
