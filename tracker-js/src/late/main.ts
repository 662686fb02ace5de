/**
 * The late part: what need not be there from the first moment on. The browser
 * buffers timings and vitals; what the visitor did until now waits in the queue.
 */
import { guard } from "../guard";
import type { Context, Later } from "../observe/context";
import { squeezeAll } from "../queue/pack";
import { observeAttention } from "./attention";
import { createDead } from "./dead";
import { createFields } from "./field";
import { tellLoad } from "./load";
import { tellVitals } from "./vitals";

export { createPress } from "../queue/press";

export function start(ctx: Context): void {
  const early = ctx.later as Later[];
  const fields = createFields(ctx);
  const dead = createDead(ctx);
  // Clicks from before: nobody knows whether something changed after them.
  early.forEach(guard(fields));
  ctx.later = {
    push: guard((later: Later) => {
      fields(later);
      dead(later);
    }),
  };
  ctx.squeeze = squeezeAll;
  observeAttention(ctx);
  tellLoad(ctx);
  tellVitals(ctx);
}
