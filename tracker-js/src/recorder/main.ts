/** The recorder of sampled sessions, which emits rrweb events for rrweb's Replayer. */
import { clock } from "../observe/context";
import { guard } from "../guard";
import type { Recorder } from "./contract";
import { createHold } from "./hold";
import { createReplay } from "./replay";
import { run } from "./run";

/** How often is asked whether a secret is still being typed, ms. */
const LOOK = 100;

export const start: Recorder["start"] = (core) => {
  const holding = (core.protection.holding ??= createHold(core.protection));
  let stop: (() => void) | undefined;
  let timer = 0;
  const begin = guard(() => {
    // A snapshot would show how far a secret is typed.
    if (holding()) {
      timer = window.setTimeout(begin, LOOK);
      return;
    }
    const replay = createReplay(core);
    const end = run(
      Object.assign(core, {
        ...replay,
        gap: (reason: string, from: number) => core.signal("gap", { reason, to: clock() }, from),
      }),
    );
    stop = () => {
      end();
      replay.stop();
    };
  });
  begin();
  return () => {
    clearTimeout(timer);
    stop?.();
  };
};
