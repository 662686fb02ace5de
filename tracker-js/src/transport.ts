/**
 * Brings frames to the collector and keeps each until it is acknowledged or
 * refused: by websocket, the window of unacknowledged frames being the
 * backpressure; by POST where websockets do not open; by beacon when the page
 * goes. What then is left waits in the tab for its next page. See sections 1,
 * 2, 6 and 7 of the wire protocol.
 */
import type { Config } from "./config";
import { guard } from "./guard";
import type { Session } from "./session";
import { stamp } from "./wire";

export interface Welcome extends Partial<Limits> {
  time?: number;
  sample_rate?: number;
  consent?: string;
}

interface Limits {
  max_unacked: number;
  max_unacked_bytes: number;
  flush_ms: number;
  flush_bytes: number;
}

interface Refusal {
  n: number;
  reason: string;
  day?: string;
}

interface Message {
  welcome?: Welcome;
  ack?: number;
  refuse?: Refusal;
}

type Frame = Uint8Array<ArrayBuffer>;

/** A batch on its way: first compressed, then sent, then settled. */
export interface Entry {
  frame?: Frame;
  /** Characters it holds, for bounding memory. */
  size: number;
  /** Number on the present connection; 0: not sent. */
  n: number;
  /** Lays the frame out at once, uncompressed, where it is not laid out yet. */
  seal?(): void;
  /** The log has it, or it is lost for good. */
  settled?(taken: boolean): void;
  /** Given to a beacon: probably delivered, but nobody says so. */
  beaconed?: boolean;
  /** Moved into another session after a refusal, which happens once. */
  moved?: boolean;
}

export interface Transport {
  limits: Limits;
  /** Bytes that wait, as far as is known. */
  waiting(): number;
  enqueue(entry: Entry): void;
  connect(): void;
  /** Looks whether something can be sent. */
  pump(): void;
  /** The page may be gone a moment later; `last`: it will. */
  unload(last: boolean): void;
  /** Takes what the tab kept: a page begins, or comes back. */
  enter(): void;
  /** Sends what waits, then closes. */
  finish(): void;
  /** Closes at once and forgets what waits. */
  abandon(): void;
}

const VERSION = "0.1.0";
/** Openings that may fail before POST takes over. */
const TRIES = 3;
/** How long a connection may take to welcome us, ms; above it something in between swallows it. */
const PATIENCE = 1e4;
const MAX_BODY = 9e5;
/** Beacons share 64 KiB with everything else the page sends in its last moments. */
const MAX_BEACON = 48e3;
/** Bytes kept for the next page; as text they fill a fifth of what browsers allow. */
const MAX_TAIL = 5e5;

/**
 * `greeted` hears of a handshake, or that there will be none, and gives the consent state that holds now; `forbidden`:
 * the collector does not take that state.
 */
