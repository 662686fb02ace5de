/** The tracker as a guest: one global, no noise, nothing thrown, everything put back; also in pages that bend the language. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { openStage } from "./support/stage";

declare const ROOT: string;

const { collector, site } = await openStage();

beforeEach(async () => {
  await site.forget();
  await new Promise((done) => setTimeout(done, 300));
  collector.arrivals.length = 0;
  site.noise.length = 0;
});

const ZONE = readFileSync(join(ROOT, "node_modules/zone.js/bundles/zone.umd.min.js"), "utf8");

/** What old libraries and lockdowns do to a page before anything else runs. */
const BENT: Record<string, string> = {
  "zone.js": ZONE,
  "an Array.from that ignores its second argument": `
    Array.from = function (item) { return item == null ? [] : typeof item == "object" && "length" in item ? Array.prototype.slice.call(item) : [item]; };`,
  "toJSON on built-in prototypes": `
    Array.prototype.toJSON = function () { return "[" + Array.prototype.slice.call(this).map(String).join() + "]"; };
    Object.prototype.toJSON = function () { return "bent object"; };
    String.prototype.toJSON = function () { return "bent " + this; };`,
  "enumerable additions to Object and Array": `
    Object.prototype.each = function () {}; Array.prototype.contains = function () {}; String.prototype.test = function () {};`,
  "functions of arrays that end otherwise, and a reduce that is another": `
    (function () {
      var each = function (list, f) { for (var i = 0; i < list.length; i++) if (f(list[i], i) === each) break; };
      Object.assign(Array.prototype, {
        map: function (f, self) { var r = []; each(this, function (v, i) { r.push(f ? f.call(self, v, i) : v); }); return r; },
        filter: function (f, self) { var r = []; each(this, function (v, i) { if (f.call(self, v, i)) r.push(v); }); return r; },
        find: function (f, self) { var r; each(this, function (v, i) { if (f.call(self, v, i)) { r = v; return each; } }); return r; },
        some: function (f, self) { var r = false; each(this, function (v, i) { if ((r = !!f.call(self, v, i))) return each; }); return r; },
        reduce: function () { return this.length > 1 ? this : this[0]; },
        entries: function () { return this.slice(); },
      });
    })();`,
  "names of its own that the browser has, too": `
    let screen; let scrollY = null, scrollX = "left", innerWidth, devicePixelRatio; class Element {} class Node {} const CSS = {}; const history = []; const fetch = 1;`,
  "more of them, for what it does itself": `
    const getComputedStyle = 4, WebSocket = "ws://", Worker = 1, Response = {}, Intl = null, CompressionStream = 0, setInterval = 5, PerformanceObserver = 6;
    class History {} let fetch = null, console = { log() {} };`,
  "names of its own for all that the core and the recorder use": `
    const URL = "/api", AbortController = 1, Blob = {}, Promise = "kept", WeakSet = [], TextEncoder = 0, clearTimeout = 2, crypto = "coin", navigator = "sailor", performance = 10;
    let Date = "today", MutationObserver, WeakMap = null, queueMicrotask = 3, setTimeout = "later"; class Map {} class Set { has() { throw new Error("not yours"); } }`,
  "another Promise, bind and Map": `
    (function () {
      var Native = Promise;
      window.Promise = class extends Native {};
      Function.prototype.bind = function (self) { var f = this, a = [].slice.call(arguments, 1); return function () { return f.apply(self, a.concat([].slice.call(arguments))); }; };
    })();`,
  "a flatMap that throws, and no CSS": `
    Array.prototype.flatMap = function () { throw new Error("not yours"); };
    Object.defineProperty(window, "CSS", { value: undefined });`,
  "frozen built-ins": `
    [Object, Array, Function, Promise, Map, Set, WeakMap, JSON, Math].forEach((o) => { Object.freeze(o); o.prototype && Object.freeze(o.prototype); });`,
  "a frozen DOM": `
    [Node, Element, HTMLElement, HTMLInputElement, History, Document, CSSStyleSheet, CSSStyleDeclaration, ShadowRoot, EventTarget]
      .forEach((c) => Object.freeze(c.prototype));`,
};

const page = (bent: string): string => `<!doctype html><html><head><title>Bent</title><script>${bent}</script>
<style>h1 { color: rgb(1, 2, 3) } p { margin: 4px }</style></head><body>
<h1>Bent</h1><button id=b>Press</button><form><input id=i><input id=pw type=password autocomplete=off></form>${"<p>Some text.</p>".repeat(60)}<p>card 4111 1111 1111 1111</p>
<script>
  document.getElementById("b").addEventListener("click", function () {
    var p = document.createElement("p"); p.id = "made"; p.textContent = "Made by the page"; document.body.appendChild(p);
    document.styleSheets[0].insertRule("p { color: rgb(4, 5, 6) }", 0);
    window.history.pushState({}, "", "/next");
  });
</script></body></html>`;

