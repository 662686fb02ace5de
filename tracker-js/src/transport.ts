/**
 * Brings frames to the collector and keeps each until it is acknowledged or
 * refused: by websocket, the window of unacknowledged frames being the
 * backpressure; by POST where websockets do not open; by beacon when the page
 * goes. See sections 1, 2, 6 and 7 of the wire protocol.
 */
import { guard } from "./guard";
import type { Entry, Outbox } from "./queue/batch";
import { rehome, stamp } from "./wire";
import { keepTail, takeTail } from "./queue/tail";

export interface Welcome {
  time?: number;
  sample_rate?: number;
  consent?: string;
}

export interface Events {
  /** A handshake, or the knowledge that there will be none. Gives the consent state that holds now. */
  welcome(welcome: Welcome): number;
  /** The session's day was refused; gives the id of the session that goes on. */
  day(day: number, refused: Uint8Array): Uint8Array;
  /** The collector does not take the consent state. */
  consent(): void;
}

export interface Transport extends Outbox {
  limits: Limits;
  /** Clock offset, ms, once a handshake has told it. */
  offset(): number | undefined;
  connect(): void;
  /** The page may be gone a moment later; `last`: it will. */
  unload(last: boolean): void;
  /** Sends what waits, then closes. */
  end(): void;
  /** Closes at once and forgets what waits. */
  drop(): void;
}

interface Limits {
  max_unacked: number;
  max_unacked_bytes: number;
  flush_ms: number;
  flush_bytes: number;
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
  const limits: Limits = { max_unacked: 8, max_unacked_bytes: 18e5, flush_ms: 2000, flush_bytes: 16384 };
  let queue: Entry[] = takeTail(site);
  let socket: WebSocket | undefined;
  let ready = false;
  let welcomed = false;
  let posting = false;
  let byPost = false;
  let over = false;
  let sent = 0;
  let failures = 0;
  let opens = 0;
  let timer = 0;
  let offset: number | undefined;

  const settle = (done: (e: Entry) => unknown): void => {
    queue = queue.filter((e) => !done(e));
  };
  const die = (): void => {
    over = true;
    queue = [];
    socket?.close();
  };
  const retry = (atLeast = 0, spread = Math.min(6e4, 1e3 * 2 ** failures++)): void => {
    if (over || timer) return;
    timer = window.setTimeout(
      guard(() => {
        timer = 0;
        connect();
      }),
      atLeast + spread * (0.5 + Math.random() / 2),
    );
  };
  const refused = (entry: Entry | undefined, reason: unknown, day: unknown): void => {
    if (!entry?.frame) return;
    const at = Date.parse(String(day)) / 864e5;
    if (reason === "session_day" && at && !entry.moved) {
      rehome(entry.frame, events.day(at, entry.frame.slice(8, 24)));
      entry.moved = true;
      entry.n = 0;
    } else settle((e) => e === entry);
    if (reason === "consent") events.consent();
  };

  const greet = (w: Welcome & Partial<Limits>, asked: number): void => {
    const now = Date.now();
    if (w.time) offset = Math.round(w.time - (asked + now) / 2);
    for (const name of Object.keys(limits) as (keyof Limits)[]) limits[name] = w[name] ?? limits[name];
    failures = 0;
    const state = events.welcome(w);
    // Whatever waits was allowed by a mode that may have become stricter.
    for (const e of queue) if (e.frame && !e.beaconed) e.frame[4] = state;
  };

