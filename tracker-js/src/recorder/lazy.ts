/** Parts of the recorder that a page pays for only when it needs them. */
import type { Part } from "../parts";
import type { Observing } from "./observe";

/** What such a part exports: `start` gives what takes each call. */
export interface Lazy<A extends unknown[]> {
  start(r: Observing): (...call: A) => void;
}

/**
 * A function that fetches the part when it is called first. Calls wait until it has come; where it does not come they
 * are forgotten, and the next one tries again.
 */
export function lazy<A extends unknown[]>(r: Pick<Observing, "host"> & Partial<Observing>, part: Part): (...call: A) => void {
  let waiting: A[] = [];
  let use = (...call: A): void => {
    if (waiting.push(call) < 2)
      r.host.load<Lazy<A>>(
        part,
        (lazy) => {
          if (r.signal?.aborted) return;
          use = lazy.start(r as Observing);
          for (const call of waiting) use(...call);
        },
        () => (waiting = []),
      );
  };
  return (...call) => use(...call);
}
