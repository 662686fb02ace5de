/** A visit in Firefox: what Chromium's tests show in depth holds there too. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import type { Browser, Page } from "puppeteer-core";
import { type Collector, startCollector } from "./support/collector";
import { openTab, startFirefox } from "./support/firefox";
import { everything, type ReplayItem } from "./support/frame";
import { expanded } from "./support/sheets";
import { type Pages, servePages } from "./support/site";

declare const ROOT: string;

let collector: Collector;
let site: Pages;
let firefox: Browser;
let player: string;

before(async () => {
  collector = await startCollector();
  site = await servePages(collector);
  firefox = await startFirefox();
  const built = await build({
    stdin: { contents: `export { Replayer } from "@rrweb/replay"`, resolveDir: ROOT },
    bundle: true, write: false, format: "iife", globalName: "player",
  });
  player = built.outputFiles[0]?.text ?? "";
});
after(async () => {
  await firefox.close();
  await site.close();
  await collector.close();
});

const PAGE = readFileSync(join(ROOT, "test/pages/shop.html"), "utf8");
const CSS = readFileSync(join(ROOT, "test/pages/shop.css"), "utf8");
const SECRET = "Kanarienvogel-7391";

const replay = (): ReplayItem[] => {
  const seen = new Map(collector.arrivals.map((a) => [a.frame.header.sequence, a.frame]));
  return [...seen.entries()].sort(([a], [b]) => a - b).flatMap(([, f]) => f.replay ?? []);
};
const signals = (): ({ k: string } & Record<string, unknown>)[] => collector.arrivals.flatMap((a) => a.frame.signals?.signals ?? []);

test("a visit in Firefox is recorded, replays, and keeps the password", async () => {
  site.pages.set("/", PAGE.replace("</body>", `<form><input id=pw type=password><input id=open data-hindsight-unmask></form></body>`));
  site.pages.set("/shop.css", CSS);
  site.snippet = 'data-consent="none"';
  const noise: string[] = [];
  const page: Page = await openTab(firefox);
  page.on("console", (m) => noise.push(m.text()));
  page.on("pageerror", (e) => noise.push(String(e)));
  await page.goto(`${site.origin}/`);
  await collector.until("snapshot", () => replay().some((e) => e.type === 2));
  assert.deepEqual(replay().map((e) => e.type).filter((t) => t !== 5).slice(0, 2), [4, 2]);
  await page.click("#add");
  await page.click("#toggle");
  await page.type("#pw", SECRET);
  // What was held back while the password was typed is told before the next is.
  await new Promise((done) => setTimeout(done, 500));
  await page.type("#open", "harmless words");
  await new Promise((done) => setTimeout(done, 500));
  await page.evaluate(() => { (document.querySelector("#pw") as HTMLInputElement).type = "text"; });
  await page.type("#pw", SECRET);
  await page.click("#add");
  await page.mouse.move(200, 300, { steps: 10 });
  await page.evaluate(() => document.querySelector("#list li:nth-child(2)")?.remove());
  await new Promise((done) => setTimeout(done, 1200));
  const items = await page.evaluate(() => Array.from(document.querySelectorAll("#list li"), (e) => (e.textContent ?? "").trim()));
  await page.evaluate(() => (window as unknown as { hindsight(verb: string): void }).hindsight("stop"));
  await collector.until("movement and clicks", () => replay().some((e) => e.type === 3 && e.data.source === 1) && signals().filter((s) => s.k === "click").length > 1);
  await new Promise((done) => setTimeout(done, 500));

  const all = everything(collector.arrivals.map((a) => a.frame));
  assert.ok(all.includes("harmless words"), "the control is found");
  assert.ok(!all.includes(SECRET) && !all.includes(SECRET.slice(0, 6)), "the password stayed");
  assert.ok(collector.arrivals.some((a) => a.frame.replay && a.frame.header.flags & 4));
  for (const k of ["view", "load", "click", "move", "scroll"]) assert.ok(signals().some((s) => s.k === k), k);

  const viewer = await openTab(firefox);
  await viewer.setContent("<!doctype html><body style='margin:0'></body>");
  await viewer.evaluate(player);
  const shown = (await viewer.evaluate(`(async () => {
    const events = ${JSON.stringify(expanded(replay()))};
    const r = new player.Replayer(events, { root: document.body, showWarning: false, mouseTail: false });
    r.pause(events[events.length - 1].timestamp - events[0].timestamp + 1);
    await new Promise((done) => setTimeout(done, 300));
    return Array.from(r.iframe.contentDocument.querySelectorAll("#list li"), (e) => e.textContent.trim());
  })()`)) as string[];
  assert.ok(items.length > 1);
  assert.deepEqual(shown, items);
  assert.deepEqual(noise, []);
});

test("in Firefox, too, nothing is told of a document that its frame no longer shows", async () => {
  collector.arrivals.length = 0;
  site.pages.set("/framed", `<!doctype html><html><head><title>t</title></head><body><iframe id=f srcdoc="<p>one</p>"></iframe></body></html>`);
  site.snippet = 'data-consent="none"';
  const page = await openTab(firefox);
  await page.goto(`${site.origin}/framed`);
  const adopted = (color: string): (() => boolean) => () => JSON.stringify(replay()).includes(`color: ${color}`);
  await page.evaluate(`{
    const { contentWindow: w } = document.querySelector("#f");
    window.kept = new w.CSSStyleSheet();
    kept.replaceSync("p { color: red }");
    w.document.adoptedStyleSheets = [kept];
  }`);
  await collector.until("the frame's sheet", adopted("red"));
  await page.evaluate(`new Promise((done) => Object.assign(document.querySelector("#f"), { srcdoc: "<p>another</p>", onload: done }))`);
  await collector.until("the other document", () => JSON.stringify(replay()).includes("another"));
  await page.evaluate(`{
    kept.replaceSync("p { color: gray }");
    const mine = new CSSStyleSheet();
    mine.replaceSync("p { color: blue }");
    document.adoptedStyleSheets = [mine];
  }`);
  await collector.until("the page's sheet", adopted("blue"));
  // What is told is told in order: this comes after both.
  await page.evaluate(`document.body.append("afterwards")`);
  await collector.until("what came after", () => JSON.stringify(replay()).includes("afterwards"));
  assert.ok(!adopted("gray")(), "a sheet of the document that has gone is told");
});
