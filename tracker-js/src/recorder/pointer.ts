/** Where the pointer goes, sampled, and what it does; focus; the size of the viewport. */
import { raw } from "../raw";
import type { Observing } from "./observe";

/** One position in this long, ms. */
const SAMPLE = 50;
/** Positions gathered before they are told, ms. */
const GATHER = 500;

const MOVES: Record<string, number> = { mousemove: 1, touchmove: 6, drag: 12 };
/** In the order of their numbers; one is no event any more. */
const KINDS = "mouseup mousedown click contextmenu dblclick focus blur touchstart  touchend touchcancel";
/** Mouse, pen, touch, in the order of their numbers. */
const POINTERS = "mpt";

export function observePointer(r: Observing): void {
  /** Four numbers each: place, node, time; place and time as they differ from those before. */
  let positions: number[] = [];
  let before: [x: number, y: number, at: number];
  let source = 1;
  let last = 0;
  let pointer = 0;

  const tell = (): void => {
    const told = positions;
    positions = [];
    if (!told.length) return;
    // The first one's time is told as it differs from the event's.
    (told[3] as number) -= Math.round(performance.now());
    r.incremental(source, ...told);
  };
  const later = r.later(tell, GATHER);
  /** The nearest node that is told. */
  const near = (target: Node): number => {
    // Where in a blocked region: of a PIN pad that tells the PIN.
    if (r.host.unseen(target)) return 0;
    for (let node: Node | null = target; node; node = raw(node, "parentNode") ?? (node as Partial<ShadowRoot>).host ?? null) {
      const id = r.id(node);
      if (id) return id;
    }
    return 0;
  };
  const point = (event: Event): [x: number, y: number] => {
    const { clientX, clientY } = ((event as TouchEvent).changedTouches?.[0] ?? event) as MouseEvent;
    return [Math.round(clientX), Math.round(clientY)];
  };

  r.on("mousemove touchmove drag", (event, target) => {
    const now = Math.round(performance.now());
    if (now - last < SAMPLE) return;
    last = now;
    const kind = MOVES[event.type] as number;
    if (kind !== source) tell();
    source = kind;
    const id = near(target);
    if (id) {
      const [x, y] = point(event);
      if (!positions.length) before = [0, 0, 0];
      positions.push(x - before[0], y - before[1], id, now - before[2]);
      before = [x, y, now];
    }
    later();
  });
  r.on("pointerdown", (event) => {
    pointer = POINTERS.indexOf((event as PointerEvent).pointerType.charAt(0));
  });
  r.on(KINDS, (event, target) => {
    const type = KINDS.split(" ").indexOf(event.type);
    // The window itself may have the focus.
    const id = target.nodeType && near(target);
    const moves = !/^(focus|blur)$/.test(event.type);
    // A page may take a field away and put it back with each key.
    if (!id || (!moves && r.holding())) return;
    tell();
    r.incremental(2, type, id, ...(moves ? [...point(event), pointer] : []));
  });
  r.on("resize", r.later(() => r.incremental(4, innerWidth, innerHeight), SAMPLE));
  r.flushed(tell);
}
