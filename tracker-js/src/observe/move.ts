/** Movement, binned where it happens: cells of 16 page px and how long the pointer rested there. */
import { listen } from "../guard";
import { clock, type Context, sizes } from "./context";

const CELL = 16;
const MAX_CELLS = 300;
/** A pointer that rests longer was left alone, ms. */
const MAX_REST = 2e3;
const ROW = 2 ** 16;

export function observeMoves(ctx: Context): void {
  const cells = new Map<number, number>();
  let since = 0;
  let first = 0;
  let cell = -1;

  const rest = (now: number): void => {
    if (cell >= 0) cells.set(cell, (cells.get(cell) ?? 0) + Math.min(now - since, MAX_REST));
    since = now;
  };
  listen(ctx.undo, document, "pointermove", (event) => {
    const e = event as PointerEvent;
    if (e.pointerType === "touch") return;
    ctx.active();
    const now = clock();
    rest(now);
    first ||= now;
    cell = Math.max(0, Math.floor(e.pageY / CELL)) * ROW + Math.max(0, Math.floor(e.pageX / CELL));
    ctx.arm();
  });
  listen(ctx.undo, document, "pointerout", (event) => {
    if ((event as PointerEvent).relatedTarget) return;
    rest(clock());
    cell = -1;
  });
  ctx.collect.push(() => {
    if (!first) return;
    rest(clock());
    const triples = [...cells].map(([at, ms]) => [at % ROW, Math.floor(at / ROW), Math.round(ms)]);
    while (triples.length)
      ctx.emit("move", { ...sizes(), cells: triples.splice(0, MAX_CELLS).flat() }, first);
    cells.clear();
    first = 0;
    cell = -1;
  });
}
