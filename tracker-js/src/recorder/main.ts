/** The recorder of sampled sessions, which emits rrweb events for rrweb's Replayer. */
import { clock } from "../observe/context";
import type { Recorder } from "./contract";
import { createReplay } from "./replay";
import { run } from "./run";

export const start: Recorder["start"] = (core) => {
  const replay = createReplay(core);
  const stop = run(
    Object.assign(core, {
      ...replay,
      gap: (reason: string, from: number) => core.signal("gap", { reason, to: clock() }, from),
    }),
  );
  return () => {
    stop();
    replay.stop();
  };
};
