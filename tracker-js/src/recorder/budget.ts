/** Measures what the recorder costs the page's main thread. */

import { guard } from "./lent";

/** Runs a piece of work and counts its time. */
export type Timed = (work: () => void) => void;

/** `over` is called, once, after more than `limit` ms of a second; 0 is no bound. */
export function createBudget(limit: number, over: () => void): Timed {
  let since = 0;
  let spent = 0;
  let deep = false;
  return (work) => {
    if (deep) return work();
    deep = true;
    const begin = performance.now();
    guard(work)();
    deep = false;
    if (begin - since > 1e3) {
      since = begin;
      spent = 0;
    }
    spent += performance.now() - begin;
    if (limit && spent > limit) {
      spent = -Infinity;
      over();
    }
  };
}
