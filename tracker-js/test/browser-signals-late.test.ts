/** What the late part tells: fields and forms, load timing, web vitals; also of the time before it came. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { everything } from "./support/frame";
import { bare, type S, signals, withPaths } from "./support/signals";
import { openStage } from "./support/stage";

const { collector, site } = await openStage();

const of = (k: string): S[] => signals(collector.arrivals, k);
const sent = (k: string, n: number): Promise<void> => collector.until(`${n} of ${k}`, (a) => signals(a, k).length >= n);
const html = (body: string): string => `<!doctype html><html><head><title>A</title></head><body>${body}</body></html>`;

const FORM = html(`<form id="order"><input id="name"><input id="pass" type="password"><input id="card" autocomplete="cc-number">
  <select id="size"><option>S<option>M</select><label><input id="gift" type="checkbox">Gift</label><input type="hidden" name="h">
  <textarea id="note" class="rr-ignore"></textarea><button id="go">Go</button></form>
  <div id="free" contenteditable>free</div>
  <iframe id="f" srcdoc="<input id=framed>"></iframe><x-form></x-form>
  <script>
    addEventListener("submit", (e) => e.preventDefault());
    const root = document.querySelector("x-form").attachShadow({ mode: "open" });
    root.innerHTML = "<form><input id=one><input id=two><input type=password><button>Go</button></form>";
    root.firstChild.onsubmit = (e) => e.preventDefault();
  </script>`);

/** Holds the late part back until the returned function is called. */
async function holdLate(): Promise<() => void> {
  let free = (): void => {};
  const freed = new Promise<void>((done) => (free = done));
  await site.context().route(/\/late\./, async (route) => {
    await freed;
    await route.continue();
  });
  return free;
}

/** A page whose clock stands but for what the test says. */
async function standing(): Promise<Page> {
  const page = await site.context().newPage();
  await page.clock.install({ time: Date.now() });
  await page.goto(`${site.origin}/`);
  await page.clock.runFor(3500);
  // The parts come in real time: once the clock is held, nothing that waits for them would go on.
  await sent("view", 1);
  await page.waitForFunction(() => !/native code/.test(String(window.open)));
  await page.clock.pauseAt(Date.now() + 60_000);
  return page;
}

/** Documents of tests that are over. */
const over = new Set<string>();

beforeEach(() => {
  site.pages = new Map([["/", FORM]]);
  site.snippet = 'data-consent="none" data-sample-rate="0"';
  site.noise = [];
  collector.welcome = {};
  // A page of the test before may still say its farewell.
  for (const { frame } of collector.arrivals.splice(0)) over.add(frame.header.document);
  collector.refuse = (frame) => (over.has(frame.header.document) ? { reason: "over" } : undefined);
});
afterEach(async () => {
  // What the browser itself remarks about passwords.
  assert.deepEqual(site.noise.filter((n) => !n.startsWith("verbose")), []);
  await site.forget();
});

test("fields: time, first change, changes, refills, state, how they were left; totals of typing", async () => {
  const page = await standing();
  await page.focus("#name");
  await page.clock.runFor(1500);
  await page.keyboard.press("a");
  await page.clock.runFor(200);
  await page.keyboard.press("b");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await page.clock.runFor(300);
  await page.keyboard.press("c");
  await page.focus("#size");
  await page.clock.runFor(700);
  await page.keyboard.press("m");
  await page.focus("#gift");
  await page.keyboard.press("Space");
  await page.keyboard.press("Space");
  await page.focus("#free");
  await page.keyboard.press("x");
  await page.click("#go");
  await page.clock.runFor(5000);
  await sent("submit", 1);
  assert.deepEqual(of("field").map(bare), [
    { el: "input#name", form: "form#order", ms: 2000, wait: 1500, n: 5, refills: 1, filled: 1, left: "blur" },
    { el: "select#size", form: "form#order", ms: 700, wait: 700, n: 1, refills: 0, filled: 1, left: "blur" },
    { el: "input#gift", form: "form#order", ms: 0, wait: 0, n: 2, refills: 0, filled: 0, left: "blur" },
    { el: "div#free", ms: 0, wait: 0, n: 1, refills: 0, filled: 1, left: "blur" },
  ]);
  assert.deepEqual(of("typing").map(bare), [{ el: "input#name", n: 5, ms: 500 }, { el: "div#free", n: 1, ms: 0 }]);
  // Name, size, gift; neither what is protected nor what the site ignores.
  assert.deepEqual(of("submit").map(bare), [{ el: "form#order", n: 3 }]);
  assert.deepEqual(of("load").length, 0);
});