  const connect = (): void => {
    if (over || socket || timer) return;
    if (byPost) return void post();
    const ws = new WebSocket(address("stream").replace(/^http/, "ws"), "hindsight.v1");
    socket = ws;
    ws.binaryType = "arraybuffer";
    let asked = 0;
    ws.onopen = guard(() => {
      asked = Date.now();
      ws.send(JSON.stringify({ hello: { tracker: VERSION } }));
    });
    ws.onmessage = guard((e: MessageEvent) => {
      const m = JSON.parse(String(e.data)) as {
        welcome?: Welcome;
        ack?: number;
        refuse?: { n: number; reason: string; day?: string };
      };
      const ack = m.ack;
      if (m.welcome) {
        ready = welcomed = true;
        greet(m.welcome, asked);
      }
      if (ack) settle((x) => x.n && x.n <= ack);
      if (m.refuse) {
        const { n, reason, day } = m.refuse;
        refused(queue.find((x) => x.n === n), reason, day);
      }
      pump();
    });
    ws.onclose = guard((e: CloseEvent) => {
      socket = undefined;
      ready = false;
      sent = 0;
      for (const x of queue) x.n = 0;
      const { code } = e;
      if ((code >= 4100 && code < 4200) || code === 1009) return die();
      if (!welcomed && ++opens >= TRIES) {
        byPost = true;
        failures = 0;
        events.welcome({});
      }
      // Lazily: with nothing to say there is no need to come back.
      if (!welcomed || queue.length)
        if (code === 4000) retry(0, 5e3);
        else retry(code === 4002 ? 1e4 : 0);
    });
  };

  const body = (entries: Entry[]): Blob => {
    const frames = entries.map((e) => e.frame as Frame);
    for (const frame of frames) stamp(frame, Date.now());
    // A plain type needs no preflight.
    return new Blob(frames, { type: "text/plain" });
  };

  /** The websocket's stand-in: one request at a time, its answer being the ack. */
  const post = async (): Promise<void> => {
    let bytes = 0;
    const some = queue
      .filter((e) => e.frame)
      .slice(0, limits.max_unacked)
      .filter((e) => (bytes += e.frame?.length ?? 0) <= MAX_BODY);
    if (posting || !some.length) return;
    posting = true;
    let status = 0;
    let wait = 0;
    try {
      const answer = await fetch(address("batch"), { method: "POST", body: body(some), credentials: "omit" });
      status = answer.status;
      wait = Number(answer.headers.get("Retry-After")) * 1e3 || 0;
      if (status === 200) {
        const { refused: list } = (await answer.json()) as {
          refused: { n: number; reason: string; day?: string }[];
        };
        const no = list.map((r) => some[r.n - 1]);
        settle((e) => some.includes(e) && !no.includes(e));
        list.forEach((r, i) => refused(no[i], r.reason, r.day));
      }
    } catch {
      status = 0;
    }
    posting = false;
    if (status === 403 || status === 404) return die();
    if (status === 204 || status === 400 || status === 413) settle((e) => some.includes(e));
    if (status && status !== 429 && status < 500) {
      failures = 0;
      void post();
    } else retry(wait);
  };

  const pump = (): void => {
    if (!ready) return queue.length ? connect() : undefined;
    const waiting = queue.filter((e) => e.n);
    let count = waiting.length;
    let bytes = waiting.reduce((sum, e) => sum + (e.frame?.length ?? 0), 0);
    for (const e of queue) {
      if (e.n || !e.frame) continue;
      bytes += e.frame.length;
      if (++count > limits.max_unacked || bytes > limits.max_unacked_bytes) break;
      stamp(e.frame, Date.now());
      socket?.send(e.frame);
      e.n = ++sent;
    }
  };

  return {
    limits,
    offset: () => offset,
    connect,
    pump,
    full: () => queue.reduce((sum, e) => sum + (e.frame?.length ?? e.size), 0) > MAX_WAITING,
    add(entry) {
      if (!over) queue.push(entry);
    },
    unload(last) {
      for (const e of queue) e.seal();
      pump();
      let bytes = 0;
      const tail: Entry[] = [];
      // The newest are the least likely to be under way already.
      for (const e of [...queue].reverse()) {
        const length = (e.frame as Frame).length;
        if (e.beaconed || bytes + length > MAX_BEACON) continue;
        bytes += length;
        tail.unshift(e);
      }
      if (tail.length && navigator.sendBeacon(address("batch"), body(tail)))
        for (const e of tail) e.beaconed = true;
      if (last) keepTail(site, queue.filter((e) => !e.beaconed).map((e) => e.frame as Frame));
    },
    end() {
      const wait = (): void => {
        if (over) return;
        if (queue.length) setTimeout(guard(wait), 1e3);
        else die();
      };
      wait();
    },
    drop() {
      keepTail(site, []);
      die();
    },
  };
}
