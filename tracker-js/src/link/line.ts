/**
 * What waits in line: it is compressed, and bounded. When too much waits the
 * replay pauses, and the gap is marked.
 */
import { guard } from "../guard";
import { clock, type Context } from "../observe/context";
import { plain, type Texts } from "../queue/plain";
import type { Core } from "../recorder/contract";
import type { Entry } from "../transport";
import { CODEC_NONE, HEADER_BYTES, MAX_FRAME, type Sections } from "../wire";

/** Bytes that may wait, above which replays pause, and above which signals are lost too. */
const MAX_WAITING = 4e6;
const MAX_WAITING_SIGNALS = 5e6;

/** Gives what looks after the line; `pump` is called when more of it can be sent. */
export function createLine(ctx: Context, core: Core, pump: () => void): () => void {
  let full = 0;
  const tell = (reason: string, from: number): void => ctx.emit("gap", { reason, to: clock() }, from);

  /** No frame is larger than the collector takes: what is too much goes without its replay. */
  const shorten = (e: Entry, frame: Uint8Array<ArrayBuffer>): void => {
    const lengths = (of: Uint8Array<ArrayBuffer>): Uint32Array => new Uint32Array(of.buffer, 68, 4);
    const rest = (e.laid = frame.slice(0, HEADER_BYTES + (lengths(frame)[0] as number)));
    rest[6] = CODEC_NONE;
    lengths(rest).fill(0, 2);
    const { settled } = e;
    e.settled = undefined;
    tell("too_large", clock());
    settled?.(false);
  };

  const squeeze = async (texts: Texts): Promise<Sections> =>
    (await (core.squeeze ?? ctx.squeeze)?.(texts)) ?? (texts.map(plain) as Sections);
  const press = (e: Entry): void => {
    e.pressed = true;
    void squeeze(e.written as Texts).then(
      guard((sections) => {
        e.seal?.(sections);
        pump();
      }),
    );
  };

  ctx.leave.push(() => {
    if (!full) return;
    tell("memory", full);
    full = clock();
  });
  return () => {
    let waiting = 0;
    for (const e of ctx.queue) {
      if (e.laid && e.laid.length > MAX_FRAME) shorten(e, e.laid);
      else if (!e.laid && !e.pressed) press(e);
      const [signals = "", replay = ""] = e.written ?? [];
      waiting += e.laid?.length ?? signals.length + replay.length;
    }
    if (ctx.ending) return;
    if (waiting > (full ? MAX_WAITING / 2 : MAX_WAITING)) {
      full ||= clock();
      core.silence();
      if (waiting > MAX_WAITING_SIGNALS) ctx.queue.pop();
    } else if (full) {
      const since = full;
      full = 0;
      tell("memory", since);
      core.resume();
    }
  };
}
