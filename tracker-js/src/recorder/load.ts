/** Fetches the recorder's file when a session is sampled, and starts and stops it. */
import { guard } from "../guard";
import { load } from "../parts";
import type { Host, Recorder } from "./contract";

export interface Replays {
  on(): boolean;
  start(): void;
  stop(): void;
}

export function createReplays(host: Host): Replays {
  let halt: (() => void) | undefined;
  let wanted = 0;
  return {
    on: () => !!wanted,
    start() {
      const turn = (wanted = Math.random());
      void load<Recorder>(host.script, "recorder").then(
        guard((recorder) => {
          if (turn === wanted) halt = recorder.start(host);
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
