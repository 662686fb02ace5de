/** Whether this document sends a replay, and the recorder's runs. */
import { shareOf } from "../config";
import { guard } from "../guard";
import { clock, type Context } from "../observe/context";
import { load, type Part } from "../parts";
import { DUE, HIDDEN } from "../queue/batch";
import type { Core, Recorder } from "../recorder/contract";
import { FLAG_SAMPLED } from "../wire";
import { hide } from "./hidden";
import { createReplay } from "./replay";

/** Characters of a replay that travel alone: what no beacon has room for must not keep facts back. */
const ALONE = 4e4;

/** Gives what the recorder is given, and what begins it where the session is among the sampled ones. */
export function createSampling(ctx: Context): [core: Core, sample: () => void] {
  const { limits, script, session, tag } = ctx;
  let halt: (() => void) | undefined;
  let flush: Core["flush"];
  /** The rate that this document was told, in whichever session: by POST it is told once. */
  let rate: number | undefined;
  /** Since when the recorder, though it is wanted, rests: it cost the page too much. */
  let since = 0;
  const rested = (now: number): void => {
    if (since && core.wanted) core.signal("gap", { reason: "budget", to: clock() }, since);
    since = core.wanted ? now : 0;
  };

  const silence = (): void => {
    core.wanted = undefined;
    guard(() => halt?.())();
    halt = undefined;
  };
  /** The session is among this share of sessions and the collector's, which must be known; so in all its documents. */
  const sample = (): void => {
    const { s, r = rate } = session.kept();
    if (r !== rate) rate = r;
    else if (r !== undefined) session.keep({ r });
    if (ctx.ending || core.wanted || !(parseInt(s.slice(-4), 16) / 65536 < Math.min(shareOf(tag), r as number))) return;
    const turn = (core.wanted = {});
    load<Recorder>(
      script,
      "recorder",
      (recorder) => {
        if (turn !== core.wanted) return;
        const replay = createReplay(core);
        // Every page fetches this part: where a replay is to be compressed, at once.
        const pressing = ctx.late?.().then((late) => late?.press(script));
        core.squeeze = async (texts) => (await pressing)?.squeeze(texts);
        const end = recorder.start(Object.assign(core, replay.host));
        halt = () => {
          end();
          replay.stop();
          core.squeeze = undefined;
          void pressing?.then((press) => press?.stop());
        };
      },
      () => (core.wanted = undefined),
    );
  };
  const resume = (): void => {
    silence();
    sample();
  };
  const hides = (ctx.hides = hide(ctx));
  const core = {
    ...ctx,
    canvas: "canvas" in tag && !/^(off|false|no|0)$/i.test(tag.canvas as string),
    // What is no number is none of the site's.
    budget: Number(tag.budget) >= 0 ? Number(tag.budget) : 100,
    load(part: Part, use: (exported: never) => void, fail?: () => void) {
      // The late part is asked for once, by whoever comes first: where it cannot be had a browser would fetch it again.
      if (part === "late") void ctx.late?.().then(guard((late) => (late ? use(late as never) : fail?.())));
      else load(script, part, use, fail);
    },
    unseen(target: Node, rests?: boolean) {
      // Of a text, what it is shown in.
      const at = target.nodeType === 3 ? ((target as Text).assignedSlot ?? target.parentNode as Node) : target;
      return hides([(at as Partial<ShadowRoot>).host ?? at], rests);
    },
    signal: ctx.emit,
    room(weight: number) {
      if (ctx.gathered + weight > limits.flush_bytes) ctx.ship(DUE);
    },
    grow(weight: number) {
      ctx.gathered += weight;
      ctx.arm();
    },
    silence,
    resume,
    get flush() {
      return flush;
    },
    set flush(next) {
      flush = next;
      rested(next ? 0 : clock());
    },
  } as unknown as Core;
  ctx.resume = resume;
  ctx.undo.push(silence);
  // Who leaves meanwhile is told of, too.
  ctx.leave.push(() => since && rested(clock()));
  ctx.collect.unshift(() => core.flush?.());
  ctx.replay = (why) => {
    ctx.flags = core.wanted ? FLAG_SAMPLED : 0;
    const taken = core.replay?.();
    if (!taken || taken[0].length <= ALONE) return taken;
    ctx.put(Math.min(why, HIDDEN), [], ...taken);
    if (why < HIDDEN) return;
    // Should it be too large the facts that follow say so: nothing comes after the last ones.
    ctx.queue.at(-1)?.seal?.();
    ctx.pump();
    return;
  };
  return [core, sample];
}
