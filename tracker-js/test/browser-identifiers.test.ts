/**
 * What lies in the browser: nothing but what docs/privacy.md lists, in every
 * mode and at every moment; and nothing that two sites have in common.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { prompt } from "./support/prompt";
import { openStage } from "./support/stage";

declare const ROOT: string;

const { collector, site } = await openStage();

const PAGE = `<!doctype html><html><head><title>Shop</title></head><body><button id="buy">Buy</button></body></html>`;

/** The documented names with the site's key in them, and where each lies. */
function documented(key: string): Set<string> {
  const text = readFileSync(join(ROOT, "../docs/privacy.md"), "utf8");
  const rows = [...text.matchAll(/^\| `(hindsight[^`]*)` \| (localStorage|sessionStorage) \|/gm)];
  assert.ok(rows.length >= 4, "the inventory is not in docs/privacy.md");
  return new Set(rows.map(([, name, place]) => `${place}: ${(name as string).replace("KEY", key)}`));
}

/** Everything that an origin can keep in the browser. */
async function inventory(page: Page): Promise<string[]> {
  const inside = await page.evaluate(async () => [
    ...Object.keys(localStorage).map((k) => `localStorage: ${k}`),
    ...Object.keys(sessionStorage).map((k) => `sessionStorage: ${k}`),
    ...(await indexedDB.databases()).map((d) => `indexedDB: ${d.name}`),
    ...(await caches.keys()).map((k) => `caches: ${k}`),
    ...(await navigator.serviceWorker.getRegistrations()).map((r) => `service worker: ${r.scope}`),
    ...(window.name ? [`window.name: ${window.name}`] : []),
  ]);
  const cookies = (await page.context().cookies()).map((c) => `cookie: ${c.name}`);
  return [...inside, ...cookies].sort();
}

const tell = (page: Page, ...call: unknown[]): Promise<void> => page.evaluate((c) => window.hindsight?.(...c), call);

beforeEach(() => {
  site.pages = new Map([["/", PAGE], ["/two", PAGE]]);
  site.before = "";
  site.noise = [];
  Object.assign(collector, { welcome: {}, mute: false, postStatus: 0 });
  collector.arrivals.length = collector.contacts.length = 0;
});
afterEach(async () => {
  assert.deepEqual(site.noise.filter((n) => n.startsWith("uncaught")), []);
  await site.forget();
});

for (const mode of ["ask", "required", "implied", "none"])
  test(`mode ${mode}: the browser holds what is documented, when it is documented`, async () => {
    site.snippet = `data-consent="${mode}"`;
    collector.welcome = { consent: mode };
    const known = documented("KEY");
    const page = await site.open("/");
    const choice = "localStorage: hindsight.KEY.consent";
    const check = async (when: string, only?: string[]): Promise<string[]> => {
      const found = await inventory(page);
      for (const item of found) assert.ok(known.has(item), `${when}: ${item} is not documented`);
      if (only) assert.deepEqual(found, only, when);
      return found;
    };
    const asks = mode === "ask" || mode === "required";
    if (asks) {
      await page.click("#buy");
      if (mode === "ask") await prompt(page).box.waitFor();
      await check("before consent", []);
      assert.deepEqual(collector.contacts, []);
    }
    await tell(page, "consent", true);
    await collector.until("a frame", (a) => a.length);
    const during = await check("after consent");
    assert.ok(during.includes("localStorage: hindsight.KEY") && during.includes(choice), during.join());

    // A page that goes while nothing can be sent leaves its tail to the next one.
    collector.mute = true;
    collector.postStatus = 503;
    await tell(page, "event", "big", { text: "x ".repeat(8000) });
    for (let i = 0; i < 6; i++) await tell(page, "event", `n${i}`, { text: Array.from({ length: 4000 }, () => Math.random().toString(36).slice(2, 6)).join(" ").slice(0, 15000) });
    await page.goto(`${site.origin}/two`);
    await check("on the next page");
    collector.mute = false;
    collector.postStatus = 0;

    await tell(page, "stop");
    await check("after stop");
    await tell(page, "start");
    await tell(page, "consent", false);
    await check("after a refusal", [choice]);
    await page.goto(`${site.origin}/`);
    await page.click("#buy");
    await check("on a page after the refusal", [choice]);
    await tell(page, "optout");
    await page.waitForFunction(() => localStorage.getItem("hindsight.optout"));
    await check("after opting out", [choice, "localStorage: hindsight.optout"]);
    await page.reload();
    await page.click("#buy");
    await check("on a page after opting out", [choice, "localStorage: hindsight.optout"]);
    await tell(page, "optin");
    await page.waitForFunction(() => !localStorage.getItem("hindsight.optout"));
    await check("after opting in", [choice]);
  });

test("an earlier consent that lapsed leaves nothing behind", async () => {
  site.snippet = 'data-consent="required"';
  const page = await site.open("/");
  await tell(page, "consent", true);
  await collector.until("a frame", (a) => a.length);
  site.snippet += ' data-consent-version="2"';
  await page.reload();
  assert.deepEqual(await inventory(page), ["localStorage: hindsight.KEY.consent"]);
});

/** Everything in the storages and frames that could name somebody: runs of 12 or more hexadecimal digits. */
const ids = (text: string): Set<string> => new Set(text.match(/[\da-f]{12,}/g) ?? []);

test("two sites share no identifier: on two origins, and with two keys on one", async () => {
  const open = async (origin: string, key: string): Promise<Set<string>> => {
    collector.arrivals.length = 0;
    // A page with a tag of its own; its head ends without saying so, and gets no other.
    const tag = `<script defer src="${collector.origin}/t.js" data-site="${key}" data-consent="none" data-sample-rate="0"></script>`;
    site.pages.set("/", PAGE.replace("</head>", tag));
    const page = await site.context().newPage();
    await page.goto(`${origin}/`);
    await page.click("#buy");
    const mine = await page.evaluate((k) => localStorage.getItem(`hindsight.${k}`) as string, key);
    await collector.until("a click", (a) => a.some((x) => mine.includes(x.frame.header.session) && x.frame.signals?.signals.some((s) => s.k === "click")));
    const kept = await page.evaluate((k) => JSON.stringify(
      [localStorage, sessionStorage].map((s) => Object.entries(s).filter(([name]) => name === `hindsight.${k}` || name.startsWith(`hindsight.${k}.`))),
    ), key);
    const { session, document, tab, visitor } = 
      // The page before may still have something to say.
      collector.arrivals.find((a) => kept.includes(a.frame.header.session))?.frame.header ?? assert.fail();
    const found = ids([kept, session, document, tab, visitor].join());
    assert.ok(found.size >= 4 && !found.has("0".repeat(32)), `${[...found].join()} of ${kept}`);
    // The day in a session's id is no secret and is not long enough to count.
    return found;
  };
  const elsewhere = site.origin.replace("localhost", "127.0.0.1");
  const all = [await open(site.origin, "ONE"), await open(site.origin, "TWO"), await open(elsewhere, "ONE"), await open(elsewhere, "THREE")];
  for (const [i, a] of all.entries())
    for (const b of all.slice(i + 1)) assert.deepEqual([...a].filter((id) => b.has(id)), []);
});
