/** Fetches the recorder's file when a session is sampled, and starts and stops it. */
import { guard } from "../guard";
import type { Privacy, Recorder, Sink } from "./contract";

/** Name of the recorder's file, put in by the build. */
declare const RECORDER_FILE: string;

export interface Replays {
  on(): boolean;
  start(): void;
  stop(): void;
}

export function createReplays(script: string, sink: Sink, privacy: Privacy): Replays {
  let halt: (() => void) | undefined;
  let wanted = 0;
  return {
    on: () => !!wanted,
    start() {
      const turn = (wanted = Math.random());
      // `import` needs no global to hand the recorder over.
      void (import(new URL(RECORDER_FILE, script).href) as Promise<Recorder>).then(
        guard((recorder) => {
          if (turn === wanted) halt = recorder.start(sink, privacy);
        }),
        () => (wanted = 0),
      );
    },
    stop() {
      wanted = 0;
      guard(() => halt?.())();
      halt = undefined;
    },
  };
}
