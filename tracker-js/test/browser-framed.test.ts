/** A page and frames of its origin that bear the snippet, too: one tracker tells of them all, that of the outermost page. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Frame, Page } from "playwright-core";
import { once, signals } from "./support/signals";
import { REST } from "./support/site";
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
const addSnippet = (page: Page, attributes: Record<string, string> = {}, key = "KEY"): Promise<void> =>
  page.evaluate(
    ([src, data]) =>
      new Promise<void>((onload) => {
        const tag = Object.assign(document.createElement("script"), { src, onload });
        Object.assign(tag.dataset, data);
        document.head.append(tag);
      }),
    [`${collector.origin}/t.js`, { site: key, consent: "none", ...attributes }] as const,
  );

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

/** Its tracker is the frame's own, and has told of it. */
const own = async (page: Page): Promise<Frame> => {
  await inner(page).waitForFunction(() => window.hindsight?.own);
  await says("inner");
  return inner(page);
};
const native = (frame: Frame | Page): Promise<boolean[]> =>
  frame.evaluate(() =>
    [Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "type")?.set, Element.prototype.setAttribute, Element.prototype.attachShadow].map((f) => String(f).includes("native code")),
  );

for (const budget of ["", ' data-budget="0"'])
  test(`one that began before the page's own keeps its document, which the page's leaves alone${budget}`, async () => {
    site.snippet += budget;
    site.pages.set("/plain", `<!doctype html><p id="here">outer</p><iframe src="/in" id="f"></iframe>`);
    const page = await site.open("/plain");
    const frame = await own(page);
    const first = collector.arrivals[0]?.frame.header.document;
    await frame.evaluate(() => ((document.querySelector("#word") as HTMLInputElement).type = "password"));
    await frame.locator("#word").pressSequentially("canary-frame-7");
    // It is shown, and copied: who has not seen it typed cannot know it.
    await frame.evaluate(() => {
      const word = document.querySelector("#word") as HTMLInputElement;
      word.type = "text";
      (document.querySelector("#text") as HTMLElement).textContent = `you typed ${word.value}`;
    });
    await addSnippet(page, budget ? { budget: "0" } : {});
    await says("outer");
    await frame.click("#in");
    await page.click("#here");
    await frame.evaluate(() => window.hindsight?.("event", "later"));
    await frame.evaluate(() => ((document.querySelector("#text") as HTMLElement).textContent = "inner later"));
    await page.evaluate(() => ((document.querySelector("#here") as HTMLElement).textContent = "outer later"));
    await collector.until("all of it", () => of("click").length > 1 && of("event").length && /inner later/.test(everything()) && /outer later/.test(everything()));
    await page.goto("about:blank");
    await collector.until("the ends", () => of("visible").length > 1);
    assert.equal(documents(), 2);
    for (const a of once(collector.arrivals))
      assert.doesNotMatch(JSON.stringify([a.frame.signals, a.frame.replay]), a.frame.header.document === first ? /outer|canary/ : /inner|canary|#in|"later"/);
    assert.deepEqual(of("click").map((c) => c.el).sort(), ["button#in", "p#here"]);
    assert.deepEqual([of("event").map((e) => e.name), of("gap")], [["later"], []]);
  });

test("`stop` in a frame of its own ends that one's recording, and nothing of it is told any more", async () => {
  site.pages.set("/plain", `<!doctype html><p id="here">outer</p><iframe src="/in" id="f"></iframe>`);
  const page = await site.open("/plain");
  const frame = await own(page);
  await addSnippet(page);
  await says("outer");
  await frame.evaluate(() => window.hindsight?.("stop"));
  assert.deepEqual(await native(frame), [true, true, true]);
  await frame.click("#in");
  await page.click("#here");
  await collector.until("the page's click", () => of("click").length);
  await page.goto("about:blank");
  await collector.until("the end", () => of("visible").length > 0);
  assert.deepEqual(of("click").map((c) => c.el), ["p#here"]);
});

test("of three levels the outermost has it; the function of before, too, calls that one, and `stop` there ends and undoes all", async () => {
  site.pages.set("/", html('<p id="here">outer</p><iframe src="/mid"></iframe>'));
  site.pages.set("/mid", html('<iframe src="/in"></iframe>'));
  site.pages.set("/in", INNER.replace("</body>", '<script>addEventListener("DOMContentLoaded", () => (window.before = window.hindsight))</script></body>'));
  const page = await site.open("/");
  const deep = page.frames()[2] as Frame;
  for (const frame of page.frames().slice(1)) await frame.waitForFunction(() => window.hindsight?.own === false);
  await says("inner");
  await deep.evaluate(() => {
    (window as { before?: typeof window.hindsight }).before?.("event", "by the kept function");
    window.hindsight?.("event", "deep");
  });
  await collector.until("the events", () => of("event").length > 1);
  assert.deepEqual([documents(), of("event").map((e) => e.name)], [1, ["by the kept function", "deep"]]);
  await deep.evaluate(() => (window as { before?: typeof window.hindsight }).before?.("stop"));
  for (const frame of page.frames()) assert.deepEqual(await native(frame), [true, true, true], frame.url());
  const told = of("click").length;
  await deep.click("#in");
  await page.evaluate(() => window.hindsight?.("start"));
  await page.click("#here");
  await collector.until("the click after", () => of("click").length > told);
  assert.deepEqual(of("click").map((c) => c.el), ["p#here"]);
});

test("where the middle one was first it keeps what is in it", async () => {
  site.pages.set("/plain", `<!doctype html><p>outer</p><iframe src="/mid"></iframe>`);
  site.pages.set("/mid", html('<iframe src="/in"></iframe>'));
  const page = await site.open("/plain");
  await own(page);
  await addSnippet(page);
  await says("outer");
  const deep = page.frames()[2] as Frame;
  assert.equal(await deep.evaluate(() => window.hindsight?.own === false), true);
  await deep.evaluate(() => window.hindsight?.("stop"));
  await deep.click("#in");
  await page.goto("about:blank");
  await collector.until("the end", () => of("visible").length > 0);
  assert.deepEqual(of("click"), []);
});

test("what a frame's tracker knows of secrets when it leaves it to the page's, that one knows", async () => {
  site.pages.set("/", `<!doctype html><html><head><title>A</title></head><body><p>outer</p><iframe src="/in"></iframe>${REST}</body></html>`);
  let released = (): void => {};
  const held = new Promise<void>((done) => (released = done));
  await site.context().route(/\/link\./, async (route) => {
    await held;
    await route.continue();
  });
  const page = await site.context().newPage();
  await page.goto(`${site.origin}/`, { waitUntil: "commit" });
  await page.waitForFunction(() => window.frames[0]?.hindsight?.on);
  const frame = inner(page);
  await frame.evaluate(() => ((document.querySelector("#word") as HTMLInputElement).type = "password"));
  await frame.locator("#word").pressSequentially("canary-early-8");
  await frame.evaluate(() => {
    const word = document.querySelector("#word") as HTMLInputElement;
    word.type = "text";
    word.value = "";
    (document.querySelector("#text") as HTMLElement).textContent = "inner: you typed canary-early-8";
  });
  await fetch(`${site.origin}/rest`);
  await page.waitForFunction(() => window.hindsight?.on);
  released();
  await frame.waitForFunction(() => window.hindsight?.own === false);
  await says("outer");
  await frame.evaluate(() => document.body.append("control"));
  await says("control");
  assert.equal(documents(), 1);
  assert.doesNotMatch(everything(), /canary/);
  // The frame's own were wrapped by the page's: both are gone.
  await page.evaluate(() => window.hindsight?.("stop"));
  for (const f of page.frames()) assert.deepEqual(await native(f), [true, true, true], f.url());
});

for (const refused of [true, false])
  test(`what was said in a frame before the answer is not told after it${refused ? ", nor after a refusal" : ""}`, async () => {
    site.snippet = 'data-consent="required"';
    const page = await site.open("/");
    await inner(page).waitForFunction(() => window.hindsight?.on);
    await inner(page).evaluate(() => {
      window.hindsight?.("event", "before");
      window.hindsight?.("identify", "somebody");
    });
    if (refused) await page.evaluate(() => window.hindsight?.("consent", false));
    await page.evaluate(() => window.hindsight?.("consent", true));
    await inner(page).waitForFunction(() => window.hindsight?.own === false);
    await inner(page).evaluate(() => window.hindsight?.("event", "after"));
    await collector.until("what is said then", () => of("event").length);
    assert.deepEqual([of("event").map((e) => e.name), of("identify")], [["after"], []]);
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

for (const key of ["KEY", "OTHER"])
  test(`what an earlier page left waits for the next one of its site where a frame's tracker took it and stood down: page of ${key}`, async () => {
    site.pages.set("/plain", `<!doctype html><p>outer</p><iframe src="/in" id="f"></iframe>`);
    collector.noWebSockets = true;
    collector.postStatus = 500;
    const page = await site.open("/in");
    await page.waitForFunction(() => window.hindsight?.own);
    await page.evaluate(() => window.hindsight?.("event", "left"));
    let released = (): void => {};
    const held = new Promise<void>((done) => (released = done));
    await site.context().route(/\/link\./, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${site.origin}/plain`);
    const left = (): Promise<boolean> => page.evaluate(() => Object.keys(sessionStorage).includes("hindsight.KEY.tab"));
    await inner(page).waitForFunction(() => window.hindsight?.on && !sessionStorage["hindsight.KEY.tab"]);
    const asked: string[] = [];
    page.on("websocket", (socket) => asked.push(socket.url()));
    await addSnippet(page, {}, key);
    released();
    await inner(page).waitForFunction(() => window.hindsight?.own === false);
    assert.equal(await left(), true);
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
  await inner(page).waitForFunction(() => window.hindsight?.on);
  await inner(page).evaluate(() => new Promise((done) => setTimeout(done, 500)));
  assert.equal(await inner(page).locator("hindsight-consent").count(), 0);
  await page.locator('hindsight-consent [part="button"]').nth(1).click();
  await says("inner");
  assert.equal(documents(), 1);
});