export function createTransport(
  config: Config,
  session: Session,
  greeted: (welcome: Welcome) => number,
  forbidden: () => void,
): Transport {
  const address = (path: string): string => `${config.collector}/v1/${path}?site=${encodeURIComponent(config.site)}`;
  const limits: Limits = { max_unacked: 8, max_unacked_bytes: 18e5, flush_ms: 2e3, flush_bytes: 16384 };
  let queue: Entry[] = [];
  let socket: WebSocket | undefined;
  let ready = false;
  let byPost = false;
  let ending = false;
  let over = false;
  let sent = 0;
  let failures = 0;
  let timer: unknown;

  const die = (): void => {
    over = true;
    queue = [];
    socket?.close();
  };
  /** The connection, or the request, is gone: what it did not settle is sent again. */
  const retry = (atLeast = 0, spread = Math.min(6e4, 1e3 * 2 ** failures++)): void => {
    for (const e of queue) e.n = 0;
    sent = 0;
    timer ??= setTimeout(
      guard(() => {
        timer = undefined;
        pump();
      }),
      atLeast + spread * (0.5 + Math.random() / 2),
    );
  };
  const settle = (e: Entry, taken: boolean): void => {
    queue = queue.filter((other) => other !== e);
    e.settled?.(taken);
  };

  const hear = ({ welcome, ack, refuse }: Message): void => {
    if (welcome) {
      Object.assign(limits, welcome);
      const state = greeted(welcome);
      // Whatever waits was allowed by a mode that may have become stricter.
      for (const e of queue) if (e.frame) e.frame[4] = state;
    }
    const entry = refuse && queue.find((e) => e.n === refuse.n);
    if (entry) {
      const day = Date.parse(`${refuse.day}`) / 864e5;
      if (day && !entry.moved) {
        session.rehouse(entry.frame as Frame, day);
        entry.moved = true;
        entry.n = 0;
      } else settle(entry, false);
      if (refuse.reason === "consent") forbidden();
    }
    if (ack) {
      failures = 0;
      for (const e of queue) if (e.n && e.n <= ack) settle(e, true);
    }
  };

  const connect = (): void => {
    if (over || socket || timer) return;
    let ws: WebSocket | undefined;
    let asked = 0;
    const down = guard((code: number): void => {
      if (ws !== socket) return;
      ws?.close();
      socket = undefined;
      ready = false;
      if ((code >= 4100 && code < 4200) || code === 1009) return die();
      if (session.offset === undefined && (!code || failures > TRIES - 2)) {
        byPost = true;
        failures = 0;
        limits.max_unacked_bytes = MAX_BODY;
        hear({ welcome: {} });
      }
      if (code === 4000) retry(0, 5e3);
      else retry(code === 4002 ? 1e4 : 0);
    });
    try {
      ws = socket = new WebSocket(address("stream").replace(/^http/, "ws"), "hindsight.v1");
    } catch {
      return down(0);
    }
    setTimeout(() => ready || down(0), PATIENCE);
    ws.onopen = guard(() => {
      asked = Date.now();
      ws.send(JSON.stringify({ hello: { tracker: VERSION } }));
    });
    ws.onmessage = guard((e: MessageEvent<string>) => {
      const message = JSON.parse(e.data) as Message;
      if (message.welcome) {
        ready = true;
        session.offset = Math.round((message.welcome.time as number) - (asked + Date.now()) / 2);
      }
      hear(message);
      pump();
    });
    ws.onclose = (e) => down(e.code);
  };

  /** Numbers and gives the frames that the window has room for. In order: what is not laid out yet holds the rest back. */
  const next = (): Frame[] => {
    let count = 0;
    let bytes = 0;
    return queue
      .filter((e) => {
        bytes += e.frame?.length ?? Infinity;
        return ++count <= limits.max_unacked && bytes <= limits.max_unacked_bytes && !e.n && (e.n = ++sent);
      })
      .map((e) => stamp(e.frame as Frame));
  };
  // A plain type needs no preflight.
  const body = (frames: Frame[]): Blob => new Blob(frames, { type: "text/plain" });

  /** The websocket's stand-in: one request at a time, its answer being the ack. */
  const post = async (): Promise<void> => {
    const frames = sent || timer ? [] : next();
    if (!frames.length) return;
    let status = 0;
    let wait = 0;
    try {
      const answer = await fetch(address("batch"), { method: "POST", body: body(frames), credentials: "omit" });
      status = answer.status;
      wait = Number(answer.headers.get("Retry-After")) * 1e3;
      if (status === 200)
        for (const refuse of ((await answer.json()) as { refused: Refusal[] }).refused) hear({ refuse });
    } catch {
      status = 0;
    }
    if (status === 403 || status === 404) return die();
    if (!status || status === 429 || status >= 500) return retry(wait);
    if (status > 299) for (const e of queue) if (e.n) settle(e, false);
    hear({ ack: sent });
    sent = 0;
    pump();
  };

  const pump = (): void => {
    if (ending && !queue.length) die();
    else if (byPost) void post();
    else if (ready) for (const frame of next()) socket?.send(frame);
    // Lazily: with nothing to say there is no need to come back.
    else if (queue.length) connect();
  };

  return {
    limits,
    waiting: () => queue.reduce((sum, e) => sum + (e.frame?.length ?? e.size), 0),
    connect,
    pump,
    enqueue(entry) {
      if (!over) queue.push(entry);
    },
    enter() {
      queue.unshift(...session.enter().map((frame) => ({ frame, size: 0, n: 0 })));
    },
    unload(last) {
      for (const e of queue) e.seal?.();
      pump();
      // The newest are the least likely to be under way already.
      let room = MAX_BEACON;
      const tail: Entry[] = [];
      for (const e of [...queue].reverse()) {
        const { length } = e.frame as Frame;
        if (e.beaconed || length > room) continue;
        room -= length;
        tail.unshift(e);
      }
      if (tail.length && navigator.sendBeacon(address("batch"), body(tail.map((e) => stamp(e.frame as Frame)))))
        for (const e of tail) e.beaconed = true;
      if (!last) return;
      let bytes = 0;
      const kept = queue.filter((e) => !e.beaconed && (bytes += e.frame?.length ?? 0) <= MAX_TAIL);
      if (session.leave(kept.map((e) => e.frame as Frame))) queue = queue.filter((e) => !kept.includes(e));
      // With an open connection a page could not come back as it was.
      socket?.close();
      socket = undefined;
      ready = false;
      retry();
    },
    finish() {
      ending = true;
      pump();
    },
    abandon: die,
  };
}
