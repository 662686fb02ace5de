/** Sessions, documents and tabs: over navigations, copies of tabs, the back/forward cache and long times. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once as ended } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import type { Frame } from "./support/frame";
import { browserPath, QUIET } from "./support/site";
import { openStage } from "./support/stage";
import { documents, facts, names, once } from "./support/story";

const { collector, site } = await openStage(true);

const PAGE = `<!doctype html><html><head><title>Shop</title></head><body><h1>Things</h1><a href="/two">two</a>
<script>
  tell = (name) => hindsight("event", name);
  noise = (n) => String.fromCharCode(...crypto.getRandomValues(new Uint16Array(n)).map((c) => 0x4e00 + c % 20000));
</script></body></html>`;

beforeEach(() => {
  site.pages = new Map([["/", PAGE], ["/two", PAGE.replace("/two", "/")], ["/plain.txt", "nothing of ours"]]);
  site.snippet = 'data-consent="none" data-sample-rate="0"';
  site.headers = { "Cache-Control": "no-cache" };
  site.noise.length = 0;
  Object.assign(collector, { welcome: {}, mute: false, silent: false, noWebSockets: false, postStatus: 0, refuse: () => undefined });
  collector.arrivals.length = collector.contacts.length = 0;
});
afterEach(async () => {
  assert.deepEqual(site.noise.filter((n) => n.startsWith("uncaught")), []);
  await site.forget();
});

const tell = (page: Page, name: string): Promise<unknown> => page.evaluate(`tell("${name}")`);
const told = (name: string): Promise<void> => collector.until(name, (a) => names(a).includes(name));
const header = (name: string): Frame["header"] =>
  (once(collector.arrivals).find((a) => a.frame.signals?.signals.some((s) => s.name === name)) as { frame: Frame }).frame.header;
const differ = (key: keyof Frame["header"], ...events: string[]): number => new Set(events.map((e) => header(e)[key])).size;

/** The offset that frames tell when the page does nothing but wait for so long, ms, once it has sent its first message. */
async function offset(busy: number): Promise<number> {
  site.pages.set("/", PAGE.replace("<script>", `<script>
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
      WebSocket.prototype.send = send;
      send.call(this, data);
      for (const end = Date.now() + ${busy}; Date.now() < end;);
    };`));
  const page = await site.open("/");
  await tell(page, "a");
  await told("a");
  return once(collector.arrivals).at(-1)?.frame.signals?.offset as number;
}

test("a page that reads the collector's clock late leaves a right clock alone", async () => {
  assert.equal(await offset(700), 0);
});

test("a wrong clock is set right", async () => {
  collector.welcome = { time: Date.now() + 3_600_000 };
  const found = await offset(0);
  assert.ok(Math.abs(found - 3_600_000) < 30_000, `${found}`);
});

test("a clock that jumps moves no event, nor does a machine that slept", async () => {
  const hour = 3_600_000;
  /** The offset, and how far the click's corrected time is from what the collector's clock says. */
  const corrected = (name: string, now: number): [number, number] => {
    const { origin, offset, signals } = once(collector.arrivals).find((a) => names([a]).includes(name))?.frame.signals as unknown as { origin: number; offset: number; signals: { name?: string; t: number }[] };
    return [offset, Math.abs(origin + offset + (signals.find((s) => s.name === name)?.t as number) - now)];
  };
  const page = await site.open("/");
  await tell(page, "before");
  await told("before");
  /** Tells it when another handshake is over: what comes over a connection comes after its. */
  const again = async (name: string): Promise<void> => {
    collector.cut();
    for (const one of [`${name} soon`, name]) {
      await tell(page, one);
      await told(one);
    }
  };
  const shift = (by: number): Promise<unknown> => page.evaluate(`(() => { const now = Date.now; Date.now = () => now.call(Date) + ${by}; })()`);
  await shift(5 * hour); // somebody sets it, the collector's goes on as before
  await again("jumped");
  for (const name of ["before", "jumped"]) {
    const [offset, off] = corrected(name, Date.now());
    assert.ok(Math.abs(offset) < 60_000 && off < 60_000, `${name}: ${offset}, ${off}`);
  }
  // Asleep, a machine's wall clock goes on and performance.now() does not.
  collector.welcome = { time: Date.now() + 9 * hour };
  await shift(9 * hour);
  await again("woken");
  const [offset, off] = corrected("woken", Date.now() + 9 * hour);
  assert.ok(Math.abs(offset - 9 * hour) < 60_000 && off < 60_000, `woken: ${offset}, ${off}`);
  // Where there is no handshake, events are set right by when they were sent: by the clock that tells them.
  const sent = header("woken").sent_at;
  assert.ok(Math.abs(sent - Date.now()) < 60_000, `sent at ${sent}`);
});

