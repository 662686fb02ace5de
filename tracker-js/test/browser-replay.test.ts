/** What the recorder sends, played by rrweb's Replayer, shows the page as it was. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import type { ReplayItem } from "./support/frame";
import { expanded } from "./support/sheets";
import { openStage } from "./support/stage";

declare const ROOT: string;

const { collector, site } = await openStage();
let player: string;

before(async () => {
  const built = await build({
    stdin: { contents: `export { Replayer } from "@rrweb/replay"`, resolveDir: ROOT },
    bundle: true, write: false, format: "iife", globalName: "player",
  });
  player = built.outputFiles[0]?.text ?? "";
});

const PAGE = readFileSync(join(ROOT, "test/pages/shop.html"), "utf8");
const CSS = readFileSync(join(ROOT, "test/pages/shop.css"), "utf8");

const replay = (): ReplayItem[] => {
  const seen = new Map(collector.arrivals.map((a) => [a.frame.header.sequence, a.frame]));
  return [...seen.entries()].sort(([a], [b]) => a - b).flatMap(([, f]) => f.replay ?? []);
};

/** Where every element with text stands and how it looks, whatever the document it is in. */
function layout(doc: Document): string[] {
  const below = (root: ParentNode): Element[] =>
    [...root.querySelectorAll("*")].flatMap((e) => [e, ...(e.shadowRoot ? below(e.shadowRoot) : [])]);
  return below(doc.body).filter((e) => !/^(script|noscript|style)$/i.test(e.localName)).map((e) => {
    const box = e.getBoundingClientRect();
    const style = doc.defaultView?.getComputedStyle(e);
    return [
      e.localName, e.id, Math.round(box.left), Math.round(box.top), Math.round(box.width), Math.round(box.height),
      style?.color, style?.backgroundColor, style?.fontSize, style?.display,
      e.children.length ? "" : (e.textContent ?? "").trim(),
    ].join(" ");
  });
}

test("a replay needs no network and looks like the page", async () => {
  site.pages.set("/", PAGE);
  site.pages.set("/shop.css", CSS);
  site.snippet = 'data-consent="none"';
  const page: Page = await site.open("/");
  await collector.until("snapshot", () => replay().some((e) => e.type === 2));
  const first = expanded(replay());
  assert.deepEqual(first.slice(0, 2).map((e) => e.type), [4, 2]);
  assert.ok(collector.arrivals.every((a) => a.frame.header.flags & 4));
  await page.waitForTimeout(200);

  await page.click("#add");
  await page.click("#toggle");
  await page.click("#accept");
  await page.evaluate(() => document.querySelector("#list li:nth-child(2)")?.remove());
  await page.mouse.move(300, 300, { steps: 10 });
  await page.waitForTimeout(1000);
  const was = await page.evaluate(`(${layout.toString()})(document)`) as string[];
  assert.ok(was.length > 30);
  await page.evaluate(() => window.hindsight?.("stop"));
  await collector.until("movement", () => replay().some((e) => e.type === 3 && e.data.source === 1));
  await page.waitForTimeout(300);

  const viewer = await site.context().newPage();
  await viewer.route("**/*", (route) => route.abort());
  await viewer.setContent("<!doctype html><body style='margin:0'></body>");
  await viewer.addScriptTag({ content: player });
  const shown = (await viewer.evaluate(
    `(async () => {
      const events = ${JSON.stringify(expanded(replay()))};
      const r = new player.Replayer(events, { root: document.body, showWarning: false, mouseTail: false });
      r.pause(events[events.length - 1].timestamp - events[0].timestamp);
      await new Promise((done) => setTimeout(done, 300));
      return (${layout.toString()})(r.iframe.contentDocument);
    })()`,
  )) as string[];
  assert.deepEqual(shown, was);
  const all = JSON.stringify(replay());
  assert.ok(!all.includes("jo@example.org"));
});
