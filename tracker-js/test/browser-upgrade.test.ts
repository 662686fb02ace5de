/** A t.js whose server is of another build: kept by the browser over an upgrade, or come from a server that was renewed before this one. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { openStage } from "./support/stage";
import { documents, facts, names } from "./support/story";

declare const ROOT: string;

const { collector, site } = await openStage();

const manifest = JSON.parse(readFileSync(join(ROOT, "dist/manifest.json"), "utf8")) as { recorder: string };
const HERE = (manifest.recorder.split(".") as [string, string])[1];
/** Hash of the build that the page's t.js is of. */
const OTHER = "abcdefabcdef";
const text = (name: string): string => readFileSync(join(ROOT, "dist", name), "utf8");
const core = text("t.js").replaceAll(HERE, OTHER);
const absent = readFileSync(join(ROOT, "absent.js"), "utf8");
/** The part as the other build has it. */
const part = (path: string): string => text(path.slice(1).replace(OTHER, HERE)).replaceAll(HERE, OTHER);

const PAGE = "<!doctype html><html><head><title>Shop</title></head><body><h1>Things</h1></body></html>";

beforeEach(() => {
  site.pages = new Map([["/", PAGE], ["/two", PAGE]]);
  site.snippet = 'data-consent="none"';
  site.noise.length = 0;
  collector.arrivals.length = 0;
});
afterEach(async () => {
  assert.deepEqual(site.noise.filter((n) => n.startsWith("uncaught")), []);
  collector.script = () => undefined;
  await site.forget();
});

test("kept by the browser, its parts gone: the page is left in peace and tells its view; the next has all of it", async () => {
  let upgraded = false;
  const asked: string[] = [];
  collector.script = (url) => {
    asked.push(url.pathname + url.search);
    if (url.pathname === "/t.js") return { text: upgraded ? text("t.js") : core, cache: "public, max-age=3600, must-revalidate" };
    if (url.pathname.includes(OTHER)) return !upgraded ? { text: part(url.pathname) } : url.search ? { status: 404 } : { text: absent };
    return;
  };
  const page = await site.open("/");
  await collector.until("a snapshot", (all) => all.some((a) => a.frame.replay?.some((e) => e.type === 2)));
  upgraded = true;
  asked.length = 0;
  // The browser takes t.js from its own memory.
  await page.goto(`${site.origin}/two`);
  await page.evaluate("hindsight('event', 'old')");
  while (!asked.some((path) => path.includes(`${OTHER}.js?`))) await page.waitForTimeout(50);
  assert.ok(asked[0]?.startsWith(`/link.${OTHER}`), `the browser had t.js: ${asked.join(" ")}`);
  await page.goto(`${site.origin}/`);
  await page.evaluate("hindsight('event', 'new')");
  await collector.until("the next page and its snapshot", (all) => names(all).includes("new") && all.filter((a) => a.frame.replay?.some((e) => e.type === 2)).length === 2);
  assert.deepEqual(names(collector.arrivals).sort(), ["new", "old"]);
  assert.deepEqual(facts(collector.arrivals, "view").map((v) => new URL(String(v.url)).pathname).sort(), ["/", "/", "/two"]);
  const [, two, last] = [...documents(collector.arrivals).values()];
  assert.ok(two?.every((a) => a.via === "beacon" && !a.frame.replay), "nothing of the present build ran with the other's t.js");
  assert.ok(last?.some((a) => a.frame.replay));
  assert.deepEqual(asked.filter((path) => /^\/(?!t\.js|link)/.test(path) && path.includes(OTHER)), []);
});

test("several servers are renewed one after the other: what one lacks is asked of the next", async () => {
  const lacked: string[] = [];
  collector.script = (url) => {
    const { pathname, search } = url;
    if (pathname === "/t.js") return { text: core };
    if (!pathname.includes(OTHER)) return;
    if (search) return { text: part(pathname) };
    lacked.push(pathname);
    return pathname.startsWith("/worker") ? { status: 404 } : { text: absent };
  };
  const page = await site.open("/");
  await page.evaluate("hindsight('event', 'early')");
  await collector.until("a snapshot", (all) => all.some((a) => a.frame.replay?.some((e) => e.type === 2)));
  await page.click("h1");
  await collector.until("a click", (all) => facts(all, "click").length);
  assert.deepEqual(names(collector.arrivals), ["early"]);
  documents(collector.arrivals);
  for (const role of ["link", "recorder", "late"]) assert.ok(lacked.includes(`/${role}.${OTHER}.js`), role);
});
