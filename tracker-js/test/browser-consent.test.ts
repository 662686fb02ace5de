/** Consent in a real browser: the tracker's own prompt, what is remembered, revocation, proof. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { LANGUAGES } from "../src/prompt/texts";
import { type Arrival } from "./support/collector";
import { everything } from "./support/frame";
import { prompt } from "./support/prompt";
import { openStage } from "./support/stage";

const { collector, site } = await openStage();

const PAGE = `<!doctype html><html lang="en"><head><title>Shop</title></head><body>
<button id="buy" style="position:absolute;right:30px;bottom:4px">Buy</button><a href="/two">two</a>
<div style="height:2000px"></div></body></html>`;
const CHOICE = "hindsight.KEY.consent";

type S = { k: string; t: number } & Record<string, unknown>;
const signals = (list: Arrival[]): S[] => list.flatMap((a) => a.frame.signals?.signals ?? []);
const some = (k: string) => (list: Arrival[]) => signals(list).some((s) => s.k === k);
const consents = (): S[] => [
  ...new Map(signals(collector.arrivals).filter((s) => s.k === "consent").map((s) => [`${s.t} ${String(s.key)}`, s])).values(),
];
const tell = (page: Page, ...call: unknown[]): Promise<void> => page.evaluate((c) => window.hindsight?.(...c), call);
const stored = (page: Page): Promise<string[]> =>
  page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort());

beforeEach(() => {
  site.pages = new Map([["/", PAGE], ["/two", PAGE]]);
  site.snippet = 'data-consent="ask" data-sample-rate="0"';
  site.before = "";
  site.noise = [];
  Object.assign(collector, { welcome: { consent: "none" }, mute: false, noWebSockets: false, postStatus: 0, refuse: () => undefined });
  collector.arrivals.length = collector.contacts.length = collector.erasures.length = 0;
});
afterEach(async () => {
  assert.deepEqual(site.noise, []);
  await site.forget();
});

test("the prompt asks in the page's language, else in the browser's, else in English", async () => {
  const page = await site.open("/");
  const { box, no, yes } = prompt(page);
  await box.waitFor();
  const seen = new Map<string, string>();
  for (const language of LANGUAGES) {
    await page.evaluate((l) => {
      document.documentElement.lang = `${l}-XX`;
      window.hindsight?.("consent");
    }, language);
    await page.locator(`hindsight-consent [lang="${language}"]`).waitFor();
    assert.equal(await page.locator("hindsight-consent").count(), 1);
    const words = [await box.getAttribute("aria-label"), await box.innerText(), await no.innerText(), await yes.innerText()];
    assert.ok(words.every((w) => w && w.length > 1), language);
    assert.equal(await box.getAttribute("dir"), language === "ar" ? "rtl" : "ltr");
    seen.set(words.join("|"), language);
  }
  assert.equal(seen.size, LANGUAGES.length, "two languages say the same");
  for (const needed of ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "cs", "ja"]) assert.ok(LANGUAGES.includes(needed), needed);
  for (const [html, browser, want] of [["tlh", ["xx", "pl-PL"], "pl"], ["", ["xx"], "en"], ["no", [], "nb"]] as const) {
    await page.evaluate(([l, b]) => {
      document.documentElement.lang = l;
      Object.defineProperty(navigator, "languages", { value: b, configurable: true });
      window.hindsight?.("consent");
    }, [html, browser] as const);
    await page.locator(`hindsight-consent [lang="${want}"]`).waitFor();
  }
});

test("the prompt moves nothing, covers only itself, is restyled and worded by the site, and works under a strict policy", async () => {
  const policy = `default-src 'none'; script-src ${collector.origin}; connect-src ${collector.origin} ${collector.origin.replace("http", "ws")}; style-src 'nonce-x'`;
  site.pages.set("/", PAGE.replace("<title>", `<meta http-equiv="Content-Security-Policy" content="${policy}">
    <style nonce="x">html{font-size:50%} hindsight-consent{--hindsight-ground:rgb(1,2,3)} hindsight-consent::part(button){color:rgb(4,5,6)} #buy{inset:auto auto 4px 30px!important;position:fixed}</style><title>`)
    .replaceAll(/ style="[^"]*"/g, "").replace("<div>", "<div id=tall>"));
  site.snippet += ` data-privacy-url="/privacy" data-consent-text="May we &lt;b&gt;?" data-consent-yes="Aye" data-consent-no="Nay"`;
  site.before = `window.shifts = 0; new PerformanceObserver((l) => { for (const e of l.getEntries()) window.shifts += e.value; }).observe({ type: "layout-shift", buffered: true });`;
  const page = await site.open("/");
  const { box, no, yes } = prompt(page);
  await box.waitFor();
  assert.equal(await page.locator('hindsight-consent [part="text"]').innerText(), "May we <b>? Privacy policy");
  assert.deepEqual([await no.innerText(), await yes.innerText()], ["Nay", "Aye"]);
  assert.equal(await page.locator('hindsight-consent [part="link"]').evaluate((a: HTMLAnchorElement) => a.href), `${site.origin}/privacy`);
  const look = await box.evaluate((e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e.getRootNode() instanceof ShadowRoot ? (e.getRootNode() as ShadowRoot).host : e).position]);
  assert.deepEqual(look, ["rgb(1, 2, 3)", "fixed"]);
  assert.equal(await box.evaluate((e) => getComputedStyle(e).fontSize), "15px", "whatever the page's root has");
  assert.equal(await yes.evaluate((e) => getComputedStyle(e).color), "rgb(4, 5, 6)");
  const [a, b] = [await no.boundingBox(), await yes.boundingBox()];
  // But for a part of a pixel.
  assert.deepEqual([a?.width ?? 0, a?.height ?? 0].map(Math.round), [b?.width ?? 1, b?.height ?? 1].map(Math.round), "both answers have the same weight");
  assert.ok((a?.height ?? 0) >= 44, "large enough for a finger");
  assert.equal(await page.evaluate(() => (window as unknown as { shifts: number }).shifts), 0);
  // Beside the box, though inside the bar that holds it.
  await page.evaluate(() => document.querySelector("#buy")?.addEventListener("click", () => (document.title = "clicked")));
  await page.click("#buy");
  assert.equal(await page.title(), "clicked");
  await yes.click();
  await collector.until("consent", some("consent"));
  assert.equal(await page.locator("hindsight-consent").count(), 0);
});

test("the prompt is used by keyboard: first in the order, Escape leaves the question open", async () => {
  site.snippet += ' data-privacy-url="javascript:alert(1)"';
  const page = await site.open("/");
  const { box, no, yes } = prompt(page);
  await box.waitFor();
  assert.equal(await page.locator('hindsight-consent [part="link"]').count(), 0, "a script for an address");
  assert.equal(await page.evaluate(() => document.activeElement?.localName), "body", "it takes no focus by itself");
  assert.deepEqual([await box.getAttribute("role"), await box.getAttribute("aria-describedby")], ["dialog", "text"]);
  const focused = (): Promise<string | null | undefined> => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), await no.innerText());
  await page.keyboard.press("Tab");
  assert.equal(await focused(), await yes.innerText());
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("hindsight-consent").count(), 0);
  assert.deepEqual([await stored(page), collector.contacts], [[], []]);

  await page.goto(`${site.origin}/two`);
  await box.waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.deepEqual([await stored(page), collector.contacts], [[CHOICE], []]);

  // Asked for by the page's own link: it takes the focus and gives it back.
  await page.evaluate(() => document.querySelector("a")?.focus());
  await tell(page, "consent");
  await box.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute("part")), "box");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement?.localName), "a");
});

test("a refusal is remembered, a new wording asks again, and a grant follows the visitor through the site", async () => {
  const page = await site.open("/");
  const { box, no, yes } = prompt(page);
  await no.click();
  for (const path of ["/", "/two"]) {
    await page.goto(site.origin + path);
    await page.click("#buy");
  }
  assert.equal(await page.locator("hindsight-consent").count(), 0);
  assert.deepEqual([await stored(page), collector.contacts], [[CHOICE], []]);

  site.snippet += ' data-consent-version="autumn"';
  await page.reload();
  await yes.click();
  await collector.until("consent", some("consent"));
  const [first] = consents();
  assert.deepEqual(
    { state: first?.state, version: first?.version, url: first?.url, held: first?.held },
    { state: "granted", version: "autumn", url: `${site.origin}/two`, held: undefined },
  );
  assert.ok(Math.abs((first?.at as number) - Date.now()) < 60_000);
  await page.goto(`${site.origin}/`);
  await collector.until("a second page", (a) => signals(a).filter((s) => s.k === "view").length > 1);
  assert.equal(await box.count(), 0);
  assert.equal(consents().length, 1, "told once in a session");
});

test("a platform that gives the same answer on every page changes nothing, and one that was given on a page left at once is told on the next", async () => {
  site.snippet = 'data-consent="required" data-sample-rate="0"';
  // The part that tells comes to the second page.
  const late = (url: URL): boolean => /\/late\./.test(url.pathname);
  await site.context().route(late, (route) => route.abort());
  const page = await site.open("/");
  await tell(page, "consent", true);
  const kept = await page.evaluate((k) => localStorage.getItem(k), CHOICE);
  await site.context().unroute(late);
  for (const path of ["/two", "/"]) {
    await page.goto(site.origin + path);
    await tell(page, "consent", true);
    await collector.until("consent", some("consent"));
    await page.evaluate(() => window.hindsight?.("event", "last"));
    await collector.until("what follows", (a) => signals(a).filter((s) => s.k === "event").length > (path === "/" ? 1 : 0));
  }
  assert.equal(await page.evaluate((k) => localStorage.getItem(k), CHOICE), kept);
  assert.deepEqual(consents().map(({ held, at }) => [held, at]), [[undefined, (JSON.parse(kept as string) as { t: number }).t]]);
});

const quiet: [why: string, snippet: string, before: string][] = [
  ["Global Privacy Control", "", `Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });`],
  ["Do Not Track where the site heeds it", " data-dnt", `Object.defineProperty(Navigator.prototype, "doNotTrack", { get: () => "1" });`],
  ["a visitor who opted out", "", `localStorage.setItem("hindsight.optout", "{}");`],
  ["a bot where the site skips them", ' data-bots="skip"', ""],
  ["a page that stopped before it began", "", `window.hindsight = function () { (hindsight.q = hindsight.q || []).push(arguments); }; hindsight("stop");`],
];
for (const [why, snippet, script] of quiet)
  test(`nothing is asked, sent or stored: ${why}`, async () => {
    site.snippet += snippet;
    site.before = script;
    for (const mode of ["ask", "none"]) {
      site.snippet = site.snippet.replace(/data-consent="\w+"/, `data-consent="${mode}"`);
      const page = await site.open("/");
      await page.click("#buy");
      await tell(page, "event", "x");
      if (!/stopped/.test(why)) {
        await tell(page, "consent", true);
        await tell(page, "consent");
      }
      await page.goto(`${site.origin}/two`);
      await page.click("#buy");
      assert.deepEqual(collector.contacts, [], mode);
      assert.deepEqual((await stored(page)).filter((k) => k !== "hindsight.optout"), [], mode);
      assert.equal(await page.locator("hindsight-consent").count(), 0, mode);
      await page.close();
    }
  });

for (const mode of ["required", "implied", "none"])
  test(`mode ${mode} shows no prompt of its own`, async () => {
    site.snippet = `data-consent="${mode}"`;
    collector.welcome = { consent: mode };
    const page = await site.open("/");
    await page.click("#buy");
    if (mode === "required") {
      await tell(page, "consent", { analytics: "granted" });
      await collector.until("consent", some("consent"));
    } else await collector.until("click", some("click"));
    assert.equal(await page.locator("hindsight-consent").count(), 0);
    const states = new Set(collector.arrivals.map((a) => a.frame.header.consent));
    assert.deepEqual([...states], [{ required: 1, implied: 3, none: 4 }[mode]]);
  });

test("a collector that wants the visitor asked has the prompt shown, and nothing stays of what came before", async () => {
  site.snippet = 'data-consent="implied" data-sample-rate="0"';
  collector.welcome = { consent: "ask" };
  const page = await site.open("/");
  await prompt(page).box.waitFor();
  assert.deepEqual(await stored(page), []);
  await page.click("#buy");
  await prompt(page).yes.click();
  await collector.until("consent", some("consent"));
  assert.ok(!some("click")(collector.arrivals));
  assert.ok(collector.arrivals.every((a) => a.frame.header.consent === 1));
});

test("an answer in one tab counts in the others at once, a revocation too", async () => {
  const one = await site.open("/");
  const two = await site.open("/two");
  await prompt(two).box.waitFor();
  await prompt(one).yes.click();
  await two.locator("hindsight-consent").waitFor({ state: "detached" });
  await collector.until("both tabs", (a) => new Set(a.map((x) => x.frame.header.tab)).size === 2);
  assert.equal(new Set(collector.arrivals.map((a) => a.frame.header.session)).size, 1);
  await tell(one, "consent", false);
  await two.waitForFunction(() => !Object.keys(sessionStorage).length);
  const known = collector.arrivals.length;
  await two.click("#buy");
  await tell(two, "event", "late");
  await two.goto(`${site.origin}/`);
  assert.equal(collector.arrivals.length, known, "the other tab went on");
  assert.deepEqual(await stored(two), [CHOICE]);
});

test("a revocation drops what was not sent and can erase what was", async () => {
  collector.welcome = { consent: "none", flush_ms: 600_000 };
  const page = await site.open("/");
  await prompt(page).yes.click();
  await page.waitForFunction(() => localStorage.getItem("hindsight.KEY"));
  const { v } = JSON.parse(await page.evaluate(() => localStorage.getItem("hindsight.KEY") as string)) as { v: string };
  assert.match(v, /^[\da-f]{32}$/);
  await page.click("#buy");
  // Whatever is no answer changes nothing.
  for (const none of [null, {}, undefined, { analytics: "perhaps" }]) await tell(page, "consent", none);
  assert.deepEqual([await stored(page), await prompt(page).yes.count()], [["hindsight.KEY", CHOICE], 0]);
  await tell(page, "consent", { analytics: "denied", erase: true });
  await collector.until("erasure", () => collector.erasures.length);
  assert.deepEqual(collector.erasures.map((b) => JSON.parse(b) as unknown), [{ visitor: v }]);
  assert.deepEqual(await stored(page), [CHOICE]);
  assert.ok(!some("click")(collector.arrivals), "an unsent click was not dropped");
  // A change of mind begins anew, under another id.
  await tell(page, "consent", true);
  await page.waitForFunction(() => localStorage.getItem("hindsight.KEY"));
  const again = JSON.parse(await page.evaluate(() => localStorage.getItem("hindsight.KEY") as string)) as { v: string };
  assert.notEqual(again.v, v);
});

test("who the visitor is may be said before the answer; what happened then is not told", async () => {
  const page = await site.open("/");
  await prompt(page).box.waitFor();
  await tell(page, "identify", "someone", { plan: "pro" });
  await tell(page, "set", { theme: "dark" });
  await tell(page, "event", "before");
  assert.deepEqual([await stored(page), collector.contacts], [[], []]);
  await prompt(page).yes.click();
  await tell(page, "event", "after");
  await collector.until("the event", some("event"));
  const told = signals(collector.arrivals).filter((s) => /^(identify|set|event)$/.test(s.k));
  assert.deepEqual(told.map(({ k, id, name, traits, props }) => [k, id ?? name, traits ?? props]),
    [["identify", "someone", { plan: "pro" }], ["set", undefined, { theme: "dark" }], ["event", "after", undefined]]);
  // A refusal takes it away.
  await tell(page, "consent", false);
  await tell(page, "identify", "someone else");
  await tell(page, "consent", false);
  collector.arrivals.length = 0;
  await page.reload();
  await tell(page, "identify", "nobody");
  await tell(page, "consent", false);
  await tell(page, "consent", true);
  await tell(page, "event", "again");
  await collector.until("the event", some("event"));
  assert.ok(!some("identify")(collector.arrivals));
});

test("the proof's key comes from what the browser keeps: an altered choice loses its proof", async () => {
  const page = await site.open("/?q=private");
  await prompt(page).yes.click();
  await collector.until("consent", () => consents().length === 1);
  const given = consents()[0] as S;
  const text = await page.evaluate((k) => localStorage.getItem(k) as string, CHOICE);
  const key = (of: string): string => createHash("sha256").update(of).digest("hex").slice(0, 32);
  assert.equal(given.key, key(text));
  assert.equal(given.url, `${site.origin}/?q=`);
  const choice = JSON.parse(text) as Record<string, unknown>;
  assert.deepEqual(Object.keys(choice).sort(), ["g", "n", "t", "u", "w"]);

  const nextSession = async (change: Record<string, unknown>): Promise<S> => {
    collector.arrivals.length = 0;
    await page.evaluate(([k, c]) => {
      localStorage.removeItem("hindsight.KEY");
      localStorage.setItem(k as string, c as string);
    }, [CHOICE, JSON.stringify({ ...choice, ...change })]);
    await page.reload();
    await collector.until("consent of the next session", () => consents().length === 1);
    return consents()[0] as S;
  };
  const { t: a, k: b, ...told } = await nextSession({});
  const { t: c, k: d, ...first } = given;
  assert.deepEqual(told, { ...first, held: 1 });
  assert.ok(a >= 0 && c >= 0 && b === d);
  for (const change of [{ t: (choice.t as number) + 1 }, { u: "https://x.example/" }, { n: "00" }]) {
    const altered = await nextSession(change);
    assert.notEqual(altered.key, given.key, JSON.stringify(change));
    assert.equal(altered.held, 1);
  }
  assert.ok(!everything(collector.arrivals.map((x) => x.frame)).includes(choice.n as string), "the nonce has left");
  // Prolonged into the future it is no choice at all.
  await page.evaluate(([k, v]) => localStorage.setItem(k as string, v as string), [CHOICE, JSON.stringify({ ...choice, t: Date.now() + 2 * 864e5 })]);
  await page.reload();
  await prompt(page).box.waitFor();
});

test("where storage is blocked the question works within the document, and nothing is remembered", async () => {
  site.pages.set("/frame", `<!doctype html><html><head></head><body><iframe sandbox="allow-scripts" width=700 height=400 src="/"></iframe></body></html>`);
  // The frame alone has the tracker; its origin is opaque, so that its storages throw.
  const tag = site.snippet;
  const page = await site.context().newPage();
  page.on("pageerror", (e) => site.noise.push(e.message));
  site.snippet = `${tag} data-collector="${collector.origin}"`;
  await page.goto(`${site.origin}/frame`);
  const inner = page.frameLocator("iframe");
  await inner.locator('hindsight-consent [part="button"]').nth(1).click();
  await collector.until("consent", some("consent"));
  await inner.locator("#buy").click();
  await collector.until("click", some("click"));
  assert.ok(collector.arrivals.every((a) => a.frame.header.visitor === "0".repeat(32)));
  await page.reload();
  await inner.locator('hindsight-consent [part="box"]').waitFor();
});

test("the prompt itself is not recorded", async () => {
  site.snippet = 'data-consent="none"';
  const page = await site.open("/");
  await collector.until("a snapshot", (a) => a.some((x) => x.frame.replay?.some((e) => e.type === 2)));
  await page.evaluate(() => document.body.append("control-text"));
  await tell(page, "consent");
  const { box } = prompt(page);
  const text = await box.innerText();
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.body.append("second-control"));
  await collector.until("the controls", (a) => /second-control/.test(everything(a.map((x) => x.frame))));
  const all = everything(collector.arrivals.map((a) => a.frame));
  assert.ok(/control-text/.test(all));
  for (const line of text.split("\n").filter((l) => l.length > 3)) assert.ok(!all.includes(line.trim()), line);
});

test("documents that judge differently leave each other's session alone, and the question open", async () => {
  const one = await site.open("/");
  await prompt(one).yes.click();
  await collector.until("the first tab", some("consent"));
  site.snippet += ' data-consent-version="autumn"';
  const two = await site.open("/two");
  await prompt(two).box.waitFor();
  await two.evaluate(() => localStorage.setItem("cart", "1"));
  await one.evaluate(() => localStorage.setItem("cart", "2"));
  await one.waitForTimeout(1000);
  const sessions = new Set(collector.arrivals.map((a) => a.frame.header.session)).size;
  assert.ok(sessions < 3, `${sessions} sessions`);
  const clicks = signals(collector.arrivals).filter((s) => s.k === "click").length;
  await one.click("#buy");
  await collector.until("a click in the first tab", (a) => signals(a).filter((s) => s.k === "click").length > clicks);
  assert.equal(await prompt(two).box.count(), 1, "the question is still open");
  await prompt(two).no.click();
  await one.waitForFunction(() => !Object.keys(sessionStorage).length);
});

test("where one tab takes the session away, the others go on in one new session together", async () => {
  site.snippet = site.snippet.replace("ask", "none");
  const tabs = [await site.open("/"), await site.open("/two"), await site.open("/")];
  await collector.until("three tabs", (a) => new Set(a.map((x) => x.frame.header.tab)).size === 3);
  const [old] = collector.arrivals.map((a) => a.frame.header.session);
  await tell(tabs[0] as Page, "stop", true);
  await (tabs[1] as Page).waitForFunction(() => localStorage.getItem("hindsight.KEY"));
  collector.arrivals.length = 0;
  await tabs[1]?.waitForTimeout(1000);
  for (const tab of tabs.slice(1)) await tell(tab, "event", "after");
  await collector.until("both", (a) => signals(a).filter((s) => s.k === "event").length === 2);
  const sessions = new Set(collector.arrivals.map((a) => a.frame.header.session));
  // Both may have begun before either heard of the other, never again and again.
  assert.ok(sessions.size < 3 && !sessions.has(old as string), [...sessions].join());
});

test("a revocation that finds no room in the storage takes the grant away all the same", async () => {
  const page = await site.open("/");
  await prompt(page).yes.click();
  await collector.until("consent", some("consent"));
  await page.evaluate(() => {
    // To the last character, and in one task: what the tracker itself writes meanwhile may be shorter than before.
    let filling = "";
    for (let n = 2 ** 22; n >= 1; n /= 2)
      try {
        for (;;) {
          localStorage.setItem("filling", filling + "x".repeat(n));
          filling += "x".repeat(n);
        }
      } catch {}
    window.hindsight?.("consent", false);
  });
  await page.reload();
  collector.contacts.length = 0;
  await prompt(page).box.waitFor();
  await page.click("#buy");
  assert.deepEqual(collector.contacts, []);
});

test("where nobody asks, an objection holds beyond the wording that it answered", async () => {
  site.snippet = 'data-consent="implied" data-sample-rate="0"';
  const page = await site.open("/");
  await collector.until("the first page", some("view"));
  await tell(page, "consent", false);
  site.snippet += ' data-consent-version="autumn"';
  await page.reload();
  collector.contacts.length = 0;
  await page.click("#buy");
  await tell(page, "event", "x");
  await page.goto(`${site.origin}/two`);
  assert.deepEqual([collector.contacts, await stored(page)], [[], [CHOICE]]);
});

const turns: [how: string, change: (choice: Record<string, unknown>) => void][] = [
  ["its number gone", (c) => delete c.n],
  ["its time put forward", (c) => (c.t = Date.now() + 60_000)],
  ["its time put forward by little, and told once that is over", (c) => (c.t = Date.now() + 5000)],
];
for (const [how, change] of turns)
  test(`a refusal that was turned round by hand is no proof: ${how}`, async () => {
    site.snippet = 'data-consent="required" data-sample-rate="0"';
    const page = await site.open("/");
    await tell(page, "consent", false);
    const choice = JSON.parse(await page.evaluate((k) => localStorage.getItem(k) as string, CHOICE)) as Record<string, unknown>;
    choice.g = true;
    change(choice);
    const text = JSON.stringify(choice);
    await page.evaluate(([k, c]) => localStorage.setItem(k as string, c as string), [CHOICE, text]);
    // The part that tells comes once the time that was put in is there, where that is soon.
    await site.context().route((url) => /\/late\./.test(url.pathname), async (route) => {
      const wait = (choice.t as number) - Date.now() + 100;
      if (wait < 10_000) await new Promise((done) => setTimeout(done, wait));
      await route.continue();
    });
    await page.reload();
    await collector.until("consent", some("consent"));
    const key = createHash("sha256").update(text).digest("hex").slice(0, 32);
    assert.deepEqual(consents().map((s) => [s.state, s.key, s.held]), [["granted", key, 1]]);
  });
