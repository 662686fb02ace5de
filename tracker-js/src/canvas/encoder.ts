/** Has frames encoded off the main thread where the page may start a worker of ours, and on it elsewhere. */
import type { Host } from "../recorder/contract";
import { encode, type Encoded, OFFSCREEN } from "./encode";

export interface Encoder {
  /** The `data:` address of the picture, which is gone afterwards; undefined where it cannot be had. */
  encode(picture: ImageBitmap): Promise<string | undefined>;
  stop(): void;
}

export function createEncoder({ load, script }: Host, signal: AbortSignal): Encoder {
  const waiting = new Map<number, (data: string | undefined) => void>();
  let worker: Worker | undefined;
  let n = 0;
  const settle = ({ n, data }: Encoded): void => {
    waiting.get(n)?.(data);
    waiting.delete(n);
  };
  /** Nobody answers any more. */
  const give = (): void => {
    worker?.terminate();
    worker = undefined;
    for (const n of [...waiting.keys()]) settle({ n });
  };
  // By the part that starts all workers: a page that requires trusted types lets no second one make the policy for it.
  load<typeof import("../late/main")>("late", ({ work }) => {
    if (signal.aborted || !OFFSCREEN) return;
    try {
      worker = work(script, "canvas");
      worker.onmessage = ({ data }: MessageEvent<Encoded>) => settle(data);
      worker.onerror = give;
    } catch {
      // The page encodes.
    }
  }, () => {});
  return {
    encode: (picture) =>
      new Promise((resolve) => {
        const frame = { n: ++n, picture };
        waiting.set(n, resolve);
        try {
          if (worker) worker.postMessage(frame, [picture]);
          else void encode(frame).then(settle);
        } catch {
          // A frame that holds what another origin keeps to itself does not leave the thread.
          settle(frame as Encoded);
        }
      }),
    stop: give,
  };
}
