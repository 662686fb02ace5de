/**
 * Brings frames to the collector and keeps each until it is acknowledged or
 * refused: by websocket, the window of unacknowledged frames being the
 * backpressure; by POST where websockets do not open; by beacon when the page
 * goes. See sections 1, 2, 6 and 7 of the wire protocol.
 */
import { guard } from "./guard";
import type { Entry, Outbox } from "./queue/batch";
import { keepTail, takeTail } from "./queue/tail";
import { rehome, stamp } from "./wire";

export interface Welcome extends Partial<Limits> {
  time?: number;
  sample_rate?: number;
  consent?: string;
}

export interface Events {
  /** A handshake, or the knowledge that there will be none. Gives the consent state that holds now. */
  greeted(welcome: Welcome): number;
  /** The session's day was refused; gives the id of the session that goes on. */
  rehoused(day: number, refused: Uint8Array): Uint8Array;
  /** The collector does not take the consent state. */
  forbidden(): void;
}

export interface Transport extends Outbox {
  limits: Limits;
  /** Clock offset, ms, once a handshake has told it. */
  clockOffset(): number | undefined;
  connect(): void;
  /** The page may be gone a moment later; `last`: it will. */
  unload(last: boolean): void;
  /** Sends what waits, then closes. */
  finish(): void;
  /** Closes at once and forgets what waits. */
  abandon(): void;
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

const VERSION = "0.1.0";
/** Openings that may fail before POST takes over. */
const TRIES = 3;
const MAX_WAITING = 4e6;
const MAX_BODY = 9e5;
/** Beacons share 64 KiB with everything else the page sends in its last moments. */
const MAX_BEACON = 48e3;

export function createTransport(collector: string, site: string, events: Events): Transport {
  const address = (path: string): string => `${collector}/v1/${path}?site=${encodeURIComponent(site)}`;
  const limits: Limits = { max_unacked: 8, max_unacked_bytes: 18e5, flush_ms: 2e3, flush_bytes: 16384 };
  let queue: Entry[] = takeTail(site);
  let socket: WebSocket | undefined;
  let ready = false;
  let byPost = false;
  let over = false;
  let sent = 0;
  /** Openings that failed, until one succeeds for good. */
  let opens = 0;
  let failures = 0;
  let timer = 0;
  let asked = 0;
  let offset: number | undefined;

  const weight = (entries: Entry[]): number => entries.reduce((sum, e) => sum + (e.frame?.length ?? e.size), 0);
  const die = (): void => {
    over = true;
    queue = [];
    socket?.close();
  };
  /** The connection, or the request, is gone: what it did not settle is sent again. */
  const lost = (atLeast: number, spread = Math.min(6e4, 1e3 * 2 ** failures++)): void => {
    for (const e of queue) e.n = 0;
    sent = 0;
    if (over || timer) return;
    timer = window.setTimeout(
      guard(() => {
        timer = 0;
        pump();
      }),
      atLeast + spread * (0.5 + Math.random() / 2),
    );
  };

  const hear = ({ welcome, ack, refuse }: Message): void => {
    if (welcome) {
      if (welcome.time) offset = Math.round(welcome.time - (asked + Date.now()) / 2);
      for (const name of Object.keys(limits) as (keyof Limits)[]) limits[name] = welcome[name] ?? limits[name];
      failures = 0;
      const state = events.greeted(welcome);
      // Whatever waits was allowed by a mode that may have become stricter.
      for (const e of queue) if (e.frame && !e.beaconed) e.frame[4] = state;
    }
    const entry = refuse && queue.find((e) => e.n === refuse.n);
    if (entry?.frame) {
      const day = Date.parse(`${refuse?.day}`) / 864e5;
      if (day && !entry.moved) {
        rehome(entry.frame, events.rehoused(day, entry.frame.slice(8, 24)));
        entry.moved = true;
        entry.n = 0;
      } else queue = queue.filter((e) => e !== entry);
      if (refuse?.reason === "consent") events.forbidden();
    }
    if (ack) queue = queue.filter((e) => !e.n || e.n > ack);
  };

  const connect = (): void => {
    if (over || socket || timer) return;
    const ws = (socket = new WebSocket(address("stream").replace(/^http/, "ws"), "hindsight.v1"));
    ws.onopen = guard(() => {
      asked = Date.now();
      ws.send(JSON.stringify({ hello: { tracker: VERSION } }));
    });
    ws.onmessage = guard((e: MessageEvent<string>) => {
      const message = JSON.parse(e.data) as Message;
      if (message.welcome) {
        ready = true;
        opens = -Infinity;
      }
      hear(message);
      pump();
    });
    ws.onclose = guard(({ code }: CloseEvent) => {
      socket = undefined;
      ready = false;
      if ((code >= 4100 && code < 4200) || code === 1009) return die();
      byPost = ++opens >= TRIES;
      if (byPost) hear({ welcome: {} });
      if (code === 4000) lost(0, 5e3);
      else lost(code === 4002 ? 1e4 : 0);
    });
  };

  const body = (entries: Entry[]): Blob =>
    // A plain type needs no preflight.
    new Blob(
      entries.map((e) => {
        stamp(e.frame as Frame, Date.now());
        return e.frame as Frame;
      }),
      { type: "text/plain" },
    );

  /** Numbers and gives the frames that the window has room for. */
  const next = (): Entry[] => {
    const flying = queue.filter((e) => e.n);
    let count = flying.length;
    let bytes = weight(flying);
    return queue.filter((e) => {
      if (e.n || !e.frame || count >= limits.max_unacked) return false;
      bytes += e.frame.length;
      if (bytes > limits.max_unacked_bytes) count = Infinity;
      else {
        count++;
        e.n = ++sent;
      }
      return e.n;
    });
  };

  /** The websocket's stand-in: one request at a time, its answer being the ack. */
  const post = async (): Promise<void> => {
    limits.max_unacked_bytes = MAX_BODY;
    const some = sent || timer ? [] : next();
    if (!some.length) return;
    let status = 0;
    let wait = 0;
    try {
      const answer = await fetch(address("batch"), { method: "POST", body: body(some), credentials: "omit" });
      status = answer.status;
      wait = Number(answer.headers.get("Retry-After")) * 1e3;
      if (status === 200)
        for (const refuse of ((await answer.json()) as { refused: Refusal[] }).refused) hear({ refuse });
    } catch {
      status = 0;
    }
    if (status === 403 || status === 404) return die();
    if (!status || status === 429 || status >= 500) return lost(wait);
    hear({ ack: sent });
    failures = sent = 0;
    void post();
  };

  const pump = (): void => {
    if (byPost) void post();
    else if (ready)
      for (const { frame } of next()) {
        stamp(frame as Frame, Date.now());
        socket?.send(frame as Frame);
      }
    // Lazily: with nothing to say there is no need to come back.
    else if (queue.length) connect();
  };

  return {
    limits,
    clockOffset: () => offset,
    connect,
    pump,
    isFull: () => weight(queue) > MAX_WAITING,
    enqueue(entry) {
      if (!over) queue.push(entry);
    },
    unload(last) {
      for (const e of queue) e.seal();
      pump();
      let bytes = 0;
      // The newest are the least likely to be under way already.
      const tail = [...queue].reverse().filter((e) => {
        const sum = bytes + weight([e]);
        if (e.beaconed || sum > MAX_BEACON) return false;
        bytes = sum;
        return true;
      });
      if (tail.length && navigator.sendBeacon(address("batch"), body(tail.reverse())))
        for (const e of tail) e.beaconed = true;
      if (last) keepTail(site, queue.filter((e) => !e.beaconed));
    },
    finish() {
      if (queue.length) setTimeout(this.finish.bind(this), 1e3);
      else die();
    },
    abandon() {
      keepTail(site, []);
      die();
    },
  };
}
