/** A run of the recorder: a snapshot, then what changes, with pauses where it costs the page too much. */
import { guard } from "../guard";
import { createBudget } from "./budget";
import type { Host } from "./contract";
import { observe } from "./observe";

/** How often is asked whether a snapshot can be made, ms. */
const LOOK = 100;
/** First and longest pause after the recorder cost too much, ms. */
const PAUSE = 5e3;
const LONGEST_PAUSE = 6e4;

/** Begins with a snapshot, as soon as there can be one; the returned function undoes everything. */
export function run(host: Host): () => void {
  let stop: (() => void) | undefined;
  let timer = 0;
  let pause = PAUSE;
  let rested = 0;
  const begin = guard(() => {
    // A snapshot would show how far a secret is typed.
    if (host.protection.holding?.()) timer = window.setTimeout(begin, LOOK);
    else {
      if (rested) host.gap("budget", rested);
      stop = observe(host, createBudget(host.budget, rest));
    }
  });
  const rest = (): void => {
    stop?.();
    rested = performance.now();
    timer = window.setTimeout(begin, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
  const waiting = new AbortController();
  if (document.readyState !== "loading") begin();
  else document.addEventListener("DOMContentLoaded", begin, { signal: waiting.signal });
  return () => {
    waiting.abort();
    clearTimeout(timer);
    stop?.();
  };
}
