/** The core in a real browser, against the built bundle: signals, consent, transport. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type Arrival } from "./support/collector";
import { everything } from "./support/frame";
import { openStage } from "./support/stage";

const { collector, site } = await openStage();

const PAGE = `<!doctype html><html><head><title>Shop of jo@example.org</title></head>
<body style="margin:0"><main><h1>Things</h1>
<button id="buy" style="position:absolute;left:100px;top:200px;width:200px;height:100px">Buy</button>
<ul><li>one</li><li><a href="/two?token=abc#frag">two</a></li></ul>
<input id="name" style="position:absolute;left:100px;top:400px"><input id="other">
<div style="height:3000px"></div></main></body></html>`;

type S = { k: string; t: number } & Record<string, unknown>;
/** A frame may come twice, by websocket and by beacon: its identity names one content. */
const once = (list: Arrival[]): Arrival[] => [
  ...new Map(list.map((a) => [[a.frame.header.session, a.frame.header.document, a.frame.header.sequence].join(), a])).values(),
];
const signals = (list: Arrival[]): S[] => once(list).flatMap((a) => a.frame.signals?.signals ?? []);
const some = (k: string) => (list: Arrival[]) => signals(list).some((s) => s.k === k);
const one = (k: string): S => {
  const found = signals(collector.arrivals).filter((s) => s.k === k);
  assert.equal(found.length, 1, `${found.length} signals of kind ${k}`);
  return found[0] as S;
};

beforeEach(() => {
  site.pages = new Map([["/", PAGE], ["/two", PAGE.replace("Things", "Two")]]);
  site.snippet = 'data-consent="none" data-sample-rate="0"';
  site.before = "";
  site.noise = [];
  Object.assign(collector, { welcome: {}, mute: false, noWebSockets: false, postStatus: 0, refuse: () => undefined });
  collector.arrivals.length = collector.contacts.length = 0;
});
afterEach(async () => {
  assert.deepEqual(site.noise.filter((n) => n.startsWith("uncaught")), []);
  await site.forget();
});

