/** Clicks: on which element, where in its box, and where on the page. */
import { listen } from "../guard";
import { holder, select } from "../selector";
import { clock, type Context, sizes } from "./context";
import { eachDocument } from "./frames";

/** What looks as if a click did something, besides all that shows a pointing hand. */
const ABLE = "button,input,select,textarea,label,summary,[role=button],[role=link],[role=tab],[role^=menuitem]";

/** Place in the element's box, 0…1; a drag may end outside. */
function fraction(at: number, length: number): number {
  return Math.round(Math.min(1, Math.max(0, length ? at / length : 0.5)) * 1e4) / 1e4;
}

export function observeClicks(ctx: Context): void {
  const clicked = (event: Event): void => {
    const e = event as PointerEvent;
    const path = e.composedPath();
    const target = path[0] as Element;
    // What a script clicks says nothing of the visitor.
    if (!e.isTrusted || !(target as Partial<Element>).closest) return;
    ctx.active();
    const t = clock();
    const [el, named] = select(target);
    const box = named.getBoundingClientRect();
    const { width, height } = box;
    let { left, top } = box;
    // By keyboard: the middle of the element.
    const keyed = !e.detail && !e.clientX && !e.clientY;
    const x = keyed ? width / 2 : e.clientX - left;
    const y = keyed ? height / 2 : e.clientY - top;
    const able = getComputedStyle(target).cursor === "pointer" || target.closest(ABLE) ? 1 : undefined;
    let fixed: 1 | undefined;
    let scroller: Element | undefined;
    for (let up, at: Element | null | undefined = named; at; at = up) {
      const { position, overflow } = getComputedStyle(at);
      if (/fix|stick/.test(position)) fixed = 1;
      // The page's own scrolling is no inner one, and what is written in scrolls when it has grown long.
      if (/auto|scroll/.test(overflow) && !/^(body|html|textarea)$/.test(at.localName) && !(at as HTMLElement).isContentEditable && (at.scrollHeight > at.clientHeight || at.scrollWidth > at.clientWidth))
        scroller ??= at;
      up = at.parentElement ?? holder(at);
      if (/^i?frame$/.test(`${up?.localName}`)) {
        const outer = (up as Element).getBoundingClientRect();
        left += outer.left + (up as Element).clientLeft;
        top += outer.top + (up as Element).clientTop;
      }
    }
    ctx.emit("click", {
      el,
      fx: fraction(x, width),
      fy: fraction(y, height),
      x: Math.round(left + x + scrollX),
      y: Math.round(top + y + scrollY),
      ...sizes(),
      fixed,
      sx: scroller?.scrollLeft,
      sy: scroller?.scrollTop,
      ptr: e.pointerType || "mouse",
      able,
    }, t);
    if (able) ctx.later.push([e, path, t]);
  };
  eachDocument(ctx.undo, (doc) => listen(ctx.undo, doc, "click", clicked));
}