for (const [what, bent] of Object.entries(BENT))
  test(`a page with ${what}`, async () => {
    site.pages.set("/", page(bent));
    site.snippet = 'data-consent="none"';
    const tab = await site.open("/");
    await collector.until("snapshot", (all) => all.some((a) => a.frame.replay?.some((e) => e.type === 2)));
    await tab.fill("#i", "hello");
    await tab.type("#pw", "Kanarienvogel");
    await tab.click("#b");
    await collector.until("click and page view", (all) => {
      const kinds = all.flatMap((a) => a.frame.signals?.signals.map((s) => s.k) ?? []);
      return kinds.includes("click") && kinds.filter((k) => k === "view").length === 2;
    });
    await collector.until("the new paragraph", (all) =>
      all.some((a) => JSON.stringify(a.frame.replay?.filter((e) => e.type === 3) ?? "").includes("Made by the page")));
    const text = JSON.stringify(collector.arrivals.map((a) => a.frame));
    assert.ok(!/Kanari|4111 1111/.test(text));
    assert.ok(!/bent /.test(text), "the page's toJSON took no part");
    const snapshot = collector.arrivals.flatMap((a) => a.frame.replay ?? []).find((e) => e.type === 2);
    assert.ok(Array.isArray((snapshot?.data.node as { childNodes: unknown }).childNodes));
    assert.equal(await tab.textContent("#made"), "Made by the page");
    await tab.evaluate(() => window.hindsight?.("stop"));
    assert.deepEqual(site.noise, []);
    await tab.close();
  });

/** Every function that a page can reach on built-in objects and their prototypes, and what kind of property holds it. */
const INVENTORY = `(() => {
  const found = new Map();
  for (const name of Object.getOwnPropertyNames(window)) {
    if (!/^[A-Z]/.test(name) && !["document", "history", "navigator", "crypto", "performance", "console", "fetch", "setTimeout", "addEventListener"].includes(name)) continue;
    const value = window[name];
    for (const [label, o] of [[name, value], [name + ".prototype", value?.prototype]]) {
      if (!o || (typeof o !== "object" && typeof o !== "function")) continue;
      for (const key of Reflect.ownKeys(o)) {
        const d = Object.getOwnPropertyDescriptor(o, key);
        found.set(label + "." + String(key), [d.value, d.get, d.set, d.writable, d.enumerable, d.configurable]);
      }
    }
  }
  return { found, globals: Object.getOwnPropertyNames(window) };
})()`;

test("one global; everything that was wrapped is put back on stop", async () => {
  site.pages.set("/", page(`window.before = ${INVENTORY};`));
  site.snippet = 'data-consent="none"';
  const tab = await site.open("/");
  await collector.until("snapshot", (all) => all.some((a) => a.frame.replay?.some((e) => e.type === 2)));
  await tab.click("#b");
  const changed = `(() => {
    const now = ${INVENTORY};
    return {
      globals: now.globals.filter((g) => !before.globals.includes(g)),
      changed: [...new Set([...now.found.keys(), ...before.found.keys()])].filter((key) => {
        const a = before.found.get(key), b = now.found.get(key);
        return !a || !b || a.some((v, i) => v !== b[i] && !(v !== v && b[i] !== b[i]));
      }),
    };
  })()`;
  const during = (await tab.evaluate(changed)) as { globals: string[]; changed: string[] };
  assert.ok(during.changed.length > 3, "the inventory sees what is wrapped");
  // The page's own ids and scripts make globals too.
  assert.deepEqual(during.globals.filter((g) => !["before", "b", "i", "pw", "made", "0"].includes(g)), ["hindsight"]);
  await tab.evaluate(() => window.hindsight?.("stop"));
  await tab.waitForTimeout(100);
  assert.deepEqual(((await tab.evaluate(changed)) as { changed: string[] }).changed, []);
  assert.deepEqual(site.noise, []);
});

test("errors of our own stay inside; wrapped functions throw what the page's arguments deserve", async () => {
  site.pages.set("/", page("window.nothing = 1;"));
  site.snippet = 'data-consent="none"';
  const tab = await site.open("/");
  await collector.until("snapshot", (all) => all.some((a) => a.frame.replay?.some((e) => e.type === 2)));
  const thrown = (await tab.evaluate(`[
    () => document.styleSheets[0].insertRule("}"),
    () => document.styleSheets[0].deleteRule(99),
    () => history.pushState({}, "", "https://elsewhere.example/"),
    () => document.querySelector("h1").attachShadow({ mode: "no mode" }),
    () => hindsight("no such verb"),
    () => hindsight(),
    () => hindsight("event", { toString() { throw new Error("mine") } }),
    () => hindsight("set", { get a() { throw new Error("mine") } }),
  ].map((f) => { try { f(); return ""; } catch (e) { return e.name; } })`)) as string[];
  assert.deepEqual(thrown, ["SyntaxError", "IndexSizeError", "SecurityError", "TypeError", "", "", "", ""]);
  assert.deepEqual(site.noise, []);
});
