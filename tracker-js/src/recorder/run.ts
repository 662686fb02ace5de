/** A run of the recorder: a snapshot, then what changes, with pauses where it costs the page too much. */
import { createBudget } from "./budget";
import type { Host } from "./contract";
import { guard } from "./lent";
import { observe } from "./observe";

/** How often is asked whether a snapshot can be made, ms. */
const LOOK = 100;
/** First and longest pause after the recorder cost too much, ms. */
const PAUSE = 5e3;
const LONGEST_PAUSE = 6e4;

/** Begins with a snapshot, as soon as there can be one; the returned function undoes everything. */
export function run(host: Host): () => void {
  let stop: (() => void) | undefined;
  let pause = PAUSE;
  const begin = guard(() => {
    // It is over.
    if (!pause) return;
    // A snapshot would show how far a secret is typed.
    if (host.protection.holding?.()) setTimeout(begin, LOOK);
    else stop = observe(host, createBudget(host.budget, rest));
  });
  const rest = (): void => {
    stop?.();
    setTimeout(begin, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
  if (document.readyState !== "loading") begin();
  else document.addEventListener("DOMContentLoaded", begin);
  return () => {
    pause = 0;
    stop?.();
  };
}
