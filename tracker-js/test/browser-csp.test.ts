/** Pages with a strict content security policy, first-party and from another origin: recorded, without a violation. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openStage } from "./support/stage";

const { collector, site } = await openStage();

beforeEach(async () => {
  await site.forget();
  // The last beacons of the pages that were open are their own test's.
  await new Promise((done) => setTimeout(done, 300));
  collector.arrivals.length = 0;
  site.noise.length = 0;
});

const BIG = `<p>${"A long page has more to tell than compression would spare. ".repeat(40)}</p>`;
const PAGE = `<!doctype html><html><head><title>Strict</title><link rel=stylesheet href="/s.css"></head><body>
<h1>Strict</h1><button id=b>Press</button>${BIG}<script src="/page.js"></script></body></html>`;
const SCRIPT = `
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (e) => violations.push(e.violatedDirective + " " + e.blockedURI));
  document.getElementById("b").addEventListener("click", () => { document.querySelector("h1").textContent = "Pressed"; });`;

async function visit(policy: string, mode: string, more = ""): Promise<void> {
  site.headers = { "Content-Security-Policy": policy };
  site.pages.set("/", PAGE).set("/page.js", SCRIPT).set("/s.css", "h1 { color: rgb(1, 2, 3) }");
  site.snippet = `data-consent="${mode}" ${more}`;
  const page = await site.open("/");
  if (mode === "ask") {
    await page.waitForFunction(() => document.querySelector("[data-hindsight-block]"));
    await page.evaluate(() => window.hindsight?.("consent", true));
  }
  await collector.until("snapshot", (all) => all.some((a) => a.frame.replay?.some((e) => e.type === 2)));
  if (more) while (page.workers().length < 2) await page.waitForEvent("worker");
  await page.click("#b");
  await collector.until("click", (all) => all.some((a) => a.frame.signals?.signals.some((s) => s.k === "click")));
  await collector.until("mutation", (all) => all.some((a) => a.frame.replay?.some((e) => e.type === 3 && e.data.source === 0)));
  assert.deepEqual(await page.evaluate("violations"), []);
  assert.deepEqual(site.noise, []);
  assert.ok(collector.arrivals.every((a) => a.via === "ws"));
  assert.ok(collector.arrivals.some((a) => a.frame.header.replay_codec === 2), "sections are compressed");
  await page.close();
}

// What a site needs where the tracker comes through its own origin: a reverse proxy, or the npm package.
const OWN = "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'; style-src 'self'";

test("first-party, nothing but 'self' allowed", async () => {
  site.firstParty = true;
  await visit(OWN, "none");
});

test("first-party, where trusted types are required, with both of our workers", async () => {
  site.firstParty = true;
  await visit(`${OWN}; require-trusted-types-for 'script'; trusted-types hindsight`, "none", "data-canvas");
});

test("first-party, with the prompt", async () => {
  site.firstParty = true;
  await visit(OWN, "ask");
});

test("from another origin, with the published lines", async () => {
  site.firstParty = false;
  const { origin } = collector;
  await visit(`default-src 'none'; script-src 'self' ${origin}; connect-src ${origin} ${origin.replace("http", "ws")}; style-src 'self'`, "none");
});

test("a policy that forbids the collector is no error of the page", async () => {
  site.firstParty = false;
  site.headers = { "Content-Security-Policy": `script-src 'self' ${collector.origin}; connect-src 'none'` };
  site.pages.set("/", PAGE);
  site.snippet = 'data-consent="none"';
  const page = await site.open("/");
  await page.waitForTimeout(1500);
  await page.click("#b");
  assert.equal(await page.textContent("h1"), "Pressed");
  assert.ok(!site.noise.some((n) => n.startsWith("uncaught")), site.noise.join());
  assert.equal(collector.arrivals.length, 0);
});
