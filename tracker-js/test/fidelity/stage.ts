/**
 * Two Chromiums: in one the tests' pages are recorded, in the other, which loads nothing but pictures, they are
 * replayed. Two, since a page that is not in front gets its frames and events late.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import { expand } from "../support/expand";
import type { ReplayItem } from "../support/frame";
import { QUIET, shellPath } from "../support/site";
import type { Play } from "./browser/player";
import type { RecorderName } from "./browser/recorders";
import type { Seen } from "./browser/walk";
import { bundleApp, bundleTool } from "./bundle";
import type { FidelityPage } from "./define";

export interface RecordedEvent {
  type: number;
  timestamp: number;
  data: unknown;
}

/** A recording, and the live page at some of its moments. */
export interface Take {
  masked: boolean;
  events: RecordedEvent[];
  moments: { at: number; live: Seen }[];
  /** The parts that our recorder asked for. */
  parts: string[];
}

/** What is recorded. */
export interface Scene {
  page: FidelityPage;
  acts: ((page: Page) => Promise<unknown>)[];
  /** The recorder believes that time passes quickly, and works in many slices. */
  slow?: boolean;
  /** Scripts change rules of `<style>` elements outside a head. */
  rulesAnywhere?: boolean;
  label: string;
}

export interface Stage {
  /** Records the page while the acts are played one after the other, and looks at it after each. */
  record(scene: Scene, recorder: RecorderName): Promise<Take>;
  /** What a replay of the take shows at its moments. */
  replay(take: Take, virtual: boolean): Promise<Seen[]>;
  /** What went wrong in the pages themselves since it was last asked. */
  errors(): string[];
  close(): Promise<void>;
}

const TYPES: Record<string, string> = { js: "text/javascript", css: "text/css", svg: "image/svg+xml", html: "text/html; charset=utf-8" };

async function serve(pages: FidelityPage[]): Promise<{ origin: string; close(): Promise<unknown> }> {
  const apps = new Map<string, string>();
  for (const { app } of pages) if (app && !apps.has(app)) apps.set(app, await bundleApp(app));
  const server = createServer((request, response) => {
    const [, name = "", file = ""] = new URL(request.url ?? "/", "http://x").pathname.split("/");
    const page = pages.find((p) => p.name === name);
    const text = file === "" ? page?.html : file === "app.js" ? apps.get(page?.app ?? "") : page?.files?.[file];
    if (text === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[file.split(".")[1] ?? "html"], "Cache-Control": "no-store" });
    response.end(text);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** FIDELITY_THROTTLE=n: pages are recorded on a machine that seems n times slower than it is. */
const SLOWER = Number(process.env.FIDELITY_THROTTLE ?? 1);

export async function openStage(pages: FidelityPage[]): Promise<Stage> {
  const [server, recorders, looker, chaos, player] = await Promise.all([
    serve(pages),
    bundleTool("recorders.ts", "fidelity"),
    bundleTool("look.ts", "looker"),
    bundleTool("chaos.ts", "chaos"),
    bundleTool("player.ts", "player"),
  ]);
  const launch = (): Promise<Browser> => chromium.launch({ executablePath: shellPath(), args: [...QUIET, "--hide-scrollbars"] });
  const [theatre, cinema] = await Promise.all([launch(), launch()]);
  const viewport = { width: 900, height: 700 };
  const errors: string[] = [];

  const stand = await theatre.newPage({ viewport });
  if (SLOWER > 1) await (await stand.context().newCDPSession(stand)).send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  stand.on("pageerror", (e) => errors.push(`${stand.url()}: ${e.stack ?? e.message}`));
  // Frames of a page belong to its own recorder.
  await stand.addInitScript(`if (window === top && location.href !== "about:blank") { ${recorders}; ${looker}; ${chaos}; Object.assign(window, { fidelity, looker, chaos }); }`);

  const viewer = await cinema.newPage({ viewport });
  // A replay loads pictures by their address, and nothing else.
  await viewer.route("**/*", (route) => (route.request().resourceType() === "image" ? route.continue() : route.abort()));
  await viewer.setContent("<!doctype html><body style='margin:0'></body>");
  await viewer.addScriptTag({ content: player });

  return {
    async record({ page, acts, slow = false }, recorder) {
      await stand.goto(`${server.origin}/${page.name}/`);
      await stand.evaluate(`fidelity.start("${recorder}", ${slow})`);
      const moments: Take["moments"] = [];
      for (const act of acts) {
        await act(stand);
        await stand.evaluate(`fidelity.moment("${recorder}")`);
        moments.push(await stand.evaluate<Take["moments"][0]>(`looker.look(${page.masked}, fidelity.time)`));
      }
      const events = expand(JSON.parse(await stand.evaluate<string>("fidelity.told()")) as ReplayItem[]);
      const parts = await stand.evaluate<string[]>("fidelity.parts()");
      return { masked: page.masked, events: sheetsBack(events), moments, parts };
    },
    replay({ events, moments, masked }, virtual) {
      const given: Play = { events, moments: moments.map((m) => m.at), virtual, masked };
      return viewer.evaluate<Seen[]>(`player.play(${JSON.stringify(given)})`);
    },
    errors: () => errors.splice(0),
    async close() {
      await Promise.all([theatre.close(), cinema.close()]);
      await server.close();
    },
  };
}

/** Style sheets told once by their id, put back where they are named, as the API does it. */
function sheetsBack(events: RecordedEvent[]): RecordedEvent[] {
  const sheets = new Map<string, string[]>();
  for (const { type, data } of events) {
    const { tag, payload } = data as { tag?: string; payload: { id: string; rules: string[] } };
    if (type === 5 && tag === "hindsight.css") sheets.set(`hindsight.css:${payload.id}`, payload.rules);
  }
  const known = (name: string): string[] => {
    const rules = sheets.get(name);
    if (!rules) throw new Error(`a style sheet is named and never defined: ${name}`);
    return rules;
  };
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value))
      return value.flatMap((v: unknown) => {
        const rule = (v as { rule?: string } | null)?.rule;
        return typeof rule === "string" && rule.startsWith("hindsight.css:") ? known(rule).map((r) => ({ rule: r })) : [visit(v)];
      });
    if (typeof value === "string") return value.startsWith("hindsight.css:") ? known(value).join("") : value;
    if (typeof value !== "object" || !value) return value;
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, visit(v)]));
  };
  return events.filter((e) => e.type !== 5).map((e) => ({ ...e, data: visit(e.data) }));
}
