/** Fetches the recorder's file when a session is sampled, and starts and stops it. */
import { guard } from "../guard";
import { load } from "../parts";
import { squeezeAll } from "../queue/pack";
import type { Press } from "../queue/press";
import type { Host, Recorder, ReplayEvent } from "./contract";

export interface Replays {
  on(): boolean;
  start(): void;
  stop(): void;
  /** Compresses, in a worker while the recorder runs and where there can be one. */
  squeeze: Press["squeeze"];
}

/** The id of the style sheet that the event defines. */
export function definedBy({ type, data }: ReplayEvent): string | undefined {
  const { tag, payload } = data as { tag?: string; payload?: { id: string } };
  return type === 5 && tag === "hindsight.css" ? payload?.id : undefined;
}

export function createReplays(host: Host): Replays {
  let halt: (() => void) | undefined;
  let press: Press | undefined;
  /** Another object for each start; undefined while off. */
  let wanted: object | undefined;
  return {
    on: () => !!wanted,
    squeeze: (texts) => (press?.squeeze ?? squeezeAll)(texts),
    start() {
      const turn = (wanted = {});
      void load<Recorder>(host.script, "recorder").then(
        guard((recorder) => {
          if (turn !== wanted) return;
          press = recorder.createPress(host.script, squeezeAll);
          halt = recorder.start(host);
        }),
        () => (wanted = undefined),
      );
    },
    stop() {
      wanted = undefined;
      guard(() => halt?.())();
      halt = undefined;
      press?.stop();
      press = undefined;
    },
  };
}
