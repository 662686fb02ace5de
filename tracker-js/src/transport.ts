/**
 * Brings frames to the collector and keeps each until it is acknowledged or
 * refused: by websocket, the window of unacknowledged frames being the
 * backpressure; by POST (queue/post.ts) where websockets do not open; by beacon
 * when the page goes. What then is left waits in the tab for its next page. See
 * sections 1, 2, 6 and 7 of the wire protocol.
 */
import type { Config } from "./config";
import { guard } from "./guard";
import { load } from "./parts";
import type { Post } from "./queue/post";
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

export interface Refusal {
  n: number;
  reason: string;
  day?: string;
}

interface Message {
  welcome?: Welcome;
  ack?: number | undefined;
  refuse?: Refusal;
}

type Frame = Uint8Array<ArrayBuffer>;

/** A batch on its way: first compressed, then sent, then settled. */
export interface Entry {
  laid?: Frame;
  /** Characters it holds, for bounding memory. */
  size?: number;
  /** Number on the present connection; 0 or none: not sent. */
  n?: number;
  /** Lays the frame out at once, uncompressed, where it is not laid out yet. */
  seal?(): void;
  /** The log has it, or it is lost for good. */
  settled?(taken: boolean): void;
  /** Given to a beacon: probably delivered, but nobody says so. */
  beaconed?: boolean;
}

