/** Signals in a real browser without the recorder: movement, sight, views, errors. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { found, haystack } from "./privacy/search";
import { bare, type S, signals, withPaths } from "./support/signals";
import { html, openUnrecorded } from "./support/unrecorded";

const { collector, site, of, sent } = await openUnrecorded();

test("movement left of where a page written from right to left begins has no cell", async () => {
  site.pages.set("/", html(`<script>document.documentElement.dir = "rtl"</script><div style="width:3000px;height:400px"></div>`));
  const page = await site.open("/");
  const over = async (x: number): Promise<void> => {
    await page.mouse.move(x, 100);
    await page.mouse.move(x + 40, 140);
  };
  await over(700);
  await page.evaluate(() => scrollTo(-1000, 0));
  await over(200);
  await page.evaluate(() => scrollTo(0, 0));
  await over(900);
  await page.goto("about:blank");
  await sent("move", 1);
  const cells = of("move").flatMap((s) => s.cells as number[]);
  const columns = cells.filter((_, i) => i % 3 === 0);
  assert.ok(columns.includes(Math.floor(700 / 16)) && columns.includes(Math.floor(900 / 16)), columns.join());
  assert.ok(!columns.includes(0), columns.join());
});

test("scroll reach and attention: how long each band was in sight, exactly", async () => {
  site.pages.set("/", html('<div style="height:3050px"></div>'));
  const page = await site.context().newPage();
  await page.clock.install({ time: Date.now() });
  await page.goto(`${site.origin}/`);
  await page.clock.runFor(3500);
  await sent("view", 1);
  // The part that counts has come: it has wrapped this.
  while (await page.evaluate(() => /native code/.test(String(window.open)))) await new Promise((done) => setTimeout(done, 20));
  const begin = signals(collector.arrivals, "view")[0]?.t as number;
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.evaluate(() => scrollTo(0, 0));
  // From here on the clock stands but for what is said.
  const before = await page.evaluate(() => performance.now());
  await page.evaluate(() => new Promise<void>((done) => {
    addEventListener("scroll", () => done(), { once: true, capture: true });
    scrollTo(0, 1050);
  }));
  await page.clock.runFor(4000);
  await page.evaluate(() => new Promise<void>((done) => {
    addEventListener("scroll", () => done(), { once: true, capture: true });
    scrollTo(0, 0);
  }));
  // Nobody is there: half a minute counts, and no more.
  await page.clock.runFor(100_000);
  await page.goto("about:blank");
  await collector.until("the end", (a) => signals(a, "visible").length > 0);
  const total = new Map<number, number>();
  for (const s of of("attention")) {
    assert.deepEqual([s.h, s.vw, s.vh, s.dh], [100, 1280, 720, 3050]);
    const flat = s.bands as number[];
    for (let i = 0; i < flat.length; i += 2) total.set(flat[i] as number, (total.get(flat[i] as number) ?? 0) + (flat[i + 1] as number));
  }
  // 1,050 to 1,770: bands 10 to 17; nobody has seen the foot of the page.
  assert.deepEqual([...total.keys()].sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17]);
  for (let band = 10; band < 18; band++) assert.equal(total.get(band), 4000, `band ${band}`);
  const top = Math.min(before - begin, 1e9);
  for (let band = 0; band < 8; band++) {
    const ms = total.get(band) as number;
    assert.ok(ms >= 30_000 && ms <= 30_000 + top, `band ${band}: ${ms}`);
  }
  const scrolls = of("scroll").map(bare);
  assert.deepEqual(scrolls[0], { y: 0, max: 720, vw: 1280, vh: 720, dh: 3050 });
  assert.equal((scrolls.at(-1) as { max: number }).max, 1770);
  assert.deepEqual(of("visible").map((v) => v.on), [0]);
});

test("of a page that fingers have zoomed that part was seen which is in sight", async () => {
  site.pages.set("/", html('<div style="height:3050px"></div>'));
  const page = await site.open("/");
  const zoom = await site.context().newCDPSession(page);
  // The part that counts has come.
  await sent("load", 1);
  await sent("scroll", 1);
  await zoom.send("Emulation.setPageScaleFactor", { pageScaleFactor: 4 });
  await page.waitForFunction(() => visualViewport?.height === 180);
  await page.mouse.move(10, 10);
  await page.mouse.wheel(0, 4 * 200);
  await page.waitForFunction(() => visualViewport?.pageTop === 200);
  await page.waitForTimeout(1000);
  await page.evaluate(() => scrollTo(0, 1000));
  await page.waitForFunction(() => scrollY > 800);
  await page.waitForTimeout(100);
  const [window, sight] = await page.evaluate(() => [scrollY + innerHeight, Number(visualViewport?.pageTop) + 180] as const);
  assert.ok(window >= sight + 300, `${window} ${sight}`);
  await page.goto("about:blank");
  await collector.until("the end", (a) => signals(a, "visible").length > 0);
  const total: number[] = Array(31).fill(0) as number[];
  for (const s of of("attention")) {
    const flat = s.bands as number[];
    for (let i = 0; i < flat.length; i += 2) total[flat[i] as number] = (total[flat[i] as number] as number) + (flat[i + 1] as number);
  }
  // 200 to 380 for a second more than what else was in the window.
  for (const band of [2, 3]) for (const other of [4, 7]) assert.ok((total[band] as number) >= (total[other] as number) + 900, total.join());
  assert.ok(total[Math.floor(sight / 100)] && total.every((ms, band) => !ms || band <= sight / 100), `${sight}: ${total.join()}`);
  assert.equal(of("scroll").at(-1)?.max, Math.round(sight));
});

test("page views: each has its own title, whatever the order of title and address; the navigation API counts", async () => {
  site.pages.set("/", html("<p>x</p>"));
  collector.welcome = { flush_ms: 600_000 };
  const page = await site.open("/?token=secret");
  // The late part is there: it watches the title.
  await page.waitForFunction(() => !/native code/.test(String(window.open)));
  await page.evaluate(async () => {
    const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 20));
    document.title = "B";
    history.pushState(null, "", "/b");
    await turn();
    history.pushState(null, "", "/c");
    document.title = "C of jo@example.org";
    await turn();
    history.pushState(null, "", "/d");
    await turn();
    // Also in another head.
    document.head.replaceWith(Object.assign(document.createElement("head"), { innerHTML: "<title>other</title>" }));
    await turn();
    document.querySelector("title")?.replaceWith(Object.assign(document.createElement("title"), { textContent: "D" }));
    await turn();
    const { navigation } = window as unknown as {
      navigation: EventTarget & { navigate(url: string): { finished: Promise<unknown> } };
    };
    navigation.addEventListener("navigate", (e) => (e as Event & { intercept(): void }).intercept(), { once: true });
    await navigation.navigate("/e?q=1#/route").finished;
    document.title = "E";
    await turn();
    history.replaceState(null, "", "/e?q=2#/route");
  });
  await page.goto("about:blank");
  await sent("view", 5);
  const views = withPaths(collector.arrivals, "view");
  assert.deepEqual(views.map((v) => [v.path, v.title, v.nav]), [
    ["/", "A", "load"], ["/b", "B", "spa"], ["/c", "C of •••", "spa"], ["/d", "D", "spa"], ["/e#/route", "E", "spa"],
  ]);
  assert.equal(views[0]?.url, `${site.origin}/?token=`);
  assert.deepEqual(views.slice(1).map((v) => v.ref), views.slice(0, 4).map((v) => v.url));
});

test("a title is told as its marks allow, and not at all before they are known", async () => {
  const CANARY = "Patient Doe";
  const marked = (from: string, to: string): string => html("<svg><title>of a drawing</title></svg>").replace("<title>A", `<title>${CANARY}`).replace(from, to);
  collector.sent.length = 0;
  const cases: [string, string, string | undefined][] = [
    ["<html", "<html data-hindsight-mask", "•••"], ["<title", "<title class=ph-mask", "•••"], ["<title", "<title class=ph-no-capture", ""],
    ["<head", "<head data-hindsight-block", ""], ["<svg", "<svg class=rr-block", CANARY],
  ];
  // Each page has a path of its own: what the one before it sent twice may come late.
  const titles = async (path: string, n: number): Promise<unknown[]> => {
    const views = (): S[] => withPaths(collector.arrivals, "view").filter((v) => v.path.startsWith(path));
    await collector.until(`${n} views of ${path}`, () => views().length >= n);
    return views().map((v) => v.title);
  };
  for (const [i, [from, to, title]] of cases.entries()) {
    collector.arrivals.length = 0;
    site.pages.set(`/case${i}`, marked(from, to));
    await site.open(`/case${i}`);
    assert.deepEqual(await titles(`/case${i}`, 1), [title], to);
    await site.forget();
    const seen = found(haystack(collector.arrivals, collector.sent), CANARY).length > 0;
    assert.equal(seen, title === CANARY, to);
  }
  // The marks go with the view.
  collector.arrivals.length = collector.sent.length = 0;
  collector.welcome = { flush_ms: 600_000 };
  site.pages.set("/marked", marked("<html", "<html data-hindsight-mask"));
  let page = await site.open("/marked");
  await page.waitForFunction(() => !/native code/.test(String(window.open)));
  await page.evaluate(() => {
    document.documentElement.removeAttribute("data-hindsight-mask");
    document.title = "next";
    history.pushState(null, "", "/marked/b");
  });
  await page.goto("about:blank");
  assert.deepEqual(await titles("/marked", 2), ["•••", "next"]);
  // Left before the part came that knows the marks: it is never answered, since the console tells what failed.
  await site.forget();
  collector.arrivals.length = 0;
  collector.script = (url) => (url.pathname.startsWith("/link.") ? { mute: true } : undefined);
  site.pages.set("/left", marked("<html", "<html data-hindsight-mask"));
  page = await site.open("/left");
  await page.goto("about:blank");
  const left = await titles("/left", 1).finally(() => (collector.script = () => undefined));
  assert.deepEqual(left, [""]);
  assert.deepEqual(found(haystack(collector.arrivals, collector.sent), CANARY), []);
});

test("hints are what the browser lists, with full versions", async () => {
  site.pages.set("/", html("<p>x</p>"));
  const page = await site.open("/");
  await sent("view", 1);
  const told = await page.evaluate(async () => {
    const { userAgentData } = navigator as unknown as {
      userAgentData: { getHighEntropyValues(n: string[]): Promise<{ fullVersionList: { brand: string; version: string }[]; platform: string; mobile: boolean; platformVersion: string }> };
    };
    const h = await userAgentData.getHighEntropyValues(["fullVersionList", "platformVersion"]);
    return { brands: h.fullVersionList.map((b) => [b.brand, b.version]), os: h.platform, os_version: h.platformVersion, mobile: h.mobile };
  });
  assert.deepEqual(of("view")[0]?.hints, told);
  assert.ok(told.brands.some(([brand]) => brand === "Chromium"));
  const [view] = of("view");
  assert.deepEqual([view?.lang, view?.tz], await page.evaluate(() => [navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]));
});

test("errors: each once, at most twenty in a page view, scrubbed; failed images are none", async () => {
  site.pages.set("/", html('<img src="/none.png">'));
  const page = await site.open("/");
  await page.evaluate(() => {
    const fail = (message: string): unknown => setTimeout(() => { throw new Error(message); });
    for (let i = 0; i < 30; i++) fail(`e${"ab".repeat(i)}`);
    for (let i = 0; i < 5; i++) fail("again");
  });
  await sent("error", 20);
  await page.evaluate(() => {
    history.pushState(null, "", "/next");
    void Promise.reject(new TypeError("later, jo@example.org"));
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- pages do
    void Promise.reject();
  });
  await sent("error", 22);
  assert.deepEqual(of("error").slice(0, 20).map((e) => e.msg), Array.from({ length: 20 }, (_, i) => `Uncaught Error: e${"ab".repeat(i)}`));
  const [rejected, empty] = of("error").slice(20);
  assert.deepEqual([rejected?.type, rejected?.msg], ["rejection", "later, •••"]);
  assert.match(String(rejected?.stack), /^TypeError: later, •••\n\s+at /);
  assert.equal(empty?.type, "rejection");
  site.noise = [];
});

test("properties that cannot be told are left out, and never the event", async () => {
  site.pages.set("/", html(""));
  const page = await site.open("/");
  await page.evaluate(() => {
    const tell = window.hindsight as (...call: unknown[]) => void;
    tell("event", "big", { a: 1n, b: 2 });
    tell("event", "getter", { get a() { throw new Error("no"); } });
    const ring: Record<string, unknown> = { c: 3 };
    ring.ring = ring;
    tell("event", "ring", ring);
    tell("event", "string", "props");
    tell("event", "list", [1, 2]);
    tell("event", "none");
    tell("identify", "u7", 1n);
    tell("set", "x");
  });
  await sent("set", 1);
  assert.deepEqual(of("event").map((e) => [e.name, e.props]), [
    ["big", { b: 2 }], ["getter", undefined], ["ring", { c: 3 }], ["string", undefined], ["list", undefined], ["none", undefined],
  ]);
  assert.deepEqual([...of("identify"), ...of("set")].map(bare), [{ id: "u7" }, { props: {} }]);
});
