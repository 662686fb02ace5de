/** What is emitted arrives once, whatever happens between page and collector. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { openStage } from "./support/stage";
import { documents, facts, names } from "./support/story";

const { collector, site } = await openStage();

const PAGE = `<!doctype html><html><head><title>Shop</title></head><body><h1>Things</h1><p id="p">one</p>
<script>
  tell = (from, to) => { for (let i = from; i < to; i++) hindsight("event", "e" + i); };
  noise = (n) => Array.from(crypto.getRandomValues(new Uint8Array(n)), (b) => "ä" + b % 10).join("");
</script></body></html>`;

beforeEach(() => {
  site.pages = new Map([["/", PAGE], ["/two", PAGE]]);
  site.snippet = 'data-consent="none" data-sample-rate="0"';
  site.firstParty = false;
  site.headers = {};
  site.noise.length = 0;
  Object.assign(collector, { welcome: {}, mute: false, deaf: false, acks: (n: number) => n, silent: false, postMute: false, noWebSockets: false, postStatus: 0, postWelcome: (text: string) => text, refuse: () => undefined });
  collector.arrivals.length = collector.contacts.length = 0;
});
afterEach(async () => {
  assert.deepEqual(site.noise.filter((n) => n.startsWith("uncaught")), []);
  await site.forget();
});

const tell = (page: Page, from: number, to: number): Promise<unknown> => page.evaluate(`tell(${from}, ${to})`);
const numbered = (n: number): string[] => Array.from({ length: n }, (_, i) => `e${i}`);
const arrived = (n: number): Promise<void> => collector.until(`${n} events`, (a) => names(a).length >= n);
/** Everything is there, once and in order. */
const whole = (n: number): void => {
  assert.deepEqual(names(collector.arrivals), numbered(n));
  documents(collector.arrivals);
};

test("the collector restarts in mid-session", async () => {
  const page = await site.open("/");
  await tell(page, 0, 3);
  await arrived(3);
  collector.mute = true;
  await tell(page, 3, 5);
  await arrived(5);
  await collector.down();
  await tell(page, 5, 8);
  await page.waitForTimeout(500);
  collector.mute = false;
  await collector.up();
  await arrived(8);
  whole(8);
  assert.equal(documents(collector.arrivals).size, 1);
  assert.ok(!collector.contacts.includes("POST"), "a collector that has spoken is not given up");
});

test("offline for a minute: kept, and sent in order when the network is back", async () => {
  const page = await site.context().newPage();
  await page.clock.install();
  await page.goto(`${site.origin}/`);
  await page.clock.runFor(3000);
  await tell(page, 0, 2);
  await page.clock.runFor(3000);
  await arrived(2);
  await site.context().setOffline(true);
  collector.cut();
  for (let i = 2; i < 14; i++) {
    await tell(page, i, i + 1);
    await page.clock.runFor(5000);
  }
  assert.equal(names(collector.arrivals).length, 2);
  await site.context().setOffline(false);
  // The longest delay is a minute.
  for (let i = 0; i < 70 && names(collector.arrivals).length < 14; i++) {
    await page.clock.runFor(1000);
    await page.waitForTimeout(20);
  }
  await arrived(14);
  whole(14);
});

test("a slow network: nothing is lost and nothing overtakes", async () => {
  const page = await site.open("/");
  await tell(page, 0, 1);
  await arrived(1);
  const cdp = await site.context().newCDPSession(page);
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 300, downloadThroughput: 20_000, uploadThroughput: 20_000 });
  for (let i = 1; i < 6; i++) {
    await page.evaluate("hindsight('set', { noise: noise(2000) })");
    await tell(page, i, i + 1);
    await page.waitForTimeout(250);
  }
  await arrived(6);
  whole(6);
  const sequences = collector.arrivals.map((a) => a.frame.header.sequence);
  assert.deepEqual(sequences, [...sequences].sort((a, b) => a - b));
});

test("a connection that opens and never answers gives way to POST", async () => {
  collector.silent = true;
  const page = await site.context().newPage();
  await page.clock.install();
  await page.goto(`${site.origin}/`);
  // What connects is fetched in real time.
  while (!collector.contacts.length) await page.waitForTimeout(20);
  await tell(page, 0, 2);
  await page.clock.runFor(3000);
  assert.deepEqual([...new Set(collector.contacts)], ["ws"]);
  await page.clock.runFor(9000);
  await arrived(2);
  whole(2);
  assert.ok(collector.arrivals.every((a) => a.via === "beacon"));
});