/** What a stand-in for the websocket is given. */
export interface Link {
  address: string;
  /** Numbers and gives the entries that the window has room for. */
  take(): Entry[];
  /** Takes what the collector says. */
  hear(message: Message): void;
  /** The connection, or the request, is gone, with its close code; `wait`: ms before another may be tried. */
  down(code: number, wait?: number): void;
  pump(): void;
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

/** Openings that may fail before POST takes over. */
const TRIES = 3;
/** How long a connection may take to welcome us, ms; above it something in between swallows it. */
const PATIENCE = 1e4;
/** Beacons share 64 KiB with everything else the page sends in its last moments. */
const MAX_BEACON = 48e3;
/** Bytes kept for the next page; as text they fill a fifth of what browsers allow. */
const MAX_TAIL = 5e5;

/** Frames one after the other, with the time of now. A plain type needs no preflight. */
export function body(entries: Entry[]): Blob {
  return new Blob(entries.map((e) => stamp(e.laid as Frame)), { type: "text/plain" });
}

/**
 * `greeted` hears of a handshake, or that there will be none, and gives the consent state that holds now; `forbidden`:
 * the collector does not take that state.
 */
export function createTransport(
  { server, site, script }: Config,
  session: Session,
  greeted: (welcome: Welcome) => number,
  forbidden: () => void,
): Transport {
  const address = (path: string): string => `${server}/v1/${path}?site=${encodeURIComponent(site)}`;
  // Those of the window come with the welcome, before which nothing is sent.
  const limits = { flush_ms: 2e3, flush_bytes: 16384 } as Limits;
  let queue: Entry[] = [];
  let socket: WebSocket | undefined;
  /** Sends what the window has room for; undefined while nothing can be sent. */
  let send: (() => void) | undefined;
  /** Sends by POST, which then stays. */
  let post: (() => void) | undefined;
  let ending = false;
  let over = false;
  let asked = 0;
  let sent = 0;
  let failures = 0;
  let timer: unknown;

  const die = (): void => {
    over = true;
    queue = [];
    close();
  };
  const close = (): void => {
    socket?.close();
    socket = undefined;
    send = post;
    // What was not settled is sent again.
    for (const e of queue) e.n = 0;
    sent = 0;
  };
  const later = (wait: number, spread = Math.min(6e4, 1e3 * 2 ** failures++)): void => {
    timer ??= setTimeout(again, wait + spread * (0.5 + Math.random() / 2));
  };
  const again = guard(() => {
    timer = undefined;
    pump();
  });
  const down = guard((code: number, wait: number = code === 4002 ? 1e4 : 0): void => {
    close();
    if ((code >= 4100 && code < 4200) || code === 1009) die();
    else if (post || session.offset !== undefined || (code && failures < TRIES - 1)) later(wait, code === 4000 ? 5e3 : undefined);
    else
      load<Post>(
        script,
        "post",
        (part) => {
          failures = 0;
          send = post = part.start({ address: address("batch"), take, hear, down, pump });
          pump();
        },
        () => later(0),
      );
  });
  const settle = (e: Entry, taken: boolean): void => {
    queue = queue.filter((other) => other !== e);
    e.settled?.(taken);
  };

  const hear = ({ welcome, ack, refuse }: Message): void => {
    if (welcome) {
      if (welcome.time) session.offset = Math.round(welcome.time - (asked + Date.now()) / 2);
      Object.assign(limits, welcome);
      const state = greeted(welcome);
      // Whatever waits was allowed by a mode that may have become stricter.
      for (const e of queue) if (e.laid) e.laid[4] = state;
    }
    const entry = refuse?.n && queue.find((e) => e.n === refuse.n);
    if (entry) {
      if (session.rehouse(entry.laid as Frame, refuse.day)) entry.n = 0;
      else settle(entry, false);
      if (refuse.reason === "consent") forbidden();
    }
    if (ack) {
      failures = 0;
      for (const e of queue) if (e.n && e.n <= ack) settle(e, true);
    }
  };

  const connect = (): void => {
    if (over || socket || timer) return;
    try {
      const ws = (socket = new WebSocket(address("stream").replace(/^http/, "ws"), "hindsight.v1"));
      const gone = (code: number): void => {
        if (ws === socket) down(code);
      };
      setTimeout(() => send || gone(0), PATIENCE);
      ws.onopen = () => {
        asked = Date.now();
        ws.send('{"hello":{"tracker":"0.1.0"}}');
      };
      ws.onmessage = guard(({ data }: MessageEvent<string>) => {
        send ??= () => {
          for (const e of take()) ws.send(stamp(e.laid as Frame));
        };
        hear(JSON.parse(data) as Message);
        pump();
      });
      ws.onclose = (e) => gone(e.code);
    } catch {
      down(0);
    }
  };

  /** In order: what is not laid out yet holds the rest back. */
  const take = (): Entry[] => {
    let bytes = 0;
    return queue.filter((e, i) => {
      bytes += e.laid?.length ?? Infinity;
      return i < limits.max_unacked && bytes <= limits.max_unacked_bytes && !e.n && (e.n = ++sent);
    });
  };

  const pump = (): void => {
    if (ending && !queue.length) die();
    else if (send) send();
    // Lazily: with nothing to say there is no need to come back.
    else if (queue.length) connect();
  };

  return {
    limits,
    waiting: () => queue.reduce((sum, e) => sum + (e.laid?.length ?? (e.size as number)), 0),
    connect,
    pump,
    enqueue(entry) {
      if (!over) queue.push(entry);
    },
    enter() {
      queue.unshift(...session.enter().map((laid) => ({ laid })));
    },
    unload(last) {
      for (const e of queue) e.seal?.();
      pump();
      // The newest are the least likely to be under way already.
      let room = MAX_BEACON;
      const tail: Entry[] = [];
      for (const e of [...queue].reverse()) {
        const { length } = e.laid as Frame;
        if (e.beaconed || length > room) continue;
        room -= length;
        tail.unshift(e);
      }
      // What an earlier beacon has taken of the room is not told: fewer are tried, the newest last.
      while (tail.length && !navigator.sendBeacon(address("batch"), body(tail))) tail.shift();
      for (const e of tail) e.beaconed = true;
      if (!last) return;
      let bytes = MAX_TAIL;
      const kept = queue.filter((e) => !e.beaconed && (bytes -= (e.laid as Frame).length) >= 0);
      if (session.leave(kept.map((e) => e.laid as Frame))) queue = queue.filter((e) => !kept.includes(e));
      // With an open connection a page could not come back as it was.
      close();
      later(0);
    },
    finish() {
      ending = true;
      pump();
    },
    abandon: die,
  };
}
