/**
 * The late part: what need not be there from the first moment on. What the
 * visitor did until now has waited; the browser itself keeps how the page loaded.
 */
import { guard } from "../guard";
import type { Context, Later } from "../observe/context";
import { load } from "../parts";
import { squeezeAll } from "../queue/pack";
import type { Vitals } from "../vitals/main";
import { observeAttention } from "./attention";
import { createDead } from "./dead";
import { createFields } from "./field";
import { askDetails, watchTitle } from "./details";
import { tellLoad } from "./load";
import { createMoves } from "./move";
import { tellConsent } from "./proof";
import { createScrolls } from "./scroll";
import { createSight } from "./sight";

export { work } from "../parts";
export { createPress as press } from "../queue/press";
export { start } from "./offsets";

/** Once for each recording: takes what has waited, and what follows. */
export function begin(ctx: Context): void {
  const move = createMoves(ctx);
  const scroll = createScrolls(ctx);
  const field = createFields(ctx);
  const dead = createDead(ctx);
  const sight = createSight(ctx);
  let early = true;
  const handle = guard((later: Later): void => {
    const [{ type }] = later;
    // Clicks and errors are told by the link.
    if (!ctx.meet?.(later)) return;
    if (type === "click") {
      if (!early) dead(later);
    } else if (type === "scroll") scroll(later);
    else if (/^(visib|page)/.test(type)) sight(later);
    else (/^pointer/.test(type) ? move : field)(later);
  });
  // Clicks from before: nobody knows whether something changed after them.
  ctx.handle = () => ctx.waiting.splice(0).forEach(handle);
  ctx.handle();
  ctx.handled = true;
  early = false;
  ctx.squeeze = squeezeAll;
  observeAttention(ctx);
  tellLoad(ctx);

  tellConsent(ctx);
  watchTitle(ctx);
  void askDetails(ctx).then(() => ctx.undo.length && ctx.arm());
  // A large library: nothing else waits for it. Nothing is left to undo where the recording was stopped meanwhile.
  load<Vitals>(ctx.script, "vitals", (vitals) => ctx.undo.length && vitals.start(ctx));
}