test("a visit tells what happened, where and when", async () => {
  const page = await site.open("/?q=secret&u=jo@example.org#part");
  await page.mouse.move(20, 20);
  await page.mouse.move(150, 250, { steps: 5 });
  await page.mouse.click(150, 250);
  await page.click("#name");
  await page.keyboard.type("hello");
  await page.click("#other");
  await page.evaluate(() => scrollTo(0, 1000));
  await collector.until("click and typing and scroll", (a) =>
    some("typing")(a) && some("move")(a) && signals(a).some((s) => s.k === "scroll" && s.y === 1000));

  const view = one("view");
  assert.equal(view.url, `${site.origin}/?q=&u=`);
  assert.equal(view.title, "Shop of •••");
  assert.equal(view.nav, "load");
  assert.ok(view.tz && view.lang && view.sw && view.sh && view.dpr);
  assert.equal(view.vw, 1280);
  assert.ok((view.dh as number) >= 3000);
  assert.ok((view.hints as { brands: string[][] }).brands.some(([name]) => name === "Chromium"));
  const click = signals(collector.arrivals).find((s) => s.k === "click");
  assert.deepEqual(
    { el: click?.el, fx: click?.fx, fy: click?.fy, x: click?.x, y: click?.y, ptr: click?.ptr },
    { el: "button#buy", fx: 0.25, fy: 0.5, x: 150, y: 250, ptr: "mouse" },
  );
  const typing = one("typing");
  assert.equal(typing.el, "input#name");
  assert.equal(typing.n, 5);
  assert.ok((typing.ms as number) >= 0);
  const cells = signals(collector.arrivals).filter((s) => s.k === "move").flatMap((s) => s.cells as number[]);
  assert.equal(cells.length % 3, 0);
  assert.ok(cells.some((_, i) => i % 3 === 0 && cells[i] === 9 && cells[i + 1] === 15), "the cell of the click");
  assert.ok(one("load").ms);
  const scroll = signals(collector.arrivals).filter((s) => s.k === "scroll").pop();
  assert.equal(scroll?.max, 1000 + (view.vh as number));
  for (const { frame } of collector.arrivals) {
    assert.equal(frame.header.consent, 4);
    assert.equal(frame.header.version, 1);
    assert.equal(frame.signals?.path, "/");
    assert.notEqual(frame.header.visitor, "0".repeat(32));
    assert.equal(parseInt(frame.header.session.slice(0, 4), 16), Math.floor(Date.now() / 864e5));
    assert.equal(typeof frame.signals?.offset, "number");
  }
  const all = everything(collector.arrivals.map((a) => a.frame));
  assert.ok(!/secret|jo@|hello|#part/.test(all), "what was typed or asked for has left");
  assert.deepEqual(site.noise, []);
  assert.deepEqual(await site.context().cookies(), []);
});

test("sequences count up from 1 within a document and acknowledged frames are not sent again", async () => {
  const page = await site.open("/");
  for (let i = 0; i < 3; i++) {
    await page.click("#buy");
    await collector.until("click", (a) => signals(a).filter((s) => s.k === "click").length === i + 1);
  }
  const sequences = collector.arrivals.map((a) => a.frame.header.sequence);
  assert.deepEqual(sequences, sequences.map((_, i) => i + 1));
  assert.deepEqual(await page.evaluate(() => Object.keys(window).filter((k) => /hindsight|rrweb/i.test(k))), ["hindsight"]);
});

for (const mode of ["required", "ask", "nonsense"])
  test(`consent ${mode}: nothing is stored and nobody is asked before the visitor allows it`, async () => {
    site.snippet = `data-consent="${mode}"`;
    const page = await site.open("/");
    await page.click("#buy");
    await page.click("#name");
    await page.keyboard.type("abc");
    await page.goto(`${site.origin}/two`);
    assert.deepEqual(collector.contacts, []);
    assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);

    await page.evaluate(() => window.hindsight?.("consent", { analytics: "granted" }));
    await collector.until("consent", some("consent"));
    const consent = one("consent");
    assert.equal(consent.state, "granted");
    assert.equal((consent.key as string).length, 32);
    assert.equal(one("view").nav, "load");
    assert.ok(!some("click")(collector.arrivals), "a click from before the consent");
    assert.ok(collector.arrivals.every((a) => a.frame.header.consent === 1));

    // At once: no batch closes between the click and the refusal.
    await page.evaluate(() => document.querySelector("#buy")?.addEventListener("click", () => window.hindsight?.("consent", false)));
    await page.click("#buy");
    const stored = await page.evaluate(() => [Object.keys(localStorage), sessionStorage.length]);
    assert.deepEqual(stored, [["hindsight.KEY.consent"], 0]);
    const known = collector.arrivals.length;
    await page.click("#name");
    await page.goto(`${site.origin}/`);
    await page.click("#buy");
    assert.equal(collector.arrivals.length, known, "something was sent after the refusal");
    assert.ok(!some("click")(collector.arrivals), "the unsent click was not dropped");
  });

test("a choice lapses with its wording and after twelve months", async () => {
  site.snippet = 'data-consent="required" data-consent-version="2"';
  const page = await site.open("/");
  for (const [choice, contacts] of [
    [{ g: true, t: Date.now(), w: "1" }, false],
    [{ g: true, t: Date.now() - 366 * 864e5, w: "2" }, false],
    [{ g: false, t: Date.now(), w: "2" }, false],
    [{ g: true, t: Date.now() - 364 * 864e5, w: "2" }, true],
  ] as const) {
    await page.evaluate((c) => localStorage.setItem("hindsight.KEY.consent", JSON.stringify(c)), choice);
    await page.reload();
    await page.click("#buy");
    assert.equal(collector.contacts.length > 0, contacts, JSON.stringify(choice));
  }
});

