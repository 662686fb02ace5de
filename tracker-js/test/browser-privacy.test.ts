/** What is told where the site unmasks a field, and what stays in the page after `stop`. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { everything, type ReplayItem } from "./support/frame";
import { REST } from "./support/site";
import { openStage } from "./support/stage";

const { collector, site } = await openStage();

/** Must be found by the same search, or the search proves nothing: in the snapshot, and in what changes later. */
const CONTROL = "harmless-control";
const LATE = "harmless-later";

const html = (body: string): string =>
  `<!doctype html><html><head><title>Sign in</title></head><body><p>${CONTROL}</p>${body}<button id="done">Done</button></body></html>`;

beforeEach(async () => {
  await site.forget();
  site.pages = new Map();
  site.snippet = 'data-consent="none"';
  collector.arrivals.length = 0;
});

const replay = (): ReplayItem[] => {
  const seen = new Map(collector.arrivals.map((a) => [`${a.frame.header.document} ${a.frame.header.sequence}`, a.frame]));
  return [...seen.values()].sort((a, b) => a.header.sequence - b.header.sequence).flatMap((f) => f.replay ?? []);
};

/** Waits for the snapshot, so that what follows is recorded. */
async function recorded(page: Page): Promise<void> {
  await collector.until("snapshot", () => replay().some((e) => e.type === 2));
  await page.waitForTimeout(100);
}

/** Ends the visit and gives everything that was sent of it. */
async function finish(page: Page): Promise<string> {
  await page.evaluate((late) => {
    const p = document.createElement("p");
    p.textContent = "x";
    document.body.append(p);
    setTimeout(() => {
      (p.firstChild as Text).data = `text ${late}`;
      p.className = `class-${late}`;
    });
  }, LATE);
  await page.click("#done");
  await collector.until("late text", () => JSON.stringify(replay()).includes(`text ${LATE}`));
  await collector.until("last click", (a) => everything(a.map((x) => x.frame)).includes('"button#done"'));
  await page.waitForTimeout(600);
  await page.goto("about:blank");
  const all = everything(collector.arrivals.map((a) => a.frame));
  for (const control of [CONTROL, `text ${LATE}`, `class-${LATE}`]) assert.ok(all.includes(control), `${control} is not found`);
  return all;
}

test("an unmasked field is recorded as it was typed", async () => {
  site.pages.set("/", html(`<input id="u" data-hindsight-unmask>`));
  const page = await site.open("/");
  await recorded(page);
  await page.click("#u");
  await page.keyboard.type("green tea");
  assert.ok((await finish(page)).includes("green tea"));
});

test("nothing of the recorder stays behind after stop", async () => {
  site.pages.set("/", html(`<input id="p" type="password">`));
  const page = await site.open("/");
  await recorded(page);
  await page.evaluate(() => window.hindsight?.("stop"));
  await page.waitForTimeout(500);
  const known = collector.arrivals.length;
  await page.click("#p");
  await page.keyboard.type("abc");
  await page.click("#done");
  await page.waitForTimeout(1000);
  assert.equal(collector.arrivals.length, known);
  const wrapped = await page.evaluate(() =>
    [Element.prototype.attachShadow, Element.prototype.setAttribute, CSSStyleSheet.prototype.insertRule, CSSStyleDeclaration.prototype.setProperty,
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set,
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "type")?.set]
      .filter((f) => !/native code/.test(String(f))).length);
  assert.equal(wrapped, 0);
});

/** A page whose frame is half there: a shadow root comes with the rest, which the page asks for. */
async function halfway(snippet: string): Promise<Page> {
  site.snippet = snippet;
  site.pages.set("/in", `<!doctype html><div id="h"><p>light</p>${REST}<template shadowrootmode="open"><p>late root</p><input type="password" value="Zq7xKyT2"></template></div><p>end</p>`);
  site.pages.set("/", html(`<iframe src="/in"></iframe><b id="m">x</b>`));
  const page = await site.context().newPage();
  await page.goto(`${site.origin}/`, { waitUntil: "domcontentloaded" });
  await page.waitForFunction(() => window[0]?.document.querySelector("#h p"));
  return page;
}

test("a shadow root that comes after its host was told is told", async () => {
  const page = await halfway('data-consent="required"');
  await page.evaluate(() => window.hindsight?.("consent", true));
  await collector.until("the host", () => JSON.stringify(replay()).includes("light"));
  assert.ok(!JSON.stringify(replay()).includes("late root"));
  await page.evaluate(() => void fetch("/rest"));
  await collector.until("the root", () => JSON.stringify(replay()).includes("late root"));
  await finish(page);
});

test("a field in a shadow root that comes after its host was looked at is protected, also where nothing is recorded", async () => {
  const page = await halfway('data-consent="none" data-sample-rate="0"');
  await page.evaluate(() => new Promise((done) => {
    const other = document.createElement("iframe");
    // The frames are looked at whenever one has loaded.
    other.onload = () => setTimeout(done);
    other.srcdoc = "<p>x</p>";
    document.body.append(other);
  }));
  // Told as soon as the rest is there.
  await page.evaluate(() => new Promise<void>((done) => {
    const inner = window[0] as Window;
    inner.document.addEventListener("DOMContentLoaded", () => {
      const { value } = inner.document.querySelector("#h")?.shadowRoot?.querySelector("input") as HTMLInputElement;
      if (value.length !== 8) throw new Error("no value");
      window.hindsight?.("event", `saw ${value}`);
      window.hindsight?.("event", "control");
      done();
    });
    void fetch("/rest");
  }));
  await collector.until("the event", (all) => everything(all.map((a) => a.frame)).includes('"control"'));
  await page.goto("about:blank");
  const all = everything(collector.arrivals.map((a) => a.frame));
  assert.ok(all.includes("•••") && !all.includes("Zq7x"), all);
});

test("a field that was protected after a refusal stays so once the visitor has agreed", async () => {
  site.pages.set("/", html(""));
  site.snippet = 'data-consent="required"';
  const page = await site.open("/");
  await page.waitForFunction(() => window.hindsight?.length !== undefined);
  await page.evaluate(() => {
    window.hindsight?.("consent", false);
    const field = document.createElement("input");
    field.type = "password";
    field.value = "Kanari-4711";
    field.type = "text";
    field.setAttribute("data-hindsight-unmask", "");
    document.body.append(field);
    window.hindsight?.("consent", true);
  });
  await recorded(page);
  assert.ok(!(await finish(page)).includes("Kanari"));
});