test("protected and ignored fields tell nothing; a field that became a secret meanwhile neither", async () => {
  const page = await site.open("/");
  await sent("load", 1);
  for (const css of ["#pass", "#card", "#note"]) {
    await page.click(css);
    await page.keyboard.type("canary-secret");
  }
  await page.click("#name");
  await page.keyboard.type("canary");
  await page.evaluate(() => document.querySelector("#name")?.setAttribute("type", "password"));
  await page.click("#size");
  await page.keyboard.press("Escape");
  // Whoever leaves a field sooner, next to a secret that is being typed, is no visitor.
  await page.waitForTimeout(60);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await sent("field", 1);
  assert.deepEqual(of("field").map((f) => f.el), ["select#size"]);
  assert.deepEqual(of("typing"), []);
  const all = everything(collector.arrivals.map((a) => a.frame));
  assert.ok(all.includes("select#size") && !all.includes("canary"));
});

test("fields and forms in shadow roots and frames; a field is told of when the page goes, and by Enter", async () => {
  const page = await site.open("/");
  await sent("load", 1);
  await page.click("#one");
  await page.keyboard.type("abc");
  // Inside one shadow root the focus moves unseen from outside.
  await page.keyboard.press("Tab");
  await page.keyboard.type("d");
  await page.keyboard.press("Enter");
  await sent("submit", 1);
  const form = "body > x-form >>> form";
  assert.deepEqual(of("field").map((f) => [f.el, f.form, f.n, f.left]), [
    ["body > x-form >>> input#one", form, 3, "blur"], ["body > x-form >>> input#two", form, 1, "submit"],
  ]);
  assert.deepEqual(of("submit").map(bare), [{ el: form, n: 2 }]);
  await page.frameLocator("#f").locator("#framed").click();
  await page.keyboard.type("ef");
  await page.goto("about:blank");
  await sent("field", 3);
  const last = of("field")[2];
  assert.deepEqual([last?.el, last?.n, last?.left], ["iframe#f >>>f input#framed", 2, "leave"]);
  assert.deepEqual(of("typing").map((t) => [t.el, t.n]), [
    ["body > x-form >>> input#one", 3], ["body > x-form >>> input#two", 1], ["iframe#f >>>f input#framed", 2],
  ]);
});

test("what was typed before the late part came is counted", async () => {
  const free = await holdLate();
  const page = await site.open("/");
  await page.click("#name");
  await page.keyboard.type("hello");
  free();
  await sent("load", 1);
  await page.keyboard.type("you");
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await sent("field", 1);
  assert.deepEqual(of("field").map((f) => [f.el, f.n]), [["input#name", 8]]);
  assert.deepEqual(of("typing").map((f) => f.n), [8]);
});