test("the collector's stricter mode wins over the page's", async () => {
  collector.welcome = { consent: "required" };
  const page = await site.open("/");
  await page.waitForFunction(() => localStorage.length + sessionStorage.length === 0);
  await page.click("#buy");
  await page.goto(`${site.origin}/two`);
  await page.waitForFunction(() => localStorage.length + sessionStorage.length === 0);
  assert.ok(!some("click")(collector.arrivals));
  collector.arrivals.length = 0;
  collector.welcome = { consent: "implied" };
  await page.reload();
  await page.click("#buy");
  await collector.until("click", some("click"));
  assert.ok(collector.arrivals.every((a) => a.frame.header.consent === 3));
});

test("Global Privacy Control wins over an earlier grant; nothing is sent or stored", async () => {
  site.before = `Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });`;
  const page = await site.open("/");
  await page.evaluate(() => window.hindsight?.("consent", true));
  await page.click("#buy");
  await page.goto(`${site.origin}/two`);
  assert.deepEqual(collector.contacts, []);
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
});

test("the last bytes of a page arrive, and the next page goes on with the session", async () => {
  collector.welcome = { flush_ms: 600_000 };
  const page = await site.open("/");
  await collector.until("handshake", () => collector.connections() > 0);
  await page.click("#buy");
  await page.click("a");
  await page.waitForURL("**/two*");
  await collector.until("click", some("click"));
  const last = once(collector.arrivals).filter((a) => a.frame.header.flags & 1);
  assert.equal(last.length, 1, "one frame says that it is the last of its document");
  const of = once(collector.arrivals).filter((a) => a.frame.header.document === last[0]?.frame.header.document);
  assert.equal(last[0]?.frame.header.sequence, of.length);
  await page.click("#buy");
  await page.goto("about:blank");
  await collector.until("both pages", (a) => signals(a).filter((s) => s.k === "view").length === 2);
  const headers = collector.arrivals.map((a) => a.frame.header);
  const distinct = (key: keyof (typeof headers)[0]): number => new Set(headers.map((h) => h[key])).size;
  assert.deepEqual([distinct("session"), distinct("document"), distinct("tab"), distinct("visitor")], [1, 2, 1, 1]);
  const views = signals(collector.arrivals).filter((s) => s.k === "view");
  assert.equal(views[1]?.ref, `${site.origin}/`);
});

test("unacknowledged frames are sent again after a dropped connection, content unchanged", async () => {
  const page = await site.open("/");
  await collector.until("view", some("view"));
  collector.mute = true;
  await page.click("#buy");
  await collector.until("click", some("click"));
  const first = collector.arrivals.find((a) => some("click")([a])) as Arrival;
  collector.mute = false;
  collector.cut();
  await collector.until("the same frame again", (list) =>
    list.filter((a) => a.frame.header.sequence === first.frame.header.sequence).length === 2);
  const again = collector.arrivals.filter((a) => a.frame.header.sequence === first.frame.header.sequence)[1] as Arrival;
  assert.deepEqual(again.frame.signals, first.frame.signals);
  const { sent_at: a, ...was } = first.frame.header;
  const { sent_at: b, ...is } = again.frame.header;
  assert.deepEqual(is, was);
  assert.ok(b > a);
});

test("the window holds back what is not acknowledged", async () => {
  collector.mute = true;
  collector.welcome = { max_unacked: 2, flush_ms: 20 };
  const page = await site.open("/");
  await collector.until("view", some("view"));
  for (let i = 0; i < 5; i++) {
    await page.click("#buy");
    await page.waitForTimeout(60);
  }
  await collector.until("two frames", (a) => a.length >= 2);
  await page.click("#buy");
  await page.waitForTimeout(300);
  assert.equal(collector.arrivals.length, 2);
  collector.mute = false;
  collector.cut(1001);
  await collector.until("six clicks", (a) => new Set(signals(a).filter((s) => s.k === "click").map((s) => s.t)).size === 6);
});

