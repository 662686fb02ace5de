/**
 * The connection to the collector, fetched when a recording begins: by
 * websocket, the window of unacknowledged frames being the backpressure; by
 * POST (queue/post.ts) where websockets do not open. See sections 1, 2, 6 and 7
 * of the wire protocol.
 */
import { hex } from "../bytes";
import { leniency } from "../config";
import { guard, listen } from "../guard";
import { load } from "../parts";
import type { Post } from "../queue/post";
import { date, DAY } from "../session";
import { clock, type Context } from "../observe/context";
import type { Entry, Limits } from "../transport";
import { stamp } from "../wire";
import { cede } from "./around";
import { fetchLate } from "./early";
import { createLine } from "./line";
import { createSampling } from "./sampling";
import { observeSaid } from "./say";
import { observeViews } from "./views";

export interface Welcome extends Partial<Limits> {
  time?: number;
  sample_rate?: number;
  consent?: string;
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

/** What a stand-in for the websocket is given. */
export interface Stream {
  address: string;
  limits: Limits;
  /** Numbers and gives the entries that the window has room for. */
  take(): Entry[];
  /** Takes what the collector says. */
  hear(message: Message): void;
  /** The connection, or the request, is gone, with its close code; `wait`: ms before another may be tried. */
  down(code: number, wait?: number): void;
  pump(): void;
}

/** What this part exports. */
export interface Link {
  /** Gives what looks whether something can be sent; `rest`: closes the connection until there is something new to send. */
  start(ctx: Context): (rest?: boolean) => void;
}

/** Openings that may fail before POST takes over. */
const TRIES = 3;
/** How long a connection may take to welcome us, ms; above it something in between swallows it. */
const PATIENCE = 1e4;
/**
 * How long the collector may leave what was sent unanswered, ms: longer than one message may take on a slow line. Above it
 * the way there is gone and nobody has said so, as when a machine changes its network.
 */
const SILENCE = 15e4;

export const start: Link["start"] = (ctx) => {
  const { session, address } = ctx;
  let socket: WebSocket | undefined;
  /** Sends what the window has room for; undefined while nothing can be sent. */
  let send: (() => void) | undefined;
  /** Sends by POST, which then stays. */
  let post: (() => void) | undefined;
  let asked = 0;
  let sent = 0;
  let failures = 0;
  let timer: unknown;

  const close = (): void => {
    socket?.close();
    socket = undefined;
    send = post;
    // What was not settled is sent again.
    for (const e of ctx.queue) e.n = 0;
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
    if ((code >= 4100 && code < 4200) || code === 1009) ctx.end();
    else if (post || session.offset !== undefined || (code && failures < TRIES - 1)) later(wait, code === 4000 ? 5e3 : undefined);
    else
      load<Post>(
        ctx.script,
        "post",
        (part) => {
          failures = 0;
          send = post = part.start({ address: address("batch"), limits: ctx.limits, take, hear, down, pump });
          pump();
        },
        () => later(0),
      );
  });
  const settle = (e: Entry, taken: boolean): void => {
    ctx.queue = ctx.queue.filter((other) => other !== e);
    e.settled?.(taken);
  };

  /** Where the collector named its day a refused frame goes into the session that goes on; tells whether that is another one. */
  const rehouse = (frame: Uint8Array, day: string | undefined): boolean => {
    const named = Date.parse(`${day}`) / DAY;
    const id = session.who.subarray(0, 16);
    const before = hex(frame.subarray(8, 24));
    if (named && before === session.kept().s) session.keep({ s: hex(date(id, named)) });
    if (named) frame.set(id, 8);
    return before !== hex(frame.subarray(8, 24));
  };

  const hear = ({ welcome, ack, refuse }: Message): void => {
    if (welcome) {
      if (welcome.time) {
        // By the clock that events are told by: who sets the wall's, or sleeps, which stops this one, moves none of them.
        const now = clock(), known = session.offset ?? 0, told = Math.round(welcome.time - performance.timeOrigin - (asked + now) / 2);
        // A busy page reads the answer late. What the answer leaves possible stays: most clocks are right.
        session.offset = Math.abs(told - known) > (now - asked) / 2 ? told : known;
        session.wall = session.offset + performance.timeOrigin + now - Date.now();
      }
      Object.assign(ctx.limits, welcome);
      const { consent, revoke } = ctx;
      if (welcome.consent) consent.lenient = Math.min(consent.lenient, leniency(welcome.consent));
      if (consent.allowed()) {
        // Without a rate what an earlier page was told holds, or 1.
        session.keep({ r: welcome.sample_rate ?? session.kept().r ?? 1 });
        sample();
      } else revoke();
      const state = consent.state();
      // Whatever waits was allowed by a mode that may have become stricter.
      for (const e of ctx.queue) if (e.laid) e.laid[4] = state;
    }
    const entry = refuse?.n && ctx.queue.find((e) => e.n === refuse.n);
    if (entry) {
      if (rehouse(entry.laid as Uint8Array, refuse.day)) entry.n = 0;
      else settle(entry, false);
      if (refuse.reason === "consent") ctx.revoke();
    }
    // What was not sent cannot have arrived.
    if (ack && ack <= sent) {
      failures = 0;
      for (const e of ctx.queue) if (e.n && e.n <= ack) settle(e, true);
    }
  };

  const connect = (): void => {
    if (ctx.over || socket || timer) return;
    try {
      const ws = (socket = new WebSocket(address("stream").replace(/^http/, "ws"), "hindsight.v1"));
      const gone = (code: number): void => {
        if (ws === socket) down(code);
      };
      setTimeout(() => send || gone(0), PATIENCE);
      let silence: unknown;
      /** Waits for an answer while one is owed. */
      const listening = (): void => {
        silence ??= setTimeout(() => gone(0), SILENCE);
      };
      ws.onopen = () => {
        asked = clock();
        ws.send('{"hello":{"tracker":"0.1.0"}}');
      };
      ws.onmessage = guard(({ data }: MessageEvent<string>) => {
        send ??= () => {
          for (const e of take()) {
            ws.send(stamp(e.laid as Uint8Array<ArrayBuffer>));
            listening();
          }
        };
        clearTimeout(silence as number);
        silence = undefined;
        hear(JSON.parse(data) as Message);
        if (ctx.queue.some((e) => e.n)) listening();
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
    return ctx.queue.filter((e, i) => {
      bytes += e.laid?.length ?? Infinity;
      return i < ctx.limits.max_unacked && bytes <= ctx.limits.max_unacked_bytes && !e.n && (e.n = ++sent);
    });
  };

  const pump = (rest?: boolean): void => {
    if (rest || ctx.over) {
      close();
      // With an open connection a page could not come back as it was.
      if (!ctx.over) later(0);
    } else if (ctx.ending && !ctx.queue.length) ctx.end();
    else {
      prepare();
      if (send) send();
      // Lazily: with nothing to say there is no need to come back.
      else if (ctx.queue.length) connect();
    }
  };
  if (cede(ctx)) return () => {};
  const [core, sample] = createSampling(ctx);
  const prepare = createLine(ctx, core, () => pump());
  // It may have been stopped meanwhile.
  if (!ctx.ending) {
    sample();
    observeViews(ctx);
    observeSaid(ctx);
    fetchLate(ctx);
    // Another tab has refused, or its visitor is forgotten.
    listen(ctx.undo, window, "storage", (e) => {
      const { key, newValue } = e as StorageEvent;
      if (!ctx.consent.allowed() || (key === ctx.consent.prefix && !newValue)) ctx.revoke();
    });
  }
  connect();
  prepare();
  return pump;
};