test("a connection that is gone without a word is given up, and what it took is sent again", async () => {
  const page = await site.context().newPage();
  await page.clock.install();
  await page.goto(`${site.origin}/`);
  await page.clock.runFor(3000);
  await tell(page, 0, 1);
  await page.clock.runFor(3000);
  await arrived(1);
  collector.deaf = true;
  await tell(page, 1, 3);
  // Nothing answers for as long as one message may take on a slow line.
  await page.clock.runFor(120_000);
  assert.equal(collector.contacts.length, 1);
  await tell(page, 3, 4);
  collector.deaf = false;
  for (let i = 0; i < 60 && names(collector.arrivals).length < 4; i++) {
    await page.clock.runFor(1000);
    await page.waitForTimeout(20);
  }
  await arrived(4);
  whole(4);
  assert.equal(collector.contacts.length, 2);
  // With nothing under way silence is no sign of anything.
  await page.clock.runFor(600_000);
  assert.equal(collector.contacts.length, 2);
});

test("by POST the site's rate and mode are heard, and nothing is recorded before", async () => {
  const recorder = (): boolean => collector.sent.some((text) => /^\/recorder\./.test(text.toString()));
  site.snippet = 'data-consent="none"';
  collector.noWebSockets = true;
  for (const rate of [0, 1]) {
    collector.welcome = { sample_rate: rate, consent: "none" };
    collector.arrivals.length = collector.sent.length = 0;
    collector.postMute = true;
    const page = await site.open("/");
    await tell(page, 0, 1);
    // Longer than it takes to fetch a part: a request is on its way, and not answered.
    while (!collector.sent.some((text) => text.includes("/v1/batch"))) await page.waitForTimeout(50);
    await page.waitForTimeout(300);
    assert.ok(!recorder(), "recorded before the rate was known");
    collector.postMute = false;
    await page.goto(`${site.origin}/two`);
    await tell(page, 1, 2);
    await arrived(2);
    await tell(page, 2, 3);
    await arrived(3);
    if (rate) await collector.until("a replay", (a) => a.some(({ frame }) => frame.replay));
    assert.equal(recorder(), rate > 0);
    await site.forget();
  }
  collector.welcome = { consent: "required" };
  const page = await site.open("/");
  await page.waitForFunction(() => !localStorage.length);
});

for (const way of ["POST", "websocket"])
  test(`a session that begins in an open page is recorded at the rate that the page was told by ${way}`, async () => {
    site.snippet = 'data-consent="none"';
    collector.noWebSockets = way === "POST";
    const recorded = (): string[] =>
      collector.arrivals.filter(({ frame }) => frame.header.flags & 4 && frame.replay?.some((e) => e.type === 2)).map(({ frame }) => frame.header.session);
    const page = await site.open("/");
    await collector.until("the first session's snapshot", () => recorded().length > 0);
    await page.evaluate("(() => { const now = Date.now; Date.now = () => now.call(Date) + 31 * 60_000; })()");
    await page.click("#p");
    await collector.until("the next session's snapshot", () => new Set(recorded()).size > 1);
    const { r, s } = await page.evaluate(() => JSON.parse(Object.values(localStorage).find((v: string) => v.includes('"s":')) as string) as { r?: number; s: string });
    assert.deepEqual([r, s], [1, recorded().at(-1)]);
  });

test("a body is taken whatever has become of its answer's header", async () => {
  const stored = (): Promise<{ r?: number }> =>
    site.context().pages()[0]?.evaluate(() => JSON.parse(Object.values(localStorage).find((v: string) => v.includes('"s":')) as string) as { r?: number }) as Promise<{ r?: number }>;
  site.snippet = 'data-consent="none"';
  collector.noWebSockets = true;
  for (const [header, rate] of [[(w: string) => [w, w], 0.25], [() => "{sample", undefined]] as const) {
    collector.welcome = { sample_rate: 0.25 };
    collector.postWelcome = header as typeof collector.postWelcome;
    collector.arrivals.length = 0;
    const page = await site.open("/");
    await tell(page, 0, 1);
    await arrived(1);
    await tell(page, 1, 2);
    await arrived(2);
    // One is on its way at a time: when this one comes the first was settled.
    await tell(page, 2, 3);
    await arrived(3);
    const frames = collector.arrivals.map(({ frame }) => frame.header.sequence);
    assert.deepEqual(frames, [...new Set(frames)]);
    assert.equal((await stored()).r, rate);
    await site.forget();
  }
});