test("two tabs: one session and visitor, two documents and tabs", async () => {
  const one = await site.open("/");
  const two = await site.open("/two");
  await tell(one, "a");
  await tell(two, "b");
  await tell(one, "c");
  for (const name of ["a", "b", "c"]) await told(name);
  assert.deepEqual(["session", "visitor", "tab", "document"].map((k) => differ(k as "tab", "a", "b", "c")), [1, 1, 2, 2]);
  assert.equal(header("a").tab, header("c").tab);
  documents(collector.arrivals);
});

test("a window that the page opens, which copies the tab's storage, is a tab of its own and sends nothing twice", async () => {
  const page = await site.open("/");
  await tell(page, "a");
  await told("a");
  const [child] = await Promise.all([page.waitForEvent("popup"), page.evaluate("void window.open('/two')")]);
  await child.waitForLoadState();
  await tell(child, "b");
  await told("b");
  await child.goto(`${site.origin}/`);
  await tell(child, "c");
  await told("c");
  assert.deepEqual(["session", "document"].map((k) => differ(k as "tab", "a", "b", "c")), [1, 3]);
  assert.notEqual(header("a").tab, header("b").tab);
  assert.equal(header("b").tab, header("c").tab, "a tab keeps its id over its pages");
  documents(collector.arrivals);
});

