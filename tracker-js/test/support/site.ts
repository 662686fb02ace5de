/** A real Chromium on pages of a site whose origin is not the collector's. */
import { execFileSync } from "node:child_process";
import { createServer, type IncomingMessage, request as send, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { Collector } from "./collector";

/** The first of these commands on PATH. */
function onPath(...names: string[]): string | undefined {
  for (const name of names)
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      continue;
    }
  return undefined;
}

export function browserPath(): string {
  const path = process.env.CHROME || onPath("chromium", "chromium-browser", "google-chrome");
  if (path) return path;
  throw new Error("No browser: install chromium, or name one by the environment variable CHROME.");
}

/**
 * Chromium without windows, tool bars and what else surrounds a page: the same engine at less than half the CPU for each
 * page that is opened, so it visits the long tables of cases. Where it is not installed Chromium itself does.
 */
export function shellPath(): string {
  return process.env.CHROME_SHELL || onPath("chromium-headless-shell") || browserPath();
}

/** How Chromium is started: it asks nothing but the tests' own servers. */
export const QUIET = [
  "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

/** In a page: what stands behind it is sent once somebody asks for `/rest`. */
export const REST = "<!-- rest -->";

/** The pages of a site, the snippet in each; whatever browser looks at them. */
export interface Pages {
  origin: string;
  /** Pages by path; the snippet is put before `</head>`. */
  pages: Map<string, string>;
  /** Attributes of the snippet. */
  snippet: string;
  /** Headers of every page. */
  headers: Record<string, string>;
  /** Whether tracker and collector are reached through the site's own origin, as behind a reverse proxy. */
  firstParty: boolean;
  close(): Promise<void>;
}

/** A reverse proxy's work for one request. */
function forward(collector: Collector, request: IncomingMessage, response: ServerResponse): void {
  const onward = send(collector.origin + request.url, { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}

export interface Site extends Pages {
  /** Script that runs in every new page before anything else. */
  before: string;
  /** Console messages and uncaught errors of all pages. */
  noise: string[];
  open(path: string): Promise<Page>;
  context(): BrowserContext;
  /** A fresh profile: nothing stored. */
  forget(): Promise<void>;
}

export async function servePages(collector: Collector): Promise<Pages> {
  const ours = (path: string): boolean => served.firstParty && /^\/(v1\/|t\.js$|\w+\.[0-9a-f]{12}\.js$)/.test(path);
  const finish: (() => void)[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    const page = served.pages.get(path);
    if (ours(path)) return void forward(collector, request, response);
    if (path === "/rest") for (const end of finish.splice(0)) end();
    if (/^\/(favicon\.ico|rest)$/.test(path)) return void response.writeHead(204).end();
    if (page === undefined) return void response.writeHead(404).end();
    const type = { css: "text/css", svg: "image/svg+xml", js: "text/javascript" }[path.split(".").pop() ?? ""] ?? "text/html; charset=utf-8";
    const tag = `<script defer src="${served.firstParty ? "" : collector.origin}/t.js" data-site="KEY" ${served.snippet}></script>`;
    response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store", ...served.headers });
    const [now = "", rest] = page.replace("</head>", `${tag}</head>`).split(REST);
    if (rest === undefined) return void response.end(now);
    response.write(now);
    finish.push(() => response.end(rest));
  });
  server.on("upgrade", (request, socket, head) => {
    if (!served.firstParty) return void socket.destroy();
    const upstream = connect(Number(new URL(collector.origin).port), "127.0.0.1", () => {
      upstream.write(`GET ${request.url} HTTP/1.1\r\n`);
      for (let i = 0; i < request.rawHeaders.length; i += 2) upstream.write(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}\r\n`);
      upstream.write("\r\n");
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const served: Pages = {
    // Another host name than the collector's: the page and the tracker share no origin.
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    pages: new Map(),
    snippet: "",
    headers: {},
    firstParty: false,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return served;
}

/** For tests that open hundreds of pages (see shellPath). */
export function launchShell(): Promise<Browser> {
  return chromium.launch({ executablePath: shellPath(), args: QUIET });
}

/** A headless browser that asks nobody for anything. `cache`: pages may come back from the back/forward cache. */
export function launch(cache = false): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath(),
    ignoreDefaultArgs: cache ? ["--disable-back-forward-cache"] : [],
    args: QUIET,
  });
}

/** `cache`: pages may come back from the browser's back/forward cache. */
export async function startSite(collector: Collector, cache = false): Promise<Site> {
  const served = await servePages(collector);
  const launched = await launch(cache);
  let context = await launched.newContext();
  const end = served.close;
  const site: Site = Object.assign(served, {
    before: "",
    noise: [] as string[],
    async open(path: string) {
      const page = await context.newPage();
      if (site.before) await page.addInitScript(site.before);
      page.on("console", (m) => site.noise.push(`${m.type()}: ${m.text()}`));
      page.on("pageerror", (e) => site.noise.push(`uncaught: ${e.message}`));
      await page.goto(site.origin + path);
      return page;
    },
    context: () => context,
    async forget() {
      await context.close();
      context = await launched.newContext();
    },
    close: async () => {
      await launched.close();
      await end();
    },
  });
  return site;
}
