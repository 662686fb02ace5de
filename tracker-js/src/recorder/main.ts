/** The recorder of sampled sessions, which emits rrweb events for rrweb's Replayer. */
import type { Recorder } from "./contract";
import { lazy } from "./lazy";
import { borrow } from "./lent";
import { run } from "./run";

export const start: Recorder["start"] = (host) => {
  const { protection } = host;
  borrow(host);
  // Until the part has come that knows for how long, changes wait as long as a protected field is typed into.
  const fetch = lazy<[]>({ host }, "hold");
  protection.holding ??= () => {
    if (protection.hot) fetch();
    return !!protection.hot;
  };
  return run(host);
};
