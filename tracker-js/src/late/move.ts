/** Movement, binned where it happens: cells of 16 page px and how long the pointer rested there. */
import { clock, type Context, type Later, sizes } from "../observe/context";

const CELL = 16;
const MAX_CELLS = 300;
/** A pointer that rests longer was left alone, ms. */
const MAX_REST = 2e3;
const ROW = 2 ** 16;

/** Takes movements of the pointer. */
export function createMoves(ctx: Context): (move: Later) => void {
  const cells = new Map<number, number>();
  let since = 0;
  let first = 0;
  /** -1: the pointer is not in the page. */
  let cell = -1;
  /** What may still be told of its rest there, over however many batches, ms. */
  let left = 0;

  const rest = (now: number): void => {
    if (cell >= 0 && left) {
      first ||= since;
      const ms = Math.min(now - since, left);
      left -= ms;
      cells.set(cell, (cells.get(cell) ?? 0) + ms);
    }
    since = now;
  };
  // Nobody knows how long the pointer rests in what nobody sees, nor whether it still does in another view.
  ctx.leave.push(() => (cell = -1));
  ctx.collect.push(() => {
    rest(clock());
    if (!first) return;
    const triples = [...cells].map(([at, ms]) => [at % ROW, Math.floor(at / ROW), Math.round(ms)]);
    while (triples.length) ctx.emit("move", { ...sizes(), cells: triples.splice(0, MAX_CELLS).flat() }, first);
    cells.clear();
    first = 0;
  });
  return ([event, , now]) => {
    const e = event as PointerEvent;
    const out = e.type > "pointermove";
    // A frame has places of its own.
    if (e.view !== window) return;
    // Between elements; a finger has no place between two touches.
    if (e.pointerType === "touch" || (out && e.relatedTarget)) return;
    rest(now);
    cell = -1;
    if (out) return;
    ctx.active();
    first ||= since;
    const [x, y] = [e.pageX, e.pageY].map((px) => Math.floor(px / CELL)) as [number, number];
    // What a page written from right to left shows left of its beginning has no cell.
    if (x >= 0 && y >= 0) cell = y * ROW + x;
    left = MAX_REST;
    ctx.arm();
  };
}