test("a copy of a tab whose last page left a tail: sent once in content, by whom ever", async () => {
  const page = await site.open("/");
  collector.mute = true;
  await tell(page, "a");
  await told("a");
  // More than a beacon takes.
  await page.evaluate(async () => {
    const w = window as unknown as { noise(n: number): string };
    for (let i = 0; i < 6; i++) {
      window.hindsight?.("event", `tail${i}`, { noise: w.noise(5000) });
      history.pushState({}, "", `/r${i}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  });
  await collector.down();
  await page.goto(`data:text/html,elsewhere`);
  await collector.up();
  collector.mute = false;
  await page.goto(`${site.origin}/two`);
  // A copy of this tab, as the browser makes it: everything in its storage too.
  const [copy] = await Promise.all([page.waitForEvent("popup"), page.evaluate("void window.open(location.href)")]);
  await copy.waitForLoadState();
  await tell(copy, "copy");
  await tell(page, "page");
  for (const name of ["copy", "page", "tail0", "tail5"]) await told(name);
  assert.notEqual(header("copy").tab, header("page").tab);
  assert.equal(header("a").tab, header("page").tab);
  assert.deepEqual(names(collector.arrivals).filter((n) => String(n).startsWith("tail")).sort(), [0, 1, 2, 3, 4, 5].map((i) => `tail${i}`));
  documents(collector.arrivals);
});

test("back from the back/forward cache: the same document goes on with a new page view", async () => {
  const page = await site.open("/");
  await page.evaluate("addEventListener('pageshow', (e) => (window.cached = e.persisted))");
  await tell(page, "a");
  await told("a");
  await tell(page, "leaving");
  await page.evaluate("location.href = '/two'");
  await page.waitForURL("**/two");
  await tell(page, "b");
  await told("b");
  await page.evaluate("history.back()");
  await page.waitForURL((url) => url.pathname === "/", { waitUntil: "commit" });
  await page.waitForFunction("window.cached === true");
  await tell(page, "c");
  for (const name of ["leaving", "c"]) await told(name);
  assert.deepEqual([differ("document", "a", "leaving", "c"), differ("document", "a", "b"), differ("tab", "a", "b", "c"), differ("session", "a", "b", "c")], [1, 2, 1, 1]);
  await collector.until("a view", (a) => facts(a, "view").some((v) => v.nav === "back"));
  const back = once(collector.arrivals).find((a) => a.frame.signals?.signals.some((s) => s.nav === "back"));
  assert.equal(back?.frame.signals?.view, 1);
  documents(collector.arrivals);
});

test("a page that came back from the back/forward cache has an INP of its own", async () => {
  site.pages.set("/", PAGE.replace("<script>", `<button id="go">go</button><script>
    wait = 300;
    go.onclick = () => { for (const end = performance.now() + wait; performance.now() < end;); };
    addEventListener("pageshow", (e) => (window.cached = e.persisted));
    took = {};
    new PerformanceObserver((list) => {
      for (const { interactionId: id, duration } of list.getEntries()) if (id) took[id] = Math.max(took[id] ?? 0, duration);
    }).observe({ type: "event", durationThreshold: 16 });`));
  const page = await site.open("/");
  await collector.until("the vitals", (a) => facts(a, "vital").length >= 2);
  const press = async (n: number): Promise<void> => {
    await page.click("#go");
    // The browser tells of it, this page and the tracker, once it has drawn its next frame.
    await page.waitForFunction(`Object.keys(took).length >= ${n}`);
  };
  await press(1);
  await page.evaluate("location.href = '/two'");
  await page.waitForURL("**/two");
  await page.evaluate("history.back()");
  await page.waitForURL((url) => url.pathname === "/", { waitUntil: "commit" });
  await page.waitForFunction("window.cached === true");
  await page.evaluate("wait = 100");
  await press(2);
  const [longer = 0, shorter = 0] = (await page.evaluate("Object.values(took)")) as number[];
  assert.ok(longer >= 296 && shorter >= 96 && shorter < longer, `${longer} and ${shorter}`);
  await page.goto("about:blank");
  const values = (): number[] => facts(collector.arrivals, "vital").filter((v) => v.name === "INP").map((v) => v.value as number);
  await collector.until("both", () => values().length >= 2);
  assert.deepEqual(values(), [longer, shorter]);
});

test("a prerendered page says nothing until it is shown", async () => {
  // A browser that is driven by anybody does not prerender: here the pages drive themselves.
  site.pages.set("/", PAGE.replace("</body>", `
    <script type="speculationrules">{"prerender":[{"urls":["/two"],"eagerness":"immediate"}]}</script>
    <script>addEventListener("storage", (e) => e.key === "prerendered" && setTimeout(() => { tell("going"); location.href = "/two"; }, 700));</script></body>`));
  site.pages.set("/two", PAGE.replace("</body>", `<script>
    early = document.prerendering;
    window.hindsight ??= function () { (hindsight.q = hindsight.q || []).push(arguments); };
    hindsight("identify", "someone"); hindsight("event", "before", { early });
    addEventListener("load", () => (localStorage.prerendered = Date.now()));
    document.addEventListener("prerenderingchange", () => setTimeout(() => {
      hindsight("event", "shown", { early, at: performance.getEntriesByType("navigation")[0].activationStart });
    }));</script></body>`));
  const profile = mkdtempSync(join(tmpdir(), "hindsight-profile-"));
  const browser = spawn(browserPath(), [...QUIET, `--user-data-dir=${profile}`, "--remote-debugging-pipe", `${site.origin}/`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  try {
    await told("shown");
    const shown = facts(collector.arrivals, "event").find((e) => e.name === "shown");
    const { early, at } = shown?.props as { early: boolean; at: number };
    assert.ok(early && at > 700, "the browser prerendered the page");
    const [view, ...more] = facts(collector.arrivals.filter((a) => a.frame.signals?.path === "/two"), "view");
    assert.deepEqual(more, []);
    assert.ok((view?.t as number) >= at, "a page view from before it was shown");
    // Loaded before anybody looked; painted, as the vital says, only then.
    const two = (k: string): ReturnType<typeof facts> => facts(collector.arrivals.filter((a) => a.frame.signals?.path === "/two"), k);
    const paint = (): unknown => two("vital").find((v) => v.name === "FCP")?.value;
    await collector.until("load times", () => two("load").length && paint() !== undefined);
    const [{ ms, ttfb, dcl, fcp = paint() } = {}] = two("load") as Record<string, unknown>[];
    assert.deepEqual({ ms, ttfb, dcl, fcp }, { ms: 0, ttfb: 0, dcl: 0, fcp: paint() });
    // What the page said meanwhile is told with it.
    const before = facts(collector.arrivals, "event").find((e) => e.name === "before");
    assert.deepEqual([before?.props, (before?.t as number) >= (view?.t as number)], [{ early: true }, true]);
    assert.equal(facts(collector.arrivals, "identify")[0]?.id, "someone");
    assert.equal(differ("session", "going", "shown"), 1);
    documents(collector.arrivals);
  } finally {
    const gone = ended(browser, "exit");
    browser.kill();
    await gone;
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    } catch {
      // Its children may outlive it for a while, and write: what is left lies among temporary files.
    }
  }
});

test("a session ends after 24 hours, be there activity all the time; another tab's activity keeps it alive", async () => {
  const page = await site.context().newPage();
  await page.clock.install();
  await page.goto(`${site.origin}/`);
  const step = async (name: string): Promise<void> => {
    await tell(page, name);
    await page.clock.runFor(3000);
    await told(name);
  };
  await step("first");
  const events = ["first"];
  for (let i = 0; i < 48; i++) {
    await page.clock.fastForward(29 * 60_000);
    events.push(`hour${i / 2}`);
    await tell(page, `hour${i / 2}`);
  }
  await page.clock.runFor(3000);
  await told("hour23.5");
  assert.equal(differ("session", ...events), 1);
  await page.clock.fastForward(29 * 60_000);
  // Twenty-four hours are over now.
  await page.clock.fastForward(29 * 60_000);
  await step("next");
  assert.notEqual(header("next").session, header("first").session);
  assert.notEqual(header("next").document, header("first").document);

  // Here nothing happens for an hour, but in another tab it does.
  await page.clock.fastForward(29 * 60_000);
  await page.evaluate(() => {
    const key = "hindsight.KEY";
    const kept = JSON.parse(localStorage.getItem(key) ?? "") as { l: number };
    localStorage.setItem(key, JSON.stringify({ ...kept, l: Date.now() }));
  });
  await page.clock.fastForward(20 * 60_000);
  await step("alive");
  assert.deepEqual([differ("session", "next", "alive"), differ("document", "next", "alive")], [1, 1]);
  documents(collector.arrivals);
});

test("closed during a large snapshot: what arrives is sound, what is missing shows as missing numbers", async () => {
  site.snippet = 'data-consent="none"';
  site.pages.set("/", PAGE.replace("</body>", `<script>document.write(Array.from({ length: 4000 }, (_, i) => "<div class=c" + i + ">" + noise(30) + "</div>").join(""))</script></body>`));
  const page = await site.context().newPage();
  const cdp = await site.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await page.goto(`${site.origin}/`);
  await page.waitForFunction("window.hindsight && hindsight.on");
  await tell(page, "a");
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
  // What was on its way arrives, and what a beacon carries; a batch too large for one goes with its tab.
  for (let waits = 0; collector.connections() && waits < 100; waits++) await new Promise((go) => setTimeout(go, 100));
  assert.equal(collector.connections(), 0);
  await new Promise((go) => setTimeout(go, 500));
  assert.ok(collector.arrivals.length, "something arrived");
  const last = Math.max(...collector.arrivals.map((a) => a.frame.header.sequence));
  const final = once(collector.arrivals).filter((a) => a.frame.header.flags & 1);
  assert.ok(final.every((a) => a.frame.header.sequence === last) && final.length < 2, "nothing follows the last batch");
  // The next page of the session is none the worse.
  const next = await site.open("/two");
  await tell(next, "b");
  await told("b");
  const [first] = collector.arrivals as [(typeof collector.arrivals)[0]];
  assert.equal(header("b").session, first.frame.header.session);
  assert.notEqual(header("b").document, first.frame.header.document);
});
