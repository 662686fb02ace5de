/** How long each band of the page was in sight of a visitor who was there. */
import { listen } from "../guard";
import { clock, type Context, sizes } from "../observe/context";
import { seen } from "./seen";

/** Height of a band, page px. */
const BAND = 100;
/** Without a sign of the visitor for longer, nobody looked, ms. */
const AWAY = 3e4;
/** Told when so much has gathered, ms, and when the page is left or hidden. */
const ENOUGH = 1e4;
const MAX_PAIRS = 300;

export function observeAttention(ctx: Context): void {
  const visible = (): boolean => document.visibilityState === "visible";
  let bands: number[] = [];
  let gathered = 0;
  let on = visible();
  /** Until now nothing of the page was looked at: what is in sight now was in sight since. */
  let since = ctx.began;
  let top = 0;
  let bottom = 0;

  const place = (): void => {
    [top, bottom] = seen();
  };
  /** Adds the time since the last look to what was in sight then. */
  const look = (): void => {
    const now = clock();
    // A batch closes within ten seconds of whatever the visitor does, and looks: a longer time is one without a sign.
    const ms = Math.min(now - since, AWAY);
    since = now;
    if (on) {
      gathered += ms;
      for (let b = Math.floor(top / BAND); b * BAND < bottom; b++) bands[b] = (bands[b] ?? 0) + ms;
    }
    place();
  };
  const tell = (): void => {
    const pairs: number[][] = [];
    bands.forEach((ms, band) => {
      if (ms >= 1) pairs.push([band, Math.round(ms)]);
    });
    bands = [];
    gathered = 0;
    const { vw, vh, dh } = sizes();
    while (pairs.length) ctx.emit("attention", { vw, vh, dh, h: BAND, bands: pairs.splice(0, MAX_PAIRS).flat() });
  };
  place();
  listen(ctx.undo, document, "scroll", (e) => e.target === document && look());
  if (window.visualViewport) listen(ctx.undo, window.visualViewport, "scroll resize", look);
  listen(ctx.undo, window, "resize visibilitychange pagehide pageshow", (e) => {
    // At `pagehide` the last batch has looked already.
    if (e.type === "pagehide") on = false;
    look();
    on = e.type !== "pagehide" && visible();
  });
  ctx.collect.push(() => {
    look();
    if (gathered > ENOUGH) tell();
  });
  ctx.leave.push(tell);
}
