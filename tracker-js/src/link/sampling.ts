/** Whether this document sends a replay, and the recorder's runs. */
import { guard } from "../guard";
import { load, type Part } from "../parts";
import type { Core, Recorder } from "../recorder/contract";
import type { Outbox } from "../transport";

/** Begins the recorder where the session is among the sampled ones; the returned function looks again. */
export function createSampling({ context, batch, session, share, script }: Outbox): () => void {
  let halt: (() => void) | undefined;

  const silence = (): void => {
    host.wanted = undefined;
    guard(() => halt?.())();
    halt = undefined;
  };
  /** The session is among this share of sessions and the collector's, which must be known; so in all its documents. */
  const sample = (): void => {
    const { s, r } = session.kept();
    if (host.wanted || !(parseInt(s.slice(-4), 16) / 65536 < Math.min(share, r as number))) return;
    const turn = (host.wanted = {});
    load<Recorder>(
      script,
      "recorder",
      (recorder) => {
        if (turn === host.wanted) halt = recorder.start(host);
      },
      () => (host.wanted = undefined),
    );
  };
  const resume = (): void => {
    silence();
    sample();
  };
  const host = (context.host = {
    ...context,
    guard,
    load: (part: Part, use: (exported: never) => void, fail?: () => void) => load(script, part, use, fail),
    signal: context.emit,
    room: batch.room,
    grow: batch.grow,
    silence,
    resume,
  } as unknown as Core);
  sample();
  return sample;
}
