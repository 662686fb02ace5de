/** A run of the recorder: a snapshot, then what changes, with pauses where it costs the page too much. */
import { guard } from "../guard";
import type { Press } from "../queue/press";
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
  let press: Press | undefined;
  const pressing = new Promise<void>((done) =>
    // Every page fetches this part: where a replay is to be compressed, at once.
    host.load<typeof import("../late/main")>("late", (late) => done(void (press = late.createPress(host.script))), done));
  host.squeeze = async (texts) => {
    await pressing;
    return press?.squeeze(texts);
  };
  const waiting = new AbortController();
  if (document.readyState !== "loading") begin();
  else document.addEventListener("DOMContentLoaded", begin, { signal: waiting.signal });
  return () => {
    waiting.abort();
    clearTimeout(timer);
    stop?.();
    host.squeeze = undefined;
    press?.stop();
  };
}
