/** The recorder of sampled sessions, which emits rrweb events for rrweb's Replayer. */
import type { Recorder } from "./contract";
import { createHolding } from "./hold";
import { run } from "./run";

export const start: Recorder["start"] = (host) => {
  host.protection.holding ??= createHolding(host);
  return run(host);
};