test("a POST that is never answered is tried again", async () => {
  collector.noWebSockets = true;
  const page = await site.context().newPage();
  await page.addInitScript("{ const after = AbortSignal.timeout; AbortSignal.timeout = (ms) => after.call(AbortSignal, (window.patience = ms) / 100); }");
  await page.goto(`${site.origin}/`);
  collector.postMute = true;
  await tell(page, 0, 1);
  while (!collector.contacts.includes("POST")) await page.waitForTimeout(50);
  await tell(page, 1, 2);
  collector.postMute = false;
  await arrived(2);
  whole(2);
  assert.ok(((await page.evaluate("patience")) as number) > 120_000);
});

test("where beacons are switched off the tail waits for the tab's next page", async () => {
  site.before = "navigator.sendBeacon = undefined";
  collector.silent = true;
  const page = await site.open("/");
  site.before = "";
  await tell(page, 0, 3);
  await page.waitForTimeout(300);
  assert.equal(collector.arrivals.length, 0);
  collector.silent = false;
  await page.goto(`${site.origin}/two`);
  await arrived(3);
  assert.deepEqual(names(collector.arrivals), numbered(3));
  assert.ok(!collector.contacts.includes("POST"));
});

test("an ack of more than was sent takes nothing away", async () => {
  collector.acks = () => 1_000_000;
  const page = await site.open("/");
  collector.deaf = true;
  await tell(page, 0, 2);
  await page.waitForTimeout(1000);
  collector.acks = (n) => n;
  collector.deaf = false;
  collector.cut();
  await arrived(2);
  whole(2);
});

test("what waits is bounded: the recording pauses, the gap is marked, a new snapshot follows", async () => {
  site.snippet = 'data-consent="none"';
  const page = await site.open("/");
  const snapshots = (): number => collector.arrivals.filter((a) => a.frame.replay?.some((e) => e.type === 2)).length;
  await collector.until("snapshot", () => snapshots() === 1);
  collector.mute = true;
  await page.evaluate(async () => {
    const noise = (n: number): string => String.fromCharCode(...crypto.getRandomValues(new Uint16Array(n)).map((c) => 0x4e00 + (c % 20_000)));
    const p = document.querySelector("#p") as HTMLElement;
    for (let i = 0; i < 130; i++) {
      p.textContent = noise(20_000);
      await new Promise((done) => setTimeout(done, 15));
    }
  });
  await page.waitForTimeout(600);
  collector.mute = false;
  collector.cut();
  await collector.until("gap", () => {
    void page.evaluate("hindsight('event', 'again')").catch(() => {});
    return facts(collector.arrivals, "gap").length && snapshots() > 1;
  });
  const [gap, ...more] = facts(collector.arrivals, "gap");
  assert.equal(more.length, 0);
  assert.equal(gap?.reason, "memory");
  assert.ok((gap?.to as number) > (gap?.t as number));
  const [all] = documents(collector.arrivals).values();
  // Nothing of the replay between the gap's begin and the new snapshot.
  const origin = all?.[0]?.frame.signals?.origin ?? 0;
  const times = (all ?? []).flatMap((a) => a.frame.replay ?? []).map((e) => e.timestamp - origin);
  assert.ok(times.every((t) => t < (gap?.t as number) + 50 || t > (gap?.to as number) - 50), "replay events inside the gap");
});

