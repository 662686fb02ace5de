/** A real Chromium on pages of a site whose origin is not the collector's. */
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import type { Collector } from "./collector";

function browserPath(): string {
  if (process.env.CHROME) return process.env.CHROME;
  for (const name of ["chromium", "chromium-browser", "google-chrome"])
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      continue;
    }
  throw new Error("No browser: install chromium, or name one by the environment variable CHROME.");
}

export interface Site {
  origin: string;
  /** Pages by path; the snippet is put before `</head>`. */
  pages: Map<string, string>;
  /** Attributes of the snippet. */
  snippet: string;
  /** Script that runs in every new page before anything else. */
  before: string;
  /** Console messages and uncaught errors of all pages. */
  noise: string[];
  open(path: string): Promise<Page>;
  context(): BrowserContext;
  /** A fresh profile: nothing stored. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

export async function startSite(collector: Collector): Promise<Site> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    const page = site.pages.get(path);
    if (path === "/favicon.ico") return void response.writeHead(204).end();
    if (page === undefined) return void response.writeHead(404).end();
    const type = path.endsWith(".css") ? "text/css" : path.endsWith(".svg") ? "image/svg+xml" : "text/html; charset=utf-8";
    const tag = `<script defer src="${collector.origin}/t.js" data-site="KEY" ${site.snippet}></script>`;
    response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store" });
    response.end(page.replace("</head>", `${tag}</head>`));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  // Another host name than the collector's: the page and the tracker share no origin.
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const launched = await chromium.launch({
    executablePath: browserPath(),
    args: [
      "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    ],
  });
  let context = await launched.newContext();
  const site: Site = {
    origin,
    pages: new Map(),
    snippet: "",
    before: "",
    noise: [],
    async open(path) {
      const page = await context.newPage();
      if (site.before) await page.addInitScript(site.before);
      page.on("console", (m) => site.noise.push(`${m.type()}: ${m.text()}`));
      page.on("pageerror", (e) => site.noise.push(`uncaught: ${e.message}`));
      await page.goto(origin + path);
      return page;
    },
    context: () => context,
    async forget() {
      await context.close();
      context = await launched.newContext();
    },
    async close() {
      await launched.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return site;
}
