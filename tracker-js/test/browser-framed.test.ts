/** A page and frames of its origin that bear the snippet, too: one tracker tells of them all, that of the outermost page. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Frame, Page } from "playwright-core";
import { once, signals } from "./support/signals";
import { openStage } from "./support/stage";

const { collector, site } = await openStage();

const html = (body: string): string => `<!doctype html><html><head><title>A</title></head><body>${body}</body></html>`;
const INNER = html('<p id="text">inner</p><button id="in">In</button><input id="word" data-hindsight-unmask>');
const of = (k: string): ReturnType<typeof signals> => signals(collector.arrivals, k);
const documents = (): number => new Set(collector.arrivals.map((a) => a.frame.header.document)).size;
const everything = (): string => JSON.stringify(once(collector.arrivals).map((a) => [a.frame.signals, a.frame.replay]));
const says = (text: string): Promise<void> => collector.until(text, () => everything().includes(text));
const inner = (page: Page): Frame => page.frames()[1] as Frame;

/** The page gets it late, as from a tag manager. */
const addSnippet = (page: Page): Promise<void> =>
  page.evaluate((src) => {
    const tag = Object.assign(document.createElement("script"), { src });
    Object.assign(tag.dataset, { site: "KEY", consent: "none" });
    document.head.append(tag);
  }, `${collector.origin}/t.js`);

beforeEach(() => {
  site.pages = new Map([["/", html('<p id="here">outer</p><iframe src="/in" id="f"></iframe>')], ["/in", INNER], ["/plain", "<!doctype html><p>no tracker</p>"]]);
  site.snippet = 'data-consent="none"';
  site.noise = [];
  collector.arrivals.length = 0;
});
afterEach(async () => {
  assert.deepEqual(site.noise.filter((line) => !line.startsWith("verbose")), []);
  await site.forget();
});

for (const budget of ["", ' data-budget="0"'])
  test(`the page's tracker tells and records them, once${budget}`, async () => {
    site.snippet += budget;
    const page = await site.open("/");
    await says("inner");
    await inner(page).click("#in");
    await page.evaluate(() => ((document.querySelector("#here") as HTMLElement).textContent = "outer later"));
    await inner(page).evaluate(() => ((document.querySelector("#text") as HTMLElement).textContent = "inner later"));
    await inner(page).evaluate(() => window.hindsight?.("event", "from the frame"));
    await collector.until("all of it", () => of("click").length && of("event").length && /outer later.*inner later/.test(everything()));
    assert.equal(documents(), 1);
    assert.deepEqual(of("click").map((c) => c.el), ["iframe#f >>>f button#in"]);
    assert.deepEqual([of("view").length, of("event").map((e) => e.name), of("gap")], [1, ["from the frame"], []]);
  });

test("one that began before the page's own ends when that comes, and one in a page without a tracker goes on", async () => {
  site.pages.set("/plain", `<!doctype html><p>outer</p><iframe src="/in" id="f"></iframe>`);
  const page = await site.open("/plain");
  await says("inner");
  assert.equal(documents(), 1);
  const frames = collector.arrivals.length;
  const first = collector.arrivals[0]?.frame.header.document;
  await addSnippet(page);
  await collector.until("the page's own", () => documents() === 2 && once(collector.arrivals.slice(frames)).some((a) => /outer.*inner/.test(JSON.stringify(a.frame.replay))));
  await inner(page).click("#in");
  await inner(page).evaluate(() => window.hindsight?.("event", "later"));
  await collector.until("the click", () => of("click").length && of("event").length);
  await page.goto("about:blank");
  await collector.until("the end", () => of("visible").length > 0);
  const after = once(collector.arrivals).filter((a) => JSON.stringify(a.frame.signals).includes('"click"'));
  assert.ok(after.length && after.every((a) => a.frame.header.document !== first));
  assert.deepEqual(of("click").map((c) => c.el), ["iframe#f >>>f button#in"]);
});

