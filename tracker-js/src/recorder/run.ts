/** A run of the recorder: a snapshot, then what changes, with pauses where it costs the page too much. */
import { guard } from "../guard";
import { squeezeAll } from "../queue/pack";
import { createPress } from "../queue/press";
import { createBudget } from "./budget";
import type { Host } from "./contract";
import { observe } from "./observe";

/** First and longest pause after the recorder cost too much, ms. */
const PAUSE = 5e3;
const LONGEST_PAUSE = 6e4;

/** Begins with a snapshot; the returned function undoes everything. */
export function run(host: Host): () => void {
  let stop: (() => void) | undefined;
  let timer = 0;
  let pause = PAUSE;
  const begin = guard(() => {
    stop = observe(host, createBudget(host.budget, rest));
  });
  const rest = (): void => {
    stop?.();
    const since = performance.now();
    timer = window.setTimeout(() => {
      host.gap("budget", since);
      begin();
    }, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
  const press = createPress(host.script, squeezeAll);
  host.squeeze = press.squeeze;
  const waiting = new AbortController();
  if (document.readyState !== "loading") begin();
  else document.addEventListener("DOMContentLoaded", begin, { signal: waiting.signal });
  return () => {
    waiting.abort();
    clearTimeout(timer);
    stop?.();
    host.squeeze = undefined;
    press.stop();
  };
}