test("a refused day begins a new session and loses nothing", async () => {
  const tomorrow = new Date(Date.now() + 5 * 864e5).toISOString().slice(0, 10);
  const day = Date.parse(tomorrow) / 864e5;
  collector.refuse = (f) =>
    parseInt(f.header.session.slice(0, 4), 16) === day ? undefined : { reason: "session_day", day: tomorrow };
  const page = await site.open("/");
  await page.click("#buy");
  await collector.until("click", some("click"));
  assert.ok(some("view")(collector.arrivals));
  assert.equal(new Set(collector.arrivals.map((a) => a.frame.header.session)).size, 1);
});

test("a refused frame is never sent again", async () => {
  const seen: number[] = [];
  collector.refuse = (f) => {
    seen.push(f.header.sequence);
    return f.header.sequence === 1 ? { reason: "malformed" } : undefined;
  };
  const page = await site.open("/");
  await collector.until("first", () => seen.length);
  collector.cut();
  await page.click("#buy");
  await collector.until("click", some("click"));
  assert.equal(seen.filter((n) => n === 1).length, 1);
});

test("a close code that forbids it is obeyed", async () => {
  const page = await site.open("/");
  await collector.until("view", some("view"));
  collector.cut(4101);
  await page.waitForTimeout(100);
  const known = collector.contacts.length;
  await page.click("#buy");
  await page.waitForTimeout(1500);
  await page.goto("about:blank");
  assert.equal(collector.contacts.length, known);
});

test("where websockets do not open, frames go by POST", async () => {
  collector.noWebSockets = true;
  const page = await site.open("/");
  await collector.until("view", some("view"));
  assert.equal(collector.contacts.filter((c) => c === "ws").length, 3);
  assert.ok(collector.arrivals.every((a) => a.via === "beacon" && a.frame.signals?.offset === undefined));
  collector.postStatus = 503;
  await page.click("#buy");
  await collector.until("a failed post", () => collector.contacts.filter((c) => c === "POST").length > 1);
  collector.postStatus = 0;
  await collector.until("click", some("click"));
});

test("navigations inside the document are page views; stop restores what was wrapped", async () => {
  const page = await site.open("/");
  await page.click("#buy");
  await page.evaluate(() => history.pushState({}, "", "/things/42?q=secret"));
  await page.evaluate(() => history.replaceState({}, "", "/things/42?q=other"));
  await page.evaluate(() => (location.hash = "#/route/jo@example.org?x=1"));
  await collector.until("route", (a) => signals(a).filter((s) => s.k === "view").length === 3);
  await page.evaluate(() => (location.hash = "#section"));
  await collector.until("no route", (a) => signals(a).filter((s) => s.k === "view").length === 4);
  await page.evaluate(() => window.hindsight?.("page", "/named"));
  await collector.until("five views", (a) => signals(a).filter((s) => s.k === "view").length === 5);
  const views = once(collector.arrivals).flatMap(({ frame }) =>
    (frame.signals?.signals ?? []).filter((s) => s.k === "view").map((s) => [frame.signals?.view, frame.signals?.path, s.nav]));
  assert.deepEqual(views, [
    [0, "/", "load"], [1, "/things/42", "spa"], [2, "/things/42#/route/•••", "spa"], [3, "/things/42", "spa"], [4, "/named", "spa"],
  ]);
  assert.equal(collector.arrivals.find((a) => some("click")([a]))?.frame.signals?.view, 0);

  const native = (): string[] =>
    [history.pushState, history.replaceState, Element.prototype.attachShadow,
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "type")?.set,
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set]
      .map((f) => (/native code/.test(String(f)) ? "native" : "wrapped"));
  assert.deepEqual(new Set(await page.evaluate(native)), new Set(["wrapped"]));
  await page.evaluate(() => window.hindsight?.("stop"));
  assert.deepEqual(new Set(await page.evaluate(native)), new Set(["native"]));
  await page.evaluate(() => history.pushState({}, "", "/after"));
  await page.click("#buy");
  await page.evaluate(() => window.hindsight?.("start"));
  await collector.until("gap", some("gap"));
  assert.equal(one("gap").reason, "paused");
  assert.ok(!JSON.stringify(signals(collector.arrivals)).includes("/after\"") || signals(collector.arrivals).filter((s) => s.k === "click").length === 1);
});

