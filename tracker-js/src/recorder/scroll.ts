/** How far the page and what scrolls in it are scrolled. Only what has told that it scrolls is asked: asking lays out. */
import type { Observing } from "./observe";
import { isField } from "./tags";

const SAMPLE = 100;

/** Returns what tells the offsets of a node that was told just now. */
export function observeScroll(r: Observing): (node: Node) => void {
  let waiting = new Set<Node>();

  const tell = (node: Node): void => {
    const id = r.id(node);
    if (!id) return;
    // How far a field is scrolled tells how long its text is.
    if (isField(node) && !r.open?.(node)) return;
    const element = node.nodeType === 9 ? (node as Document).scrollingElement : (node as Element);
    if (element) r.incremental(3, id, element.scrollLeft, element.scrollTop);
  };
  const tellAll = (): void => {
    // A page may scroll with each key.
    if (r.holding()) return later();
    const now = waiting;
    waiting = new Set();
    for (const node of now) tell(node);
  };
  const later = r.later(tellAll, SAMPLE);
  const soon = r.later(tellAll, 0);
  r.on("scroll", (_event, target) => {
    (r.scrolled ??= new WeakSet()).add(target);
    waiting.add(target);
    later();
  });
  return (node) => {
    waiting.add(node);
    soon();
  };
}
