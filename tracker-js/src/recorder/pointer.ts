/** Where the pointer goes, sampled, and what it does; focus; the size of the viewport. */
import { BLOCKED } from "../privacy/marks";
import type { Observing } from "./observe";

/** One position in this long, ms. */
const SAMPLE = 50;
/** Positions gathered before they are told, ms. */
const GATHER = 500;

const MOVES: Record<string, number> = { mousemove: 1, touchmove: 6, drag: 12 };
/** In the order of their numbers; one is no event any more. */
const KINDS = "mouseup mousedown click contextmenu dblclick focus blur touchstart  touchend touchcancel";
const POINTERS = ["mouse", "pen", "touch"];

export function observePointer(r: Observing): void {
  let positions: { x: number; y: number; id: number; timeOffset: number }[] = [];
  let source = 1;
  let last = 0;
  let pointer = 0;

  const tell = (): void => {
    const now = performance.now();
    for (const p of positions) p.timeOffset = Math.round(p.timeOffset - now);
    const told = positions;
    positions = [];
    if (told.length) r.incremental(source, { positions: told });
  };
  const later = r.later(tell, GATHER);
  /** The nearest node that is told. */
  const near = (target: Node | null): number => {
    for (let node = target; node; node = node.parentNode ?? (node as Partial<ShadowRoot>).host ?? null) {
      // Where in a blocked region: of a PIN pad that tells the PIN.
      if ((node as Partial<Element>).matches?.(BLOCKED)) return 0;
      const id = r.id(node);
      if (id) return id;
    }
    return 0;
  };
  const point = (event: Event): { x: number; y: number } => {
    const { clientX: x, clientY: y } = ((event as TouchEvent).changedTouches?.[0] ?? event) as MouseEvent;
    return { x, y };
  };

  r.on("mousemove touchmove drag", (event, target) => {
    const now = performance.now();
    if (now - last < SAMPLE) return;
    last = now;
    const kind = MOVES[event.type] as number;
    if (kind !== source) tell();
    source = kind;
    const id = near(target);
    if (id) positions.push({ ...point(event), id, timeOffset: now });
    later();
  });
  r.on("pointerdown", (event) => {
    pointer = POINTERS.indexOf((event as PointerEvent).pointerType);
  });
  r.on(KINDS, (event, target) => {
    const type = KINDS.split(" ").indexOf(event.type);
    // The window itself may have the focus.
    const id = target.nodeType && near(target);
    const moves = !/^(focus|blur)$/.test(event.type);
    // A page may take a field away and put it back with each key.
    if (!id || (!moves && r.holding())) return;
    tell();
    r.incremental(2, { type, id, ...(moves ? { ...point(event), pointerType: pointer } : {}) });
  });
  const resized = r.later(() => r.incremental(4, { width: innerWidth, height: innerHeight }), SAMPLE);
  window.addEventListener("resize", resized, { signal: r.signal });
  r.flushed(tell);
}