test("a page that is left before the late part came tells what was clicked, what failed and how far was seen", async () => {
  site.pages.set("/", html(`<div style="width:100%;height:2000px"><button id="go" style="position:absolute;left:100px;top:900px;width:80px;height:40px"
    onclick="event.isTrusted && setTimeout(() => { throw new Error('pressed') })">Go</button></div>`));
  const free = await holdLate();
  const page = await site.open("/");
  await page.evaluate(() => scrollTo(0, 500));
  await page.mouse.click(110, 410);
  await page.evaluate(() => (document.querySelector("#go") as HTMLElement).click());
  const dw = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.waitForFunction(() => performance.getEntriesByType("resource").some((e) => /link\./.test(e.name)));
  await page.goto("about:blank");
  await sent("click", 1);
  free();
  const [click, ...more] = of("click");
  assert.deepEqual(more, [], "a script's click says nothing of the visitor");
  const { dh, vh } = click as S & { dh: number; vh: number };
  assert.ok(dh >= 2000);
  assert.deepEqual(bare(click), { el: "button#go", fx: 0.125, fy: 0.25, x: 110, y: 910, vw: 1280, vh, dw, dh, ptr: "mouse", able: 1 });
  assert.deepEqual(site.noise.splice(0), ["uncaught: pressed"]);
  const [error] = of("error");
  assert.match(String(error?.stack), /^Error: pressed\n.*at/);
  assert.deepEqual(bare(of("scroll")[0]), { y: 500, max: 500 + vh, vw: 1280, vh, dh });
});

