/**
 * A collector for tests: the protocol of docs/wire-protocol.md with its log in
 * memory, and switches for the ways in which a real one can misbehave.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WebSocketServer, type WebSocket } from "ws";
import { type Frame, open, split } from "./frame";

declare const ROOT: string;

export interface Arrival {
  frame: Frame;
  via: "ws" | "beacon";
  bytes: Uint8Array<ArrayBuffer>;
}

export interface Collector {
  origin: string;
  /** Every frame taken, in order of arrival, repeated ones too. */
  arrivals: Arrival[];
  /** All that was sent, frame or not, taken or not: messages, bodies, addresses asked for. */
  sent: Buffer[];
  /** Connections and posts that were tried, whatever came of them. */
  contacts: string[];
  /** Members that override the welcome's. */
  welcome: Record<string, unknown>;
  /** Takes frames but does not acknowledge them. */
  mute: boolean;
  /** Connections that speak while it is so lose their frames and hear nothing any more, as when a machine on the way is gone. */
  deaf: boolean;
  /** The number that is acknowledged in the place of the true one. */
  acks: (n: number) => number;
  /** Says why a frame is refused; undefined takes it. */
  refuse: (frame: Frame) => Record<string, unknown> | undefined;
  /** Refuses upgrades, as a proxy that knows no websockets does. */
  noWebSockets: boolean;
  /** Bodies of posts to /v1/erase. */
  erasures: string[];
  /** Takes connections but never answers their hello, as a proxy that holds everything back does. */
  silent: boolean;
  /** Answers for a script in the place of the built files; undefined leaves it to them, `mute` never answers. */
  script: (url: URL) => { status?: number; text?: string | Buffer; cache?: string; mute?: boolean } | undefined;
  /** Posts that come while it is so are never answered, and lost. */
  postMute: boolean;
  /** Status of posts other than the protocol's own answer. */
  postStatus: number;
  /** The header with the welcome as it arrives: once, twice or broken. */
  postWelcome(text: string): string | string[];
  /** Cuts every connection; `code` 0 without a word. */
  cut(code?: number): void;
  connections(): number;
  /** Goes away as a process does, and comes back at the same address. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Waits until a frame fits. */
  until(what: string, fits: (arrivals: Arrival[]) => unknown): Promise<void>;
  close(): Promise<void>;
}

const WELCOME = {
  max_frame: 900000, max_unacked: 8, max_unacked_bytes: 1800000, flush_ms: 200, flush_bytes: 16384, sample_rate: 1, consent: "none",
};

export async function startCollector(): Promise<Collector> {
  const waiting: (() => void)[] = [];
  const take = (bytes: Uint8Array<ArrayBuffer>, via: Arrival["via"]): Record<string, unknown> | undefined => {
    const frame = open(bytes);
    const no = collector.refuse(frame);
    if (!no) collector.arrivals.push({ frame, via, bytes });
    waiting.forEach((w) => w());
    return no;
  };
  const server: Server = createServer((request, response) => {
    // A page or a test that ends cuts what is on its way: that is no fault of the test.
    serve(request, response).catch((error: unknown) => {
      if (!request.destroyed) throw error;
    });
  });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://x");
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Expose-Headers", "Hindsight-Welcome, Retry-After");
    collector.sent.push(Buffer.from(request.url ?? ""));
    if (request.method === "POST" && /^\/v1\/(batch|erase)$/.test(url.pathname)) {
      collector.contacts.push("POST");
      setImmediate(() => waiting.forEach((w) => w()));
      const chunks: Buffer[] = [];
      const mute = collector.postMute;
      for await (const chunk of request) chunks.push(chunk as Buffer);
      collector.sent.push(...chunks);
      if (mute) return;
      if (collector.postStatus) return void response.writeHead(collector.postStatus).end();
      if (url.pathname === "/v1/erase") {
        collector.erasures.push(Buffer.concat(chunks).toString());
        waiting.forEach((w) => w());
        return void response.writeHead(202).end();
      }
      const { sample_rate, consent } = { ...WELCOME, ...collector.welcome };
      response.setHeader("Hindsight-Welcome", collector.postWelcome(JSON.stringify({ sample_rate, consent })));
      const refused = split(Buffer.concat(chunks)).flatMap((bytes, i) => {
        const no = take(bytes, "beacon");
        return no ? [{ n: i + 1, ...no }] : [];
      });
      if (refused.length) response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ refused }));
      else response.writeHead(204).end();
      return;
    }
    const other = collector.script(url);
    if (other?.mute) return;
    if (other) {
      response.writeHead(other.status ?? 200, { "Content-Type": "text/javascript", "Cache-Control": other.cache ?? "no-store" });
      return void response.end(other.text);
    }
    try {
      const file = readFileSync(join(ROOT, "dist", url.pathname));
      response.writeHead(200, { "Content-Type": "text/javascript" }).end(file);
    } catch {
      response.writeHead(404).end();
    }
  };
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "hindsight.v1" });
  server.on("upgrade", (request, socket, head) => {
    collector.contacts.push("ws");
    collector.sent.push(Buffer.from(request.url ?? ""));
    if (collector.noWebSockets) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (ws) => speak(ws));
  });
  const speak = (ws: WebSocket): void => {
    let n = 0;
    let lost = false;
    ws.on("message", (data: Buffer, binary: boolean) => {
      collector.sent.push(data);
      if (!binary) {
        const { hello } = JSON.parse(data.toString()) as { hello?: { tracker: string } };
        if (collector.silent) return;
        if (!hello?.tracker) return void ws.close(4103);
        ws.send(JSON.stringify({ welcome: { ...WELCOME, time: Date.now(), ...collector.welcome } }));
        return;
      }
      n++;
      if ((lost ||= collector.deaf)) {
        const ack = collector.acks(n);
        if (ack !== n) ws.send(JSON.stringify({ ack }));
        return;
      }
      const no = take(new Uint8Array(data), "ws");
      if (no) ws.send(JSON.stringify({ refuse: { n, ...no } }));
      else if (!collector.mute) ws.send(JSON.stringify({ ack: collector.acks(n) }));
    });
  };
  const collector: Collector = {
    origin: "",
    arrivals: [],
    sent: [],
    contacts: [],
    erasures: [],
    welcome: {},
    mute: false,
    deaf: false,
    acks: (n) => n,
    refuse: () => undefined,
    noWebSockets: false,
    silent: false,
    script: () => undefined,
    postMute: false,
    postStatus: 0,
    postWelcome: (text) => text,
    cut(code = 0) {
      for (const ws of sockets.clients) if (code) ws.close(code); else ws.terminate();
    },
    connections: () => sockets.clients.size,
    async down() {
      collector.cut();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
    up: () => new Promise<void>((ready) => server.listen(Number(new URL(collector.origin).port), "127.0.0.1", ready)),
    until(what, fits) {
      return new Promise((resolve, reject) => {
        const patience = setTimeout(() => {
          reject(new Error(`never arrived: ${what}; ${collector.arrivals.length} frames did: ${JSON.stringify(collector.arrivals.map((a) => [a.via, a.frame.header.sequence, a.frame.signals?.signals.map((s) => s.k)]))}`));
        }, 20_000);
        const look = (): void => {
          if (!fits(collector.arrivals)) return;
          clearTimeout(patience);
          waiting.splice(waiting.indexOf(look), 1);
          resolve();
        };
        waiting.push(look);
        look();
      });
    },
    close: () => collector.down(),
  };
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  collector.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return collector;
}