test("blocked storage: everything works within the document", async () => {
  site.before = `for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });`;
  const page = await site.open("/");
  await page.click("#buy");
  await collector.until("click", some("click"));
  assert.equal(new Set(collector.arrivals.map((a) => a.frame.header.session)).size, 1);
  assert.ok(collector.arrivals.every((a) => a.frame.header.visitor === "0".repeat(32)));
});

test("verbs called early are kept; identities, events and errors are scrubbed", async () => {
  site.pages.set("/", PAGE.replace("<head>", `<head><script>
    window.hindsight=window.hindsight||function(){(hindsight.q=hindsight.q||[]).push(arguments)};
    hindsight("identify", "550e8400-e29b-41d4-a716-446655440000", { plan: "pro", mail: "jo@example.org", nested: {} });
    hindsight("event", "bought", { sum: 12.5, gift: true, at: 1763900000003, card: "4111 1111 1111 1111", again: 4111111111111111 });
    hindsight("set", { theme: "dark" });
    hindsight("nonsense"); hindsight(Symbol("no verb")); hindsight(Object.create(null)); hindsight();</script>`));
  const page = await site.open("/");
  await page.evaluate(() => {
    setTimeout(() => { throw new Error("boom at https://x.example/a?key=abc for jo@example.org"); });
    void Promise.reject(new Error("later"));
  });
  await collector.until("rejection", (a) => signals(a).filter((s) => s.k === "error").length === 2);
  assert.deepEqual(one("identify"), { ...one("identify"), id: "550e8400-e29b-41d4-a716-446655440000", traits: { plan: "pro", mail: "•••" } });
  assert.deepEqual(one("event").props, { sum: 12.5, gift: true, at: 1763900000003, card: "•••", again: "•••" });
  assert.deepEqual(one("set").props, { theme: "dark" });
  const errors = signals(collector.arrivals).filter((s) => s.k === "error");
  assert.match(String(errors.find((e) => e.type === "error")?.msg), /boom at https:\/\/x.example\/a for •••/);
  assert.equal(errors.find((e) => e.type === "rejection")?.msg, "later");
  assert.ok(!/jo@|key=/.test(JSON.stringify(signals(collector.arrivals))));
  site.noise = [];
});

