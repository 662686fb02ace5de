/** Clicks: on which element, where in its box, and where on the page. */
import { listen } from "../guard";
import { select } from "../selector";
import { type Context, sizes } from "./context";
import { eachDocument } from "./frames";

/** Whether the element stays where it is when the page scrolls, and its nearest scroller's offset. */
function surroundings(element: Element): { fixed?: 1; sx?: number; sy?: number } {
  const found: { fixed?: 1; sx?: number; sy?: number } = {};
  const root = element.ownerDocument.documentElement;
  for (let e: Element | null = element; e && e !== root; e = e.parentElement) {
    const style = getComputedStyle(e);
    if (/fixed|sticky/.test(style.position)) found.fixed = 1;
    if (
      found.sx === undefined &&
      e.localName !== "body" &&
      /auto|scroll/.test(style.overflow) &&
      (e.scrollHeight > e.clientHeight || e.scrollWidth > e.clientWidth)
    ) {
      found.sx = Math.round(e.scrollLeft);
      found.sy = Math.round(e.scrollTop);
    }
  }
  return found;
}

function fraction(at: number, start: number, length: number): number {
  const f = length ? (at - start) / length : 0.5;
  return Math.round(Math.min(1, Math.max(0, f)) * 1e4) / 1e4;
}

export function observeClicks(ctx: Context): void {
  const clicked = (event: Event): void => {
    const e = event as PointerEvent;
    const target = e.composedPath()[0] as Partial<Element> | undefined;
    // What a script clicks says nothing of the visitor.
    if (!e.isTrusted || !target?.getBoundingClientRect) return;
    ctx.active();
    const [el, named] = select(target as Element);
    const box = named.getBoundingClientRect();
    let x = e.clientX;
    let y = e.clientY;
    if (!e.detail && !x && !y) {
      // By keyboard: the middle of the element.
      x = box.left + box.width / 2;
      y = box.top + box.height / 2;
    }
    const fx = fraction(x, box.left, box.width);
    const fy = fraction(y, box.top, box.height);
    for (let w = named.ownerDocument.defaultView; w?.frameElement; w = w.parent as Window & typeof globalThis) {
      const outer = w.frameElement.getBoundingClientRect();
      x += outer.left + w.frameElement.clientLeft;
      y += outer.top + w.frameElement.clientTop;
    }
    ctx.emit("click", {
      el,
      fx,
      fy,
      x: Math.round(x + scrollX),
      y: Math.round(y + scrollY),
      ...sizes(),
      ...surroundings(named),
      ptr: e.pointerType === "touch" || e.pointerType === "pen" ? e.pointerType : "mouse",
    });
  };
  eachDocument(ctx.undo, (doc) => listen(ctx.undo, doc, "click", clicked));
}
