/** Clicks: on which element, where in its box, and where on the page. */
import { type Context, type Later, sizes } from "../observe/context";
import { raw } from "../raw";
import { escape, holder, select } from "./selector";

/** What looks as if a click did something, besides all that shows a pointing hand. */
const ABLE = "button,input,select,textarea,label,summary,[role=button],[role=link],[role=tab],[role^=menuitem]";
/** The page's own scrolling is no inner one, and what is written in scrolls when it has grown long. */
const OUTER = "html,textarea,:read-write";

/** Place in the element's box, 0…1; a drag may end outside. */
function fraction(at: number, length: number): number {
  return Number(Math.min(1, Math.max(0, at / length || 0)).toFixed(4));
}

/** Where it is drawn: an area of a map in its image, what has no box of its own (`display: contents`) where its contents are. */
function boxOf(e: Element, x: number, y: number): DOMRect {
  const box = raw(e, "getBoundingClientRect").call(e);
  if (box.width || box.height) return box;
  const map = raw(e, "closest").call(e, "map") as HTMLMapElement | null;
  // Browsers look at what follows the `#` alone. Several images may show one map.
  const images = map ? [...(raw(e, "getRootNode").call(e) as ParentNode).querySelectorAll(`[usemap$="#${escape(map.name)}"]`)].map((i) => i.getBoundingClientRect()) : [];
  const image = images.find(({ left, top, right, bottom }) => x >= left && x <= right && y >= top && y <= bottom) ?? images[0];
  if (image) return image;
  const range = document.createRange();
  range.selectNodeContents(e);
  return range.getBoundingClientRect();
}

const ANY: typeof PLACED = () => true;
/** What also what is fixed is placed by (CSS Transforms 1, CSS Containment 2, Filter Effects 1). */
const ROOTED = ({ transform, translate, rotate, scale, perspective, filter, backdropFilter, contain, willChange }: CSSStyleDeclaration): boolean =>
  [transform, translate, rotate, scale, perspective, filter, backdropFilter].some((v) => v && v !== "none") || /paint|layout|strict|content/.test(contain) || /transform|perspective|filter/.test(willChange);
const PLACED = (style: CSSStyleDeclaration): boolean => style.position !== "static" || ROOTED(style);

/** Takes clicks, and says whether something should come of this one. */
export function createClicks(ctx: Context): (click: Later) => boolean {
  /** What the browser clicks by itself next, at the same place: the field of a label. */
  let next: Element | null | undefined;
  let place = "";
  return ([event, path, t]) => {
    const e = event as PointerEvent;
    const { clientX, clientY } = e;
    // What the click has removed cannot be named or measured any more; what it was in can.
    const target = (path as Element[]).find((node) => node.isConnected) as Element;
    // What a script clicks says nothing of the visitor.
    if (!e.isTrusted || !(target as Partial<Element> | undefined)?.closest) return false;
    const here = `${clientX} ${clientY}`;
    const own = target === next && here === place;
    place = here;
    next = (raw(target, "closest").call(target, "label") as HTMLLabelElement | null)?.control;
    if (next === target) next = undefined;
    if (own) return false;
    ctx.active();
    const [el, named] = select(target);
    const { left, top, width, height } = boxOf(named, clientX, clientY);
    // By keyboard: the middle of the element.
    const keyed = !(e.detail || clientX || clientY);
    let x = keyed ? left + width / 2 : clientX;
    let y = keyed ? top + height / 2 : clientY;
    const fx = fraction(x - left, width);
    const fy = fraction(y - top, height);
    const able = getComputedStyle(target).cursor === "pointer" || raw(target, "closest").call(target, ABLE) ? 1 : undefined;
    let fixed: 1 | undefined;
    let scroller: Element | undefined;
    /** What a box is placed by, where that is not what it stands in: nothing between them scrolls it. */
    let by = ANY;
    for (let at: Element | null | undefined = named; at; ) {
      const style = getComputedStyle(at);
      const { position, overflow } = style;
      if (/fix|stick/.test(position)) fixed = 1;
      const places = by(style);
      // A root element that says nothing of it leaves the body's scrolling to the page.
      if (scroller === at.ownerDocument.body && overflow === "visible") scroller = undefined;
      if (places && /auto|scroll/.test(overflow) && !raw(at, "matches").call(at, OUTER) && (raw(at, "scrollHeight") > raw(at, "clientHeight") || raw(at, "scrollWidth") > raw(at, "clientWidth")))
        scroller ??= at;
      if (places) by = position === "fixed" ? ROOTED : position === "absolute" ? PLACED : ANY;
      // Where it is drawn, a slot's place in its shadow root is around it.
      at = raw(at, "assignedSlot") ?? raw(at, "parentElement") ?? holder(at);
      if ((at as Partial<HTMLIFrameElement> | null | undefined)?.contentWindow) {
        by = ANY;
        const frame = at as HTMLIFrameElement;
        const outer = frame.getBoundingClientRect();
        const { paddingLeft, paddingTop } = getComputedStyle(frame);
        // Its document lies inside border and padding, and is drawn as large as zoom and transforms make the frame.
        x = outer.left + ((x + frame.clientLeft + parseFloat(paddingLeft)) * outer.width) / (frame.offsetWidth || 1);
        y = outer.top + ((y + frame.clientTop + parseFloat(paddingTop)) * outer.height) / (frame.offsetHeight || 1);
      }
    }
    ctx.emit("click", {
      el,
      fx,
      fy,
      x: Math.round(x + window.scrollX),
      y: Math.round(y + window.scrollY),
      ...sizes(),
      fixed,
      sx: scroller?.scrollLeft,
      sy: scroller?.scrollTop,
      ptr: e.pointerType || "mouse",
      able,
    }, t);
    return !!able;
  };
}