test("load timing and web vitals, of the time before the late part too, as the browser has them", async () => {
  site.pages.set("/", html(`<h1>Big headline of this page</h1><p id="mover">moves</p><button id="slow">slow</button>
    <script>document.querySelector("#slow").onclick = () => { for (const end = performance.now() + 260; performance.now() < end;); };</script>`));
  const free = await holdLate();
  const page = await site.open("/");
  // A shift without input of the visitor, then a slow interaction, both before the part is there.
  const shift = await page.evaluate(() => new Promise<number>((done) => {
    new PerformanceObserver((list) => done((list.getEntries()[0] as PerformanceEntry & { value: number }).value)).observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => {
      (document.querySelector("#mover") as HTMLElement).style.paddingTop = "200px";
    });
  }));
  assert.ok(shift > 0);
  // The longest event of the interaction: the click is not its only one.
  const interaction = page.evaluate(() => new Promise<number>((done) => {
    let longest = 0;
    new PerformanceObserver((list) => {
      for (const e of list.getEntries() as (PerformanceEntry & { interactionId: number })[])
        if (e.interactionId) longest = Math.max(longest, e.duration);
      if (list.getEntriesByName("click").length) setTimeout(() => done(longest), 200);
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  }));
  await page.click("#slow");
  const duration = await interaction;
  free();
  await sent("load", 1);
  // What is final is told as soon as the file with the vitals has come.
  await sent("vital", 2);
  // The library asks for entries, and looks at what it is given, whenever the page has time.
  for (let n = 0; n < 3; n++) await page.evaluate(() => new Promise<void>((done) => requestIdleCallback(() => setTimeout(done, 50), { timeout: 1e3 })));
  const has = await page.evaluate(() => {
    const [t] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const fcp = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    return new Promise<Record<string, number>>((done) => new PerformanceObserver((list) => done({
      lcp: list.getEntries().at(-1)?.startTime ?? 0, ttfb: t?.responseStart ?? 0, load: t?.loadEventEnd ?? 0, dcl: t?.domContentLoadedEventEnd ?? 0, fcp: fcp ?? 0,
    })).observe({ type: "largest-contentful-paint", buffered: true }));
  });
  const tenth = (ms: number | undefined): number => Math.round((ms ?? 0) * 10) / 10;
  assert.deepEqual(bare(of("load")[0]), { ms: tenth(has.load), ttfb: tenth(has.ttfb), dcl: tenth(has.dcl), fcp: tenth(has.fcp) });
  await page.goto("about:blank");
  await collector.until("all five", (a) => new Set(signals(a, "vital").map((v) => v.name)).size === 5);
  const vital = (name: string): S | undefined => of("vital").filter((v) => v.name === name).at(-1);
  assert.equal(vital("TTFB")?.value, tenth(has.ttfb));
  assert.equal(vital("FCP")?.value, tenth(has.fcp));
  assert.equal(vital("LCP")?.value, tenth(has.lcp));
  assert.equal(vital("CLS")?.value, Math.round(shift * 1e4) / 1e4);
  assert.equal(vital("INP")?.value, duration);
  assert.ok(duration >= 256);
  assert.deepEqual([vital("TTFB")?.rating, vital("INP")?.rating], ["good", duration > 500 ? "poor" : "needs-improvement"]);
  // One frame says that it is the last, and nothing follows it. It comes by itself where the page was hidden first.
  await collector.until("the last frame", (a) => a.some(({ frame }) => frame.header.flags & 1));
  const headers = collector.arrivals.map((a) => a.frame.header);
  const last = headers.find((h) => h.flags & 1);
  assert.ok(last && headers.every((h) => h.sequence <= last.sequence));
});

/** In a page: how long the browser says that its longest interaction took, kept for the tab's next page when this one goes. */
const WITNESS = `<script>
    let longest = 0;
    const look = (entries) => { for (const e of entries) if (e.interactionId) longest = Math.max(longest, e.duration); };
    const witness = new PerformanceObserver((list) => {
      look(list.getEntries());
      if (longest && document.querySelector("#go").dataset.next) location.href = document.querySelector("#go").dataset.next;
    });
    witness.observe({ type: "event", durationThreshold: 16 });
    addEventListener("pagehide", () => { look(witness.takeRecords()); sessionStorage.longest = longest; });
    document.querySelector("#go").onclick = () => { for (const end = performance.now() + 180; performance.now() < end;); };
  </script>`;
// The library would look at it when the page is idle.
const BUSY = "<script>requestIdleCallback = () => 0</script>";
for (const [how, body] of [
  ["once the browser tells of it", `<button id="go" data-next="/next">go</button>${WITNESS}${BUSY}`],
  ["by the interaction itself", `<a id="go" href="/next">go</a>${WITNESS}${BUSY}`],
] as const) test(`the interaction before a page is left is told: ${how}`, async () => {
  site.pages.set("/", html(body));
  site.pages.set("/next", "<!doctype html><title>Next</title>");
  // No browser tells of an interaction whose page is gone before its next frame.
  await site.context().route("**/next", async (route) => {
    await new Promise((done) => setTimeout(done, 200));
    await route.continue();
  });
  const page = await site.open("/");
  await sent("vital", 2);
  await page.click("#go");
  await page.waitForURL("**/next");
  await collector.until("the last frame", (a) => a.some(({ frame }) => frame.header.flags & 1));
  const longest = Number(await page.evaluate(() => sessionStorage.longest as string));
  assert.ok(longest >= 176, `the browser itself says ${longest}`);
  assert.deepEqual(of("vital").filter((v) => v.name === "INP").map((v) => v.value), [longest]);
});

test("of fifty interactions the longest is left out", async () => {
  site.pages.set("/", html(`<button id="go">go</button><script>
    document.querySelector("#go").onclick = () => { for (const end = performance.now() + wait; performance.now() < end;); };
    var wait = 300;
    var took = {};
    var look = (entries) => { for (const e of entries) if (e.interactionId) took[e.interactionId] = Math.max(took[e.interactionId] ?? 0, e.duration); };
    var witness = new PerformanceObserver((list) => look(list.getEntries()));
    witness.observe({ type: "event", durationThreshold: 16 });
    addEventListener("pagehide", () => { look(witness.takeRecords()); sessionStorage.took = JSON.stringify(Object.values(took)); });
  </script>`));
  site.pages.set("/next", "<!doctype html><title>Next</title>");
  const page = await site.open("/");
  await sent("vital", 2);
  // The browser tells of each, this page and the tracker, once it has drawn its next frame.
  const press = async (n: number): Promise<void> => {
    await page.click("#go");
    await page.waitForFunction((count) => Object.keys((window as unknown as { took: object }).took).length >= count, n);
  };
  await press(1);
  await page.evaluate("wait = 100");
  await press(2);
  await page.evaluate("wait = 0");
  await page.focus("#go");
  for (let n = 0; n < 60; n++) await page.keyboard.press("a");
  await page.waitForFunction(() => ((performance as unknown as { interactionCount?: number }).interactionCount ?? 60) >= 60);
  await page.goto(`${site.origin}/next`);
  await collector.until("the last frame", (a) => a.some(({ frame }) => frame.header.flags & 1));
  const took = JSON.parse(await page.evaluate(() => sessionStorage.took as string)) as number[];
  const [longest = 0, second = 0] = took.sort((a, b) => b - a);
  assert.ok(longest >= 296 && second >= 96 && second < longest, took.join());
  assert.equal(of("vital").filter((v) => v.name === "INP").at(-1)?.value, second);
});

test("a pointer's rest is told to its bound, over however many batches it lasts, and once", async () => {
  collector.welcome = { flush_ms: 2000 };
  site.pages.set("/", html('<div style="height:700px"></div>'));
  const page = await standing();
  const cell = (x: number, y: number): string => [Math.floor(x / 16), Math.floor(y / 16)].join();
  const rests = (): Record<string, number[]> => {
    const all: Record<string, number[]> = {};
    for (const { cells } of of("move")) for (let i = 0; i < (cells as number[]).length; i += 3) {
      const [x, y, ms] = (cells as number[]).slice(i) as [number, number, number];
      (all[`${x},${y}`] ??= []).push(ms);
    }
    return all;
  };
  await page.mouse.move(300, 300);
  await page.clock.runFor(1700);
  await page.mouse.move(600, 500);
  // Batches close 300 ms, 2300 ms and 4300 ms from here, the last one without any movement in it.
  await page.clock.runFor(300);
  await sent("move", 1);
  assert.deepEqual(rests(), { [cell(300, 300)]: [1700], [cell(600, 500)]: [300] });
  for (let n = 0; n < 2; n++) {
    await page.evaluate(() => window.hindsight?.("event", "a"));
    await page.clock.runFor(2000);
    await sent("event", n + 1);
  }
  assert.deepEqual(rests()[cell(600, 500)], [300, 1700]);
  // A new rest; of what follows while the page is out of sight nothing is told.
  await page.mouse.move(100, 100);
  await page.clock.runFor(500);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    Object.defineProperty(document, "hidden", { value: false, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    window.hindsight?.("event", "b");
  });
  await page.clock.runFor(2000);
  await sent("event", 3);
  assert.deepEqual(rests(), { [cell(300, 300)]: [1700], [cell(600, 500)]: [300, 1700], [cell(100, 100)]: [500] });
});

test("a page that has taken away what tells of its loading hears nothing of it", async () => {
  site.pages.set("/", html("<button id=b>B</button>").replace("<head>", "<head><script>performance.getEntriesByType = undefined</script>"));
  const page = await site.open("/");
  const vitals = page.waitForResponse(/vitals\./);
  await page.click("#b");
  await vitals;
  // The library's first look at the page comes in a task of its own.
  await page.evaluate(() => new Promise((done) => setTimeout(done, 300)));
  await page.evaluate(() => window.hindsight?.("event", "after"));
  await sent("event", 1);
  assert.deepEqual([...of("error"), ...of("vital"), ...of("load")], []);
  const [view] = of("view");
  assert.equal(view?.nav, "load");
  assert.ok(view.tz);
});

test("how the page appeared is not told of a later page view; stop ends it all and restores", async () => {
  const free = await holdLate();
  const page = await site.open("/");
  await page.evaluate(() => history.pushState(null, "", "/later"));
  free();
  await page.waitForFunction(() => !/native code/.test(String(window.open)));
  await page.click("#name");
  await page.keyboard.type("a");
  await page.evaluate(() => window.hindsight?.("stop"));
  await sent("field", 1);
  assert.deepEqual(of("load"), []);
  assert.ok(withPaths(collector.arrivals, "vital").every((v) => v.path === "/" || v.name === "CLS" || v.name === "INP"));
  assert.equal(of("field")[0]?.left, "leave");
  assert.ok(await page.evaluate(() => /native code/.test(String(window.open))));
  // What went by the connection and by a beacon comes twice, one after the other: no new frame may.
  const last = (): number => Math.max(...collector.arrivals.map((r) => r.frame.header.sequence));
  const known = last();
  await page.keyboard.type("b");
  await page.click("#go");
  await page.goto("about:blank");
  assert.equal(last(), known);
});
