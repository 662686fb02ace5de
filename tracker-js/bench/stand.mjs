/**
 * What the measured pages talk to: a server of pages, and on another origin the tracker's files, `@rrweb/record` bundled
 * the same way, and a collector that acknowledges and counts bytes.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { WebSocketServer } from "ws";
import { page } from "./pages.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** How often a batch goes out, ms: as the collector ships. */
export const BATCH = 10_000;

const WELCOME = {
  max_frame: 900_000, max_unacked: 8, max_unacked_bytes: 1_800_000, flush_ms: BATCH, flush_bytes: 16_384, sample_rate: 1, consent: "none",
};

/**
 * `@rrweb/record` as a product would use it: inputs masked, each event written as JSON. Nothing is compressed or sent,
 * which the tracker does: what is compared is in rrweb's favour. A task of its own takes the snapshot, so that it is
 * told from the script's evaluation.
 */
const RRWEB = `
import { record } from "@rrweb/record";
const texts = (window.__rrweb = []);
setTimeout(() => record({ maskAllInputs: true, emit: (event) => texts.push([event.timestamp, JSON.stringify(event)]) }));
`;

async function bundleRrweb() {
  const made = await build({
    stdin: { contents: RRWEB, resolveDir: root, loader: "js" },
    bundle: true, minify: true, write: false, format: "iife", target: "es2022", legalComments: "none",
  });
  return made.outputFiles[0].text;
}

/** Tags that load what is measured. The budget guard is off: it would pause the recording in the middle. */
export const TAGS = {
  none: (origin) => ({ src: `${origin}/nothing.js` }),
  ours: (origin) => ({ src: `${origin}/t.js`, "data-site": "KEY", "data-consent": "none", "data-budget": "0" }),
  // Core, link and recorder alone: the late part and web-vitals cannot be had, so nothing is compressed, as on rrweb's side.
  lean: (origin) => ({ ...TAGS.ours(origin), src: `${origin}/lean/t.js` }),
  rrweb: (origin) => ({ src: `${origin}/rrweb.js` }),
};

const listen = async (server) => {
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return server.address().port;
};

/** `dist`: folder of the tracker's files. */
export async function startStand(dist = join(root, "dist")) {
  const rrweb = await bundleRrweb();
  const pages = createServer((request, response) => {
    const url = new URL(request.url, "http://x");
    const html = page(url.pathname.slice(1), url.searchParams, stand);
    response.writeHead(html ? 200 : 404, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" }).end(html);
  });
  const files = createServer(async (request, response) => {
    const name = new URL(request.url, "http://x").pathname.slice(1);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Content-Type", "text/javascript; charset=utf-8");
    if (request.method === "POST") {
      let bytes = 0;
      for await (const chunk of request) bytes += chunk.length;
      stand.count(bytes, 0);
      return void response.writeHead(204).end();
    }
    try {
      if (/^lean\/(late|vitals)\./.test(name)) throw new Error("left out");
      const text = name === "rrweb.js" ? rrweb : name === "nothing.js" ? ";" : await readFile(join(dist, name.replace("lean/", "")));
      response.writeHead(200).end(text);
    } catch {
      response.writeHead(404).end();
    }
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "hindsight.v1" });
  files.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, (ws) => {
    let n = 0;
    ws.on("message", (data, binary) => {
      if (!binary) return void ws.send(JSON.stringify({ welcome: { ...WELCOME, time: Date.now() } }));
      stand.count(data.length, data.readUInt32LE(76));
      ws.send(JSON.stringify({ ack: ++n }));
    });
  }));
  const stand = {
    /** Bytes that arrived since `reset`: of whole frames, and of their replay sections. */
    bytes: 0,
    replay: 0,
    count(bytes, replay) {
      stand.bytes += bytes;
      stand.replay += replay;
    },
    reset() {
      stand.bytes = stand.replay = 0;
    },
    async close() {
      for (const ws of sockets.clients) ws.terminate();
      for (const server of [pages, files]) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
  stand.pages = `http://localhost:${await listen(pages)}`;
  stand.files = `http://127.0.0.1:${await listen(files)}`;
  return stand;
}
