/**
 * The websocket's stand-in, fetched where websockets do not open: one request
 * at a time, its answer being the ack. See section 7 of the wire protocol.
 */
import { guard } from "../guard";
import type { Refusal, Stream, Welcome } from "../link/main";
import { body, type Entry } from "../transport";

export interface Post {
  /** Gives what sends whatever the window has room for. */
  start(stream: Stream): () => void;
}

/** How long an answer may take, ms, as over a connection. */
const SILENCE = 15e4;
/** Bytes in one request. */
const MAX_BODY = 9e5;

/** The first one where something in between has doubled the header; what nobody can read allows nothing, but answers. */
const read = guard((list: string) => (JSON.parse(list) as Welcome[])[0]);

export const start: Post["start"] = ({ address, limits, take, hear, down, pump }) => {
  let busy = false;
  let welcomed = false;
  const send = async (frames: Entry[]): Promise<void> => {
    let status = 0;
    let wait = 0;
    let refused: Refusal[] = [];
    let welcome: Welcome | undefined;
    try {
      const answer = await fetch(address, { method: "POST", body: body(frames), credentials: "omit", signal: AbortSignal.timeout(SILENCE) });
      status = answer.status;
      wait = Number(answer.headers.get("Retry-After")) * 1e3;
      // One that says nothing of it has no rate of its own.
      welcome = read(`[${answer.headers.get("Hindsight-Welcome") ?? "{}"}]`);
      if (status === 200) ({ refused } = (await answer.json()) as { refused: Refusal[] });
    } catch {
      status = 0;
    }
    busy = false;
    // In the words of close codes: never again, or later.
    if (status === 403 || status === 404) return down(4100);
    if (!status || status === 429 || status >= 500) return down(0, wait);
    if (status > 299) refused = frames.map((_, i) => ({ n: i + 1, reason: "malformed" }));
    // Once: another might begin a recording that rests. Until then no rate is known, save that of an earlier page.
    if (status < 300 && welcome && !welcomed) {
      welcomed = true;
      hear({ welcome });
    }
    const last = frames.at(-1)?.n;
    // Numbered from 1 within the body, and there as entries of the window.
    for (const refusal of refused) hear({ refuse: { ...refusal, n: frames[refusal.n - 1]?.n as number } });
    hear({ ack: last });
    pump();
  };
  Object.assign(limits, { max_unacked: 8, max_unacked_bytes: MAX_BODY });
  return () => {
    const frames = busy ? [] : take();
    busy ||= frames.length > 0;
    if (frames.length) void send(frames);
  };
};
