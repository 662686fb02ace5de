/** Measures what the recorder costs the page's main thread. */

/** Runs a piece of work and counts its time. */
export type Timed = <T>(work: () => T) => T;

/** `over` is called, once, after more than `limit` ms of a second; 0 is no bound. */
export function createBudget(limit: number, over: () => void): Timed {
  let since = 0;
  let spent = 0;
  let deep = false;
  return (work) => {
    if (deep || !limit) return work();
    deep = true;
    const begin = performance.now();
    try {
      return work();
    } finally {
      deep = false;
      const end = performance.now();
      if (begin - since > 1e3) {
        since = begin;
        spent = 0;
      }
      spent += end - begin;
      if (spent > limit) {
        spent = -Infinity;
        over();
      }
    }
  };
}