test("thirty minutes without activity end the session", async () => {
  const context = site.context();
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${site.origin}/`);
  await page.click("#buy");
  await page.clock.runFor(5000);
  await collector.until("click", some("click"));
  await page.clock.fastForward(31 * 60_000);
  await page.click("#buy");
  await page.clock.runFor(5000);
  await collector.until("second click", (a) => signals(a).filter((s) => s.k === "click").length === 2);
  const last = once(collector.arrivals).filter((a) => some("click")([a]))[1] as Arrival;
  const first = collector.arrivals[0] as Arrival;
  assert.notEqual(last.frame.header.session, first.frame.header.session);
  assert.notEqual(last.frame.header.document, first.frame.header.document);
  assert.equal(last.frame.header.tab, first.frame.header.tab);
  const opened = collector.arrivals.filter((a) => a.frame.header.session === last.frame.header.session);
  assert.equal(Math.min(...opened.map((a) => a.frame.header.sequence)), 1);
  assert.ok(opened.some((a) => some("view")([a])));
});

test("a tail too long for a beacon waits for the next page of the session", async () => {
  collector.welcome = { flush_ms: 600_000, flush_bytes: 1e9 };
  collector.mute = true;
  const page = await site.open("/");
  await collector.until("handshake", () => collector.connections() > 0);
  await page.evaluate(async () => {
    // Two batches of about 36 KB that no compressor makes smaller: one beacon does not take both.
    const noise = (): string => Array.from(crypto.getRandomValues(new Uint8Array(450)), (b) => `ä${b % 10}`).join("");
    for (const route of ["/r1", "/r2"]) {
      for (let i = 0; i < 25; i++) window.hindsight?.("event", `e${route}${i}`, { noise: noise() });
      history.pushState({}, "", route);
      await new Promise((done) => setTimeout(done, 300));
    }
  });
  collector.cut();
  collector.noWebSockets = true;
  await page.evaluate(() => (location.href = "/two"));
  await page.waitForURL("**/two");
  collector.noWebSockets = collector.mute = false;
  await collector.until("every event", (a) => new Set(signals(a).filter((s) => s.k === "event").map((s) => s.name)).size === 50);
  const sessions = new Set(collector.arrivals.map((a) => a.frame.header.session));
  assert.equal(sessions.size, 1);
});

test("an event too large for a frame becomes a gap and harms nothing else", async () => {
  site.snippet = 'data-consent="none"';
  site.pages.set("/", PAGE.replace("<ul>", `<div id="big"></div><ul>`));
  const page = await site.open("/");
  await collector.until("snapshot", (a) => a.some((x) => x.frame.replay?.some((e) => e.type === 2)));
  await page.evaluate(() => {
    const bytes = new Uint8Array(65_536);
    let text = "";
    for (let i = 0; i < 30; i++) for (const b of crypto.getRandomValues(bytes)) text += String.fromCharCode(0x4e00 + b);
    (document.querySelector("#big") as HTMLElement).textContent = text;
  });
  await collector.until("gap", some("gap"));
  assert.equal(one("gap").reason, "too_large");
  await page.click("#buy");
  await collector.until("click", some("click"));
  assert.ok(collector.arrivals.every((a) => a.bytes.length <= 900_000));
});

test("Do Not Track counts where the site says so", async () => {
  site.before = `Object.defineProperty(Navigator.prototype, "doNotTrack", { get: () => "1" });`;
  const page = await site.open("/");
  await collector.until("view", some("view"));
  site.snippet += " data-dnt";
  const known = collector.contacts.length;
  await page.reload();
  await page.click("#buy");
  await page.goto("about:blank");
  assert.ok(collector.contacts.slice(known).every((c) => c === "POST"), "only the first page's own tail");
  assert.ok(!some("click")(collector.arrivals));
});

test("clicks in shadow roots and same-origin frames are named by their path", async () => {
  site.pages.set("/", `<!doctype html><html><head></head><body style="margin:0"><div id="host"></div>
    <iframe id="inner" style="position:absolute;left:50px;top:300px;border:0" srcdoc="<button id=b style='position:absolute;left:10px;top:20px;width:40px;height:20px'>x</button>"></iframe>
    <div style="position:fixed;left:0;bottom:0"><b class="x9y8z7 tag is-on">fixed</b></div>
    <script>host.attachShadow({mode:"open"}).innerHTML="<p><i>one</i><i id='two'>two</i></p>"</script></body></html>`);
  const page = await site.open("/");
  await page.click("#two");
  await page.frames()[1]?.click("#b");
  await page.click("b.tag");
  await collector.until("three clicks", (a) => signals(a).filter((s) => s.k === "click").length === 3);
  const clicks = signals(collector.arrivals).filter((s) => s.k === "click");
  assert.deepEqual(clicks.map((c) => c.el), [
    "div#host >>> i#two", "iframe#inner >>>f button#b", "body > div:nth-of-type(2) > b.tag",
  ]);
  assert.deepEqual([clicks[1]?.x, clicks[1]?.y, clicks[1]?.fx], [80, 330, 0.5]);
  assert.deepEqual(clicks.map((c) => c.fixed), [undefined, undefined, 1]);
});
