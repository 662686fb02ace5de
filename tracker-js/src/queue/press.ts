/**
 * Where batches are compressed: in a worker once there is a replay to compress,
 * on the main thread where there can be none. Another origin's script cannot
 * become a worker, so then none is tried; neither a worker that the page's
 * policy forbids nor one that dies or falls silent loses anything.
 */
import { guard } from "../guard";
import { work } from "../parts";
import type { Sections } from "../wire";
import { squeezeAll } from "./pack";
import type { Texts } from "./plain";

export interface Press {
  squeeze(texts: Texts): Promise<Sections>;
  /** Ends the worker. What it had not done is done on the main thread. */
  stop(): void;
}

/** How long a worker may take for one batch, ms. */
const PATIENCE = 5e3;

export function createPress(script: string): Press {
  let worker: Worker | undefined;
  let allowed = new URL(script).origin === location.origin;
  /** A worker answers in order. */
  let waiting: ((done?: Sections) => void)[] = [];

  const stop = (): void => {
    allowed = false;
    worker?.terminate();
    for (const answer of waiting) answer();
    waiting = [];
  };
  return {
    async squeeze(texts) {
      let done: Sections | undefined;
      if (allowed && texts[1])
        try {
          if (!worker) {
            worker = work(script, "worker");
            worker.onmessage = guard(({ data }: MessageEvent<Sections>) => waiting.shift()?.(data));
            worker.onerror = stop;
          }
          worker.postMessage(texts);
          const late = setTimeout(stop, PATIENCE);
          done = await new Promise((resolve) => waiting.push(resolve));
          clearTimeout(late);
        } catch {
          stop();
        }
      // In a task of its own: the one that closes a batch may have walked the page before.
      return done ?? new Promise((next) => setTimeout(next)).then(() => squeezeAll(texts));
    },
    stop,
  };
}
