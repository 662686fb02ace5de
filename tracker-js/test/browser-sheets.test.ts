/** Which style sheets count as sent. The page is given a hand on the recorder: it defines sheets by itself. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { openStage } from "./support/stage";
import { documents } from "./support/story";

declare const ROOT: string;

const { collector, site } = await openStage();

/** What the build calls our members. */
const NAMES = JSON.parse(readFileSync(join(ROOT, "dist/.names.json"), "utf8")) as Record<"hand" | "hasSheet", string>;
const PAGE = "<!doctype html><html><head></head><body>page</body></html>";

/** The recorder, which does as the page says besides. */
const recorder = (address: string): string => `
  import { start as begin } from "${address}?itself";
  export const start = (core) => {
    const stop = begin(core);
    window.starts = (window.starts ?? 0) + 1;
    window.has = (id) => core.${NAMES.hasSheet}(id);
    window.define = (id) => core.${NAMES.hand}({ type: 5, data: { tag: "hindsight.css", payload: { id, rules: ["a { color: red }"] } }, timestamp: Date.now() });
    return () => {
      stop();
      window.stopped = window.starts;
    };
  };`;

beforeEach(async () => {
  await site.forget();
  await site.context().route("**/recorder.*.js", (route) =>
    route.fulfill({ contentType: "text/javascript", headers: { "Access-Control-Allow-Origin": "*" }, body: recorder(route.request().url()) }));
  site.pages = new Map([["/", PAGE], ["/two", PAGE]]);
  site.snippet = 'data-consent="none"';
  Object.assign(collector, { welcome: {}, mute: false, refuse: () => undefined });
  collector.arrivals.length = 0;
});

const visit = async (path = "/"): Promise<Page> => {
  const page = await site.open(path);
  await page.waitForFunction("window.starts");
  return page;
};
const has = (page: Page, ...ids: string[]): Promise<unknown> => page.evaluate(`${JSON.stringify(ids)}.map(has)`);
const define = (page: Page, id: string): Promise<unknown> => page.evaluate(`define("${id}")`);
const defined = (id: string): Promise<void> =>
  collector.until(id, (all) => all.some((a) => a.frame.replay?.some((e) => (e.data.payload as { id?: string } | undefined)?.id === id)));
/** Until the tracker has read the ack. */
const kept = (page: Page, id: string): Promise<unknown> =>
  page.waitForFunction(`localStorage["hindsight.KEY"]?.includes("${id}")`);

test("a sheet is known in its document at once, in the session's other pages and tabs once the log has it", async () => {
  const page = await visit();
  assert.deepEqual(await has(page, "aaaaaaaa"), [false]);
  await define(page, "aaaaaaaa");
  assert.deepEqual(await has(page, "aaaaaaaa"), [true]);
  await kept(page, "aaaaaaaa");
  assert.deepEqual(await has(await visit("/two"), "aaaaaaaa"), [true]);
  await page.goto(`${site.origin}/two`);
  await page.waitForFunction("window.starts");
  await define(page, "bbbbbbbb");
  await kept(page, "bbbbbbbb");
  assert.deepEqual(await has(await visit(), "aaaaaaaa", "bbbbbbbb", "cccccccc"), [true, true, false]);
  documents(collector.arrivals);
});

test("what is not acknowledged is not known to the next page; nor is anything to the next session", async () => {
  const page = await visit();
  collector.mute = true;
  await define(page, "aaaaaaaa");
  await defined("aaaaaaaa");
  const two = await visit("/two");
  assert.deepEqual(await has(two, "aaaaaaaa"), [false]);
  collector.mute = false;
  await define(two, "bbbbbbbb");
  await kept(two, "bbbbbbbb");
  // The session ends: it began a day ago.
  await two.evaluate(() => {
    const key = "hindsight.KEY";
    localStorage.setItem(key, JSON.stringify({ ...(JSON.parse(localStorage.getItem(key) ?? "") as object), b: Date.now() - 864e5 }));
  });
  assert.deepEqual(await has(await visit("/two"), "bbbbbbbb"), [false]);
});

test("a refused batch: its sheets are forgotten and the recording begins anew, not for ever", async () => {
  const page = await visit();
  let snapshots = 0;
  collector.refuse = (f) => {
    if (f.replay?.some((e) => e.type === 2)) snapshots++;
    return f.replay?.some((e) => (e.data.payload as { id?: string } | undefined)?.id === "aaaaaaaa") ? { reason: "malformed" } : undefined;
  };
  for (let starts = 1; starts <= 3; starts++) {
    await page.waitForFunction(`starts === ${starts} && !has("aaaaaaaa")`);
    // In one piece: the refusal may come at once.
    assert.equal(await page.evaluate(`define("aaaaaaaa"), has("aaaaaaaa")`), true);
    await page.waitForFunction(`window.stopped === ${starts}`);
  }
  assert.deepEqual(await page.evaluate("hindsight('event', 'on')"), undefined);
  await collector.until("signals go on", (all) => all.some((a) => a.frame.signals?.signals.some((s) => s.name === "on")));
  assert.equal(await page.evaluate("starts"), 3);
  assert.equal(snapshots, 3, "each beginning is a snapshot");
});