test("marks around such a frame hold, and what is typed in the page or in a frame beside it is secret in it", async () => {
  site.pages.set("/", html(`<input id="p" type="password"><iframe src="/in" name="shows"></iframe><iframe src="/in" name="types"></iframe>
    <div data-hindsight-block><iframe src="/in" name="blocked"></iframe></div>
    <div data-hindsight-mask><iframe src="/in" name="masked"></iframe></div><div data-hindsight-secret><iframe src="/in" name="secret"></iframe></div>`));
  const page = await site.open("/");
  const frame = (name: string): Frame => page.frame(name) as Frame;
  const show = (name: string, text: string): Promise<unknown> => frame(name).evaluate((t) => ((document.querySelector("#text") as HTMLElement).textContent = t), text);
  await says("inner");
  await page.locator("#p").pressSequentially("canary-outer-1");
  await show("shows", "you typed canary-outer-1");
  await frame("types").evaluate(() => ((document.querySelector("#word") as HTMLInputElement).type = "password"));
  await frame("types").locator("#word").pressSequentially("canary-beside-2");
  await show("shows", "and canary-beside-2 beside");
  await show("blocked", "canary-blocked-3");
  await show("masked", "canary-masked-4");
  await frame("blocked").click("#in");
  await frame("secret").locator("#word").pressSequentially("canary-secret-5");
  await show("shows", "control text");
  await says("control text");
  await page.goto("about:blank");
  await collector.until("the end", () => of("visible").length > 0);
  assert.doesNotMatch(everything(), /canary/);
  assert.ok(!of("click").some((c) => String(c.el).includes("#in")), "a click in a blocked region is told");
});

test("what is kept while the collector is down comes with the next page", async () => {
  const page = await site.open("/");
  await says("inner");
  await collector.down();
  await page.click("#here");
  await page.evaluate(() => window.hindsight?.("event", "kept"));
  await page.goto(`${site.origin}/plain`);
  await collector.up();
  await page.goto(`${site.origin}/in`);
  await collector.until("what was kept", () => of("click").length && of("event").length);
  assert.deepEqual([of("click").map((c) => c.el), of("event").map((e) => e.name)], [["p#here"], ["kept"]]);
});

test("what an earlier page left is not lost where a frame's tracker took it before the page's came", async () => {
  site.pages.set("/plain", `<!doctype html><p>outer</p><iframe src="/in" id="f"></iframe>`);
  collector.noWebSockets = true;
  collector.postStatus = 500;
  const page = await site.open("/in");
  await page.waitForFunction(() => window.hindsight?.cede);
  await page.evaluate(() => window.hindsight?.("event", "left"));
  await page.goto(`${site.origin}/plain`);
  await inner(page).waitForFunction(() => window.hindsight?.cede && !Object.keys(sessionStorage).some((key) => key.endsWith(".tab")));
  await addSnippet(page);
  await inner(page).waitForFunction(() => window.hindsight === window.parent.hindsight);
  collector.noWebSockets = false;
  collector.postStatus = 0;
  await page.goto(`${site.origin}/in`);
  await collector.until("what was left", () => of("event").length);
  assert.deepEqual(of("event").map((e) => e.name), ["left"]);
  site.noise = site.noise.filter((line) => !/500|WebSocket/.test(line));
});

test("only the page asks for consent", async () => {
  site.snippet = 'data-consent="ask"';
  const page = await site.open("/");
  await page.locator('hindsight-consent [part="box"]').waitFor();
  await inner(page).waitForFunction(() => (window.hindsight as { on?: true } | undefined)?.on);
  await inner(page).evaluate(() => new Promise((done) => setTimeout(done, 500)));
  assert.equal(await inner(page).locator("hindsight-consent").count(), 0);
  await page.locator('hindsight-consent [part="button"]').nth(1).click();
  await says("inner");
  assert.equal(documents(), 1);
});
