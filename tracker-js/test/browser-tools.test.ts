/** Tools for those who set the tracker up, opting out, erasing oneself, and manners of the one global. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { type Arrival } from "./support/collector";
import { everything } from "./support/frame";
import { openStage } from "./support/stage";

const { collector, site } = await openStage();

const PAGE = `<!doctype html><html><head><title>Shop</title></head><body>
<button id="buy">Buy</button><input id="name"><input id="pw" type="password"><textarea id="open" data-hindsight-unmask></textarea>
<p id="mask" data-hindsight-mask>masked <b>inside</b></p><div id="block" class="rr-block" style="width:50px;height:50px"><i>in</i></div>
<div id="host"></div><script>document.querySelector("#host").attachShadow({mode:"open"}).innerHTML = '<input id="deep" autocomplete="one-time-code">'</script>
<div style="height:3000px"></div></body></html>`;

type S = { k: string } & Record<string, unknown>;
const signals = (list: Arrival[]): S[] => list.flatMap((a) => a.frame.signals?.signals ?? []);
const some = (k: string) => (list: Arrival[]) => signals(list).some((s) => s.k === k);
const tell = (page: Page, ...call: unknown[]): Promise<void> => page.evaluate((c) => window.hindsight?.(...c), call);

beforeEach(() => {
  site.pages = new Map([["/", PAGE], ["/two", PAGE]]);
  site.snippet = 'data-consent="none"';
  site.before = "";
  site.noise = [];
  Object.assign(collector, { welcome: {}, mute: false, postStatus: 0, refuse: () => undefined });
  collector.arrivals.length = collector.contacts.length = collector.erasures.length = 0;
});
afterEach(async () => {
  assert.deepEqual(site.noise.filter((n) => n.startsWith("uncaught")), []);
  await site.forget();
});

test("data-debug says what is recorded and what is hidden, and an unknown verb; without it the console is silent", async () => {
  let page = await site.open("/");
  await tell(page, "nonsense", 1);
  await tell(page, "constructor");
  await collector.until("a frame", (a) => a.length);
  assert.deepEqual(site.noise.filter((n) => !n.startsWith("verbose")), []);
  await page.close();

  site.snippet += " data-debug";
  page = await site.open("/");
  await tell(page, "nonsense");
  const said = (pattern: RegExp): boolean => site.noise.some((n) => pattern.test(n));
  for (const pattern of [
    /hindsight: recording site KEY; consent: not needed; replays of 100 %/, /protected: 2/, /blocked: 1/, /unmasked: 1/, /: masked: 2/, /unknown verb nonsense/,
  ]) {
    for (let i = 0; i < 100 && !said(pattern); i++) await page.waitForTimeout(50);
    assert.ok(said(pattern), `${pattern} in ${site.noise.join("\n")}`);
  }
});

test("data-debug says that an opt-out was not kept, and what no rate below nought means", async () => {
  site.snippet += ' data-debug data-sample-rate="-1"';
  const page = await site.open("/");
  const said = async (pattern: RegExp): Promise<void> => {
    for (let i = 0; i < 100 && !site.noise.some((n) => pattern.test(n)); i++) await page.waitForTimeout(50);
    assert.ok(site.noise.some((n) => pattern.test(n)), `${pattern} in ${site.noise.join("\n")}`);
  };
  await said(/replays of 0 % of sessions/);
  // To the last character: of our own names nothing must be there to make room.
  await tell(page, "stop", true);
  await page.evaluate(() => {
    for (let n = 1 << 22, i = 0; n >= 1;) try {
      localStorage.setItem(`f${i++}`, "x".repeat(n));
    } catch {
      n = Math.floor(n / 2);
    }
  });
  await tell(page, "start");
  await tell(page, "optout");
  await said(/optout: this browser's storage is blocked or full/);
  assert.equal(await page.evaluate(() => localStorage.getItem("hindsight.optout")), null);
  await page.evaluate(() => localStorage.removeItem("f0"));
  site.noise = [];
  await tell(page, "optout");
  await page.waitForFunction(() => localStorage.getItem("hindsight.optout"));
  assert.ok(!site.noise.some((n) => /optout/.test(n)), site.noise.join());
});

test("preview outlines each kind, follows the page, goes again, and is not recorded", async () => {
  const page = await site.open("/");
  await collector.until("a snapshot", (a) => a.some((x) => x.frame.replay?.some((e) => e.type === 2)));
  await tell(page, "preview");
  const layer = page.locator("hindsight-preview");
  await layer.locator("aside").waitFor();
  const outlines = async (kind: string): Promise<unknown[]> =>
    // In one go: they are drawn anew all the time.
    layer.evaluate((l, k) => [...(l.shadowRoot as ShadowRoot).querySelectorAll(`.box.${k}`)].map((b) => Object.values(b.getBoundingClientRect().toJSON() as object).map(Math.round)), kind);
  const places = (...selectors: string[]): Promise<unknown[]> =>
    Promise.all(selectors.map((s) => page.locator(s).evaluate((e) => Object.values(e.getBoundingClientRect().toJSON() as object).map(Math.round))));
  const all = async (): Promise<unknown> => [await outlines("protected"), await outlines("blocked"), await outlines("masked"), await outlines("unmasked")];
  const want = async (): Promise<unknown> => [await places("#pw", "#deep"), await places("#block"), await places("#name", "#mask"), await places("#open")];
  assert.deepEqual(await all(), await want());
  await page.evaluate(() => {
    scrollTo(0, 40);
    document.querySelector("#block")?.before(document.createElement("hr"));
    document.body.append("control-text");
  });
  const expected = await want();
  for (let i = 0; i < 100 && JSON.stringify(await all()) !== JSON.stringify(expected); i++) await page.waitForTimeout(50);
  assert.deepEqual(await all(), expected);
  await tell(page, "preview");
  await layer.waitFor({ state: "detached" });
  await tell(page, "preview");
  await layer.locator("button").click();
  assert.equal(await layer.count(), 0);
  await page.evaluate(() => document.body.append("second-control"));
  await collector.until("controls", (a) => /control-text.*second-control/s.test(everything(a.map((x) => x.frame))));
  assert.ok(!/replaced by bullets|class":"box|never recorded/.test(everything(collector.arrivals.map((a) => a.frame))));
  assert.equal(await page.locator("[style*=outline]").count(), 0);
});

test("preview and data-debug look into frames, and outline what these show of a part", async () => {
  site.snippet += ' data-debug data-sample-rate="0"';
  site.pages.set("/in", `<!doctype html><body style="margin:0"><input id="pw" type="password" style="position:absolute;left:10px;top:20px;width:80px;height:20px;box-sizing:border-box">
    <p class="rr-mask" id="wide" style="position:absolute;left:50px;top:60px;width:500px;height:20px;margin:0">masked</p><iframe srcdoc="<input>" id="deep" style="position:absolute;left:0;top:100px;border:0;width:100px;height:50px"></iframe></body>`);
  site.pages.set("/", `<!doctype html><html><head></head><body style="margin:0"><iframe src="/in" style="position:absolute;left:100px;top:200px;width:200px;height:200px;border:5px solid;padding:3px;transform:scale(2);transform-origin:0 0"></iframe>
    <iframe class="rr-block" srcdoc="<input>" style="position:absolute;left:700px;top:0;width:50px;height:60px;border:0"></iframe></body></html>`);
  const page = await site.open("/");
  await page.waitForFunction(() => window[0]?.frames[0]?.document.querySelector("input"));
  await tell(page, "preview");
  const layer = page.locator("hindsight-preview");
  await layer.locator("aside").waitFor();
  const outlines = (kind: string): Promise<number[][]> =>
    layer.evaluate((l, k) => [...(l.shadowRoot as ShadowRoot).querySelectorAll(`.box.${k}`)].map((b) => {
      const { x, y, width, height } = b.getBoundingClientRect();
      return [x, y, width, height].map(Math.round);
    }), kind);
  assert.deepEqual(await outlines("protected"), [[100 + 2 * 18, 200 + 2 * 28, 160, 40]]);
  assert.deepEqual(await outlines("blocked"), [[700, 0, 50, 60]]);
  const [masked, inner, ...more] = await outlines("masked");
  assert.deepEqual([masked, more], [[100 + 2 * 58, 200 + 2 * 68, 300, 40], []]);
  assert.ok(inner && inner[0] as number >= 116 && (inner[1] as number) >= 200 + 2 * 108 && (inner[3] as number) > 20, String(inner));
  await tell(page, "stop");
  await tell(page, "start");
  const said = (pattern: RegExp): boolean => site.noise.some((n) => pattern.test(n));
  for (const pattern of [/protected: 1/, /blocked: 1/, /: masked: 2/]) {
    for (let i = 0; i < 100 && !said(pattern); i++) await page.waitForTimeout(50);
    assert.ok(said(pattern), `${pattern} in ${site.noise.join("\n")}`);
  }
});

test("whoever opts out is left alone, by verb and by address, until they opt in", async () => {
  site.snippet += ' data-sample-rate="0"';
  const page = await site.open("/");
  await collector.until("a view", some("view"));
  await tell(page, "optout");
  await page.waitForFunction(() => localStorage.getItem("hindsight.optout") && !localStorage.getItem("hindsight.KEY"));
  const known = collector.contacts.length;
  await page.click("#buy");
  await page.goto(`${site.origin}/two`);
  await page.click("#buy");
  assert.equal(collector.contacts.length, known);
  await page.goto(`${site.origin}/#hindsight-optin`);
  await page.waitForFunction(() => !localStorage.getItem("hindsight.optout"));
  await page.click("#buy");
  await collector.until("a click", some("click"));
  await page.goto(`${site.origin}/two#hindsight-optout`);
  await page.waitForFunction(() => localStorage.getItem("hindsight.optout"));
  const views = signals(collector.arrivals).filter((s) => s.k === "view").length;
  await page.click("#buy");
  await page.reload();
  await page.click("#buy");
  assert.equal(signals(collector.arrivals).filter((s) => s.k === "view").length, views, "a page was recorded under an address that opts out");
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), ["hindsight.optout"]);
});

test("erase posts the id, forgets it at once, tries again while the collector is away, and stops", async () => {
  site.snippet += ' data-sample-rate="0" data-debug';
  const page = await site.open("/");
  await collector.until("a view", some("view"));
  const kept = JSON.parse(await page.evaluate(() => localStorage.getItem("hindsight.KEY") as string)) as { v: string };
  collector.postStatus = 503;
  const posts = collector.contacts.filter((c) => c === "POST").length;
  await tell(page, "erase");
  await page.waitForFunction(() => !localStorage.length && !sessionStorage.length);
  await collector.until("a first try", () => collector.contacts.filter((c) => c === "POST").length > posts);
  assert.deepEqual(collector.erasures, []);
  collector.postStatus = 0;
  await collector.until("the erasure", () => collector.erasures.length);
  assert.deepEqual(JSON.parse(collector.erasures.join()), { visitor: kept.v });
  const frames = collector.arrivals.length;
  await page.click("#buy");
  await tell(page, "event", "late");
  await tell(page, "erase");
  for (let i = 0; i < 100 && !site.noise.some((n) => /no visitor id/.test(n)); i++) await page.waitForTimeout(50);
  assert.ok(site.noise.some((n) => /no visitor id/.test(n)), "a second wish finds nothing");
  assert.equal(collector.arrivals.length, frames, "something was sent after the erasure");
  await tell(page, "start");
  await page.waitForFunction(() => localStorage.getItem("hindsight.KEY"));
  const again = JSON.parse(await page.evaluate(() => localStorage.getItem("hindsight.KEY") as string)) as { v: string };
  assert.notEqual(again.v, kept.v);
});

test("a second copy of the script changes nothing, and wrong calls throw nothing into the page", async () => {
  site.snippet += ' data-sample-rate="0"';
  site.pages.set("/", PAGE.replace("<body>", `<body><script defer src="${collector.origin}/t.js" data-site="OTHER" data-consent="none"></script>`));
  const page = await site.open("/");
  await page.evaluate(() => {
    const call = window.hindsight as (...args: unknown[]) => void;
    const ring: Record<string, unknown> = {};
    ring.ring = ring;
    for (const args of [[], [null], [Symbol("x")], [{}], ["consent", null], ["set", ring], ["event"], ["identify", Symbol("x")], ["page", {}], ["__proto__"]]) call(...args);
  });
  await tell(page, "consent", true);
  await page.click("#buy");
  await collector.until("clicks", some("click"));
  assert.equal(new Set(signals(collector.arrivals).filter((s) => s.k === "click").map((s) => s.t)).size, 1, "a click was told twice");
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).sort()), ["hindsight.KEY", "hindsight.KEY.consent"]);
});
