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

/** The pages of a site, the snippet in each; whatever browser looks at them. */
export interface Pages {
  origin: string;
  /** Pages by path; the snippet is put before `</head>`. */
  pages: Map<string, string>;
  /** Attributes of the snippet. */
  snippet: string;
  close(): Promise<void>;
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
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    const page = served.pages.get(path);
    if (path === "/favicon.ico") return void response.writeHead(204).end();
    if (page === undefined) return void response.writeHead(404).end();
    const type = path.endsWith(".css") ? "text/css" : path.endsWith(".svg") ? "image/svg+xml" : "text/html; charset=utf-8";
    const tag = `<script defer src="${collector.origin}/t.js" data-site="KEY" ${served.snippet}></script>`;
    response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store" });
    response.end(page.replace("</head>", `${tag}</head>`));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const served: Pages = {
    // Another host name than the collector's: the page and the tracker share no origin.
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    pages: new Map(),
    snippet: "",
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return served;
}

export async function startSite(collector: Collector): Promise<Site> {
  const served = await servePages(collector);
  const launched = await chromium.launch({
    executablePath: browserPath(),
    args: [
      "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    ],
  });
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