for (const [how, policy, codec] of [
  ["a worker compresses where script and page share an origin", "worker-src 'self'", 2],
  ["a policy that forbids workers changes nothing but the place", "worker-src 'none'", 2],
] as const)
  test(how, async () => {
    site.firstParty = true;
    site.snippet = 'data-consent="none"';
    site.headers = { "Content-Security-Policy": policy };
    const page = await site.open("/");
    const asked: string[] = [];
    page.on("request", (r) => asked.push(r.url()));
    page.on("worker", () => asked.push("worker"));
    await collector.until("snapshot", (a) => a.some((x) => x.frame.replay?.some((e) => e.type === 2)));
    await page.evaluate("for (let i = 0; i < 50; i++) document.body.append(noise(20) + 'a long text that repeats itself')");
    await tell(page, 0, 2);
    await arrived(2);
    whole(2);
    assert.ok(collector.arrivals.filter((a) => JSON.stringify(a.frame.replay ?? "").length > 500).every((a) => a.frame.header.replay_codec === codec));
    assert.equal(page.workers().length, policy.includes("self") ? 1 : 0);
    await page.evaluate("hindsight('stop')");
    await page.waitForFunction(() => true);
    assert.equal(page.workers().length, 0, "stop ends the worker");
  });

test("what no worker compresses is compressed in a task of its own", async () => {
  site.snippet = 'data-consent="none"';
  // Timers go off in their order: one that is set while the page is walked is a mark for whether that task is over.
  site.before = `{
    const { getAttributeNames } = Element.prototype;
    let walking = false;
    Element.prototype.getAttributeNames = function () {
      if (!walking) setTimeout(() => { walking = false; });
      walking = true;
      return getAttributeNames.call(this);
    };
    window.pressed = [];
    window.CompressionStream = class extends CompressionStream { constructor(how) { super(how); pressed.push(walking); } };
  }`;
  const page = await site.open("/");
  site.before = "";
  await collector.until("snapshot", (a) => a.some((x) => x.frame.replay?.some((e) => e.type === 2)));
  // With the part that compresses there, enough to close a batch in the task that tells it.
  await page.waitForFunction("pressed.length");
  await page.evaluate("pressed.length = 0; document.body.append(...Array.from({ length: 2000 }, (_, i) => Object.assign(document.createElement('p'), { className: 'row', textContent: 'a row ' + i })))");
  await collector.until("the rows", (a) => a.some((x) => JSON.stringify(x.frame.replay ?? "").includes("a row 1999")));
  const pressed = await page.evaluate<boolean[]>("pressed");
  assert.ok(pressed.length && !pressed.includes(true), `while the page was walked: ${pressed.join()}`);
});

test("without CompressionStream sections go as they are", async () => {
  site.before = "delete window.CompressionStream";
  const page = await site.open("/");
  await page.evaluate("hindsight('set', { text: 'again and again '.repeat(50) })");
  await tell(page, 0, 2);
  await arrived(2);
  site.before = "";
  whole(2);
  assert.ok(collector.arrivals.every((a) => a.frame.header.signals_codec === 0));
});

test("a worker that falls silent or dies loses nothing", async () => {
  site.firstParty = true;
  site.snippet = 'data-consent="none"';
  site.before = `window.Worker = class { constructor() { window.silent = this; } postMessage() { window.asked = true; } terminate() { window.ended = true; } };`;
  const page = await site.context().newPage();
  await page.clock.install();
  await page.addInitScript(site.before);
  site.before = "";
  await page.goto(`${site.origin}/`);
  for (let i = 0; i < 10; i++) {
    await page.clock.runFor(400);
    await page.evaluate("document.body.append('more')");
  }
  await page.waitForFunction("window.asked");
  await tell(page, 0, 2);
  await page.clock.runFor(6000);
  await page.waitForFunction("window.ended");
  await page.clock.runFor(3000);
  await arrived(2);
  whole(2);
  assert.ok(collector.arrivals.some((a) => a.frame.replay?.some((e) => e.type === 2)));
});

test("where the part that compresses cannot be had the recording goes as it is", async () => {
  site.snippet = 'data-consent="none"';
  await site.context().route((url) => /\/late\./.test(url.pathname), (route) => route.abort());
  const page = await site.open("/");
  await tell(page, 0, 2);
  await arrived(2);
  await page.evaluate("document.body.append('more')");
  await collector.until("a snapshot and a change", (a) => [2, 3].every((type) => a.some(({ frame }) => frame.replay?.some((e) => e.type === type))));
  assert.ok(collector.arrivals.every((a) => a.frame.header.replay_codec === 0));
  documents(collector.arrivals);
});
