/** The recorder of sampled sessions, which emits rrweb events for rrweb's Replayer. */
import type { Recorder } from "./contract";
import { createHolding } from "./hold";
import { createReplay } from "./replay";
import { run } from "./run";

export const start: Recorder["start"] = (core) => {
  core.protection.holding ??= createHolding(core);
  const replay = createReplay(core);
  const end = run(Object.assign(core, replay.host));
  return () => {
    end();
    replay.stop();
  };
};
