/**
 * Style sheets, whatever way a page makes and changes them: the page that rrweb's Replayer shows looks like the live
 * one, both when it seeks (its virtual document) and when it plays event by event.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { build } from "esbuild";
import type { Page, Request } from "playwright-core";
import { type Arrival, type Collector, startCollector } from "./support/collector";
import type { ReplayItem } from "./support/frame";
import { type Definition, definitions, expanded, isDefinition } from "./support/sheets";
import { type Site, startSite } from "./support/site";

declare const ROOT: string;

let collector: Collector;
let site: Site;
let viewer: Page;

before(async () => {
  collector = await startCollector();
  site = await startSite(collector);
  watchParts();
  const built = await build({
    stdin: { contents: `export { Replayer } from "@rrweb/replay"`, resolveDir: ROOT },
    bundle: true, write: false, format: "iife", globalName: "player",
  });
  viewer = await site.context().newPage();
  await viewer.route("**/*", (route) => (route.request().url().startsWith("data:") ? route.continue() : route.abort()));
  await viewer.setContent("<!doctype html><body style='margin:0'></body>");
  await viewer.addScriptTag({ content: built.outputFiles[0]?.text ?? "" });
});
after(async () => {
  await site.close();
  await collector.close();
});
beforeEach(() => {
  site.pages = new Map();
  site.snippet = 'data-consent="none"';
  site.noise.length = 0;
  collector.arrivals.length = 0;
});

const events = (): ReplayItem[] => {
  const seen = new Map(collector.arrivals.map((a) => [`${a.frame.header.document} ${a.frame.header.sequence}`, a.frame]));
  return [...seen.values()].sort((a, b) => a.header.sequence - b.header.sequence).flatMap((f) => f.replay ?? []);
};

/** How every element looks, whatever document or shadow root it is in. */
function look(doc: Document): string[] {
  const out: string[] = [];
  const below = (root: ParentNode): void => {
    for (const e of root.querySelectorAll("*")) {
      if (/^(head|title|meta|script|noscript|style|link|base)$/.test(e.localName)) continue;
      const view = e.ownerDocument.defaultView as Window;
      const style = view.getComputedStyle(e);
      out.push(
        [
          e.localName, e.id,
          ...["color", "background-color", "padding", "margin", "display", "font-size", "border", "opacity", "background-image", "text-align"]
            .map((p) => style.getPropertyValue(p)),
          view.getComputedStyle(e, "::before").content,
        ].join(" | "),
      );
      if (e.shadowRoot) below(e.shadowRoot);
      if (e.localName === "iframe") below((e as HTMLIFrameElement).contentDocument as Document);
    }
  };
  below(doc.documentElement);
  return out;
}

/** The tracker's files that are on their way to a page. */
const asked = new Set<Request>();
function watchParts(): void {
  const context = site.context();
  context.on("request", (request) => /\/\w+\.[0-9a-f]{12}\.js/.test(request.url()) && asked.add(request));
  context.on("requestfinished", (request) => asked.delete(request));
  context.on("requestfailed", (request) => asked.delete(request));
}

async function visit(html: string, act?: (page: Page) => Promise<unknown>): Promise<{ page: Page; live: string[] }> {
  site.pages.set("/", html);
  const page = await site.open("/");
  await collector.until("snapshot", () => events().some((e) => e.type === 2));
  await page.waitForTimeout(60);
  await act?.(page);
  await page.waitForTimeout(60);
  while (asked.size) await page.waitForTimeout(20);
  // What has come tells what it finds.
  await page.waitForTimeout(60);
  const live = (await page.evaluate(`(${look.toString()})(document)`)) as string[];
  await page.evaluate(() => window.hindsight?.("stop"));
  await collector.until("the end", (all) => all.some((a) => a.frame.header.flags & 1 || a.frame.signals));
  await page.waitForTimeout(250);
  return { page, live };
}

async function shown(list: ReplayItem[], useVirtualDom: boolean): Promise<string[]> {
  return (await viewer.evaluate(
    `(async () => {
      const events = ${JSON.stringify(list)};
      const r = new player.Replayer(events, { root: document.body, showWarning: false, mouseTail: false, useVirtualDom: ${useVirtualDom} });
      r.pause(events[events.length - 1].timestamp - events[0].timestamp + 1);
      await new Promise((done) => setTimeout(done, 30));
      const was = (${look.toString()})(r.iframe.contentDocument);
      r.destroy();
      return was;
    })()`,
  )) as string[];
}

/** `live`: how the page looked at the end. */
async function same(live: string[], what = ""): Promise<void> {
  const list = expanded(events());
  assert.ok(list.length > 1);
  assert.deepEqual(await shown(list, false), live, `${what} event by event`);
  assert.deepEqual(await shown(list, true), live, `${what} after a seek`);
}

const page = (head: string, body = `<p id="a" class="a x">one</p><p id="b" class="b x"><i id="i">two</i></p>`): string =>
  `<!doctype html><html><head><title>Styles</title>${head}</head><body>${body}</body></html>`;
/** The same sheets everywhere: what differs is how they came to be. */
const BASE = ".a{color:rgb(1,2,3)}.b{color:rgb(4,5,6)}@media all{.x{padding:3px}.x i{opacity:.5}}";
/** Longer than what stands where it is used. */
const LONG = Array.from({ length: 40 }, (_, i) => `.long-${i}{margin:${i}px}`).join("");

type Act = () => unknown;
const CASES: Record<string, { html?: string; act?: Act; files?: Record<string, string> }> = {
  "insertRule and deleteRule, at the top and nested": {
    act: () => {
      const sheet = document.styleSheets[0] as CSSStyleSheet;
      sheet.insertRule(".a{margin:7px}", 0);
      sheet.insertRule(".a{color:rgb(9,9,9)}", sheet.cssRules.length);
      sheet.deleteRule(2);
      const media = sheet.cssRules[2] as CSSMediaRule;
      media.insertRule(".b{font-size:33px}", 1);
      media.deleteRule(0);
      media.insertRule("@supports (display:grid){.a{opacity:.25}}", 0);
      (media.cssRules[0] as CSSSupportsRule).insertRule(".b{background:rgb(0,9,0)}", 0);
    },
  },
  "a sheet without text, filled by script at once and later": {
    html: page(`<style id="s"></style><script>for (let i = 0; i < 500; i++) document.getElementById("s").sheet.insertRule(".r" + i + "{color:red}", i);</script>`),
    act: async () => {
      const { sheet } = document.getElementById("s") as HTMLStyleElement;
      if (!sheet) return;
      sheet.insertRule(".a{color:rgb(7,7,7)}", 250);
      await new Promise((done) => setTimeout(done, 40));
      for (let i = 0; i < 2000; i++) sheet.insertRule(`.x.n${i}{color:blue}`, sheet.cssRules.length);
      sheet.insertRule(".b{padding:11px}", 100);
    },
  },
  "a style element made and filled in one task": {
    act: () => {
      const style = document.createElement("style");
      document.head.append(style);
      for (let i = 0; i < 3; i++) style.sheet?.insertRule(`.a{margin:${i}px;color:rgb(${i},0,0)}`, i);
      style.sheet?.deleteRule(0);
    },
  },
  "the text of a style element changed, in three ways": {
    html: page(`<style id="s">${BASE}</style><style id="t">.a{margin:1px}</style><style id="u">.b{margin:1px}</style>`),
    act: async () => {
      (document.getElementById("s") as HTMLElement).textContent = ".a{color:rgb(50,0,0)}";
      document.getElementById("t")?.append(".b{font-size:22px}");
      (document.getElementById("u")?.firstChild as Text).data = ".b{margin:9px}";
      await new Promise((done) => setTimeout(done, 60));
      (document.getElementById("s") as HTMLStyleElement).sheet?.insertRule(".b{opacity:.75}", 1);
    },
  },
  "the same text again after its rules were changed": {
    html: page(`<style id="s">${BASE}</style>`),
    act: async () => {
      const style = document.getElementById("s") as HTMLStyleElement;
      style.sheet?.insertRule(".b{color:rgb(99,0,0);margin:4px}", 3);
      await new Promise((done) => setTimeout(done, 60));
      style.textContent = String(style.textContent);
      await new Promise((done) => setTimeout(done, 60));
    },
  },
  "declarations: setProperty, removeProperty, assignment, cssText, selectors, in animations": {
    html: page(`<style>${BASE}@keyframes k{from{opacity:.1}to{opacity:.2}}.x{animation:k 1s -1s paused both}</style>`),
    act: async () => {
      const { cssRules } = document.styleSheets[0] as CSSStyleSheet;
      const [a, b, media, keys] = [...cssRules] as [CSSStyleRule, CSSStyleRule, CSSMediaRule, CSSKeyframesRule];
      a.style.setProperty("color", "rgb(90, 0, 0)", "important");
      b.style.color = "rgb(0, 80, 0)";
      const kept = a.style;
      await new Promise((done) => setTimeout(done, 30));
      b.style.cssText = "margin: 12px; font-size: 21px";
      (media.cssRules[0] as CSSStyleRule).style.removeProperty("padding");
      (media.cssRules[1] as CSSStyleRule).selectorText = ".x";
      keys.appendRule("50% { opacity: .9 }");
      (keys.cssRules[1] as CSSKeyframeRule).style.opacity = "0.7";
      await new Promise((done) => setTimeout(done, 30));
      // Nothing tells of this one: it is found by comparing.
      kept.marginLeft = "17px";
      await new Promise((done) => setTimeout(done, 1100));
    },
  },
  "switched off and on": {
    html: page(`<style id="s">${BASE}</style><style id="t">.a{margin:1px}</style><link id="l" rel="stylesheet" href="/l.css"><link id="m" rel="stylesheet" href="/m.css">`),
    files: { "/l.css": ".b{background:rgb(9,0,0)}", "/m.css": ".b{margin:19px}" },
    act: async () => {
      (document.styleSheets[0] as CSSStyleSheet).disabled = true;
      (document.getElementById("t") as HTMLStyleElement).disabled = true;
      (document.getElementById("l") as HTMLLinkElement).disabled = true;
      (document.getElementById("m") as HTMLLinkElement).disabled = true;
      await new Promise((done) => setTimeout(done, 60));
      (document.getElementById("t") as HTMLStyleElement).disabled = false;
      const back = new Promise((done) => document.getElementById("m")?.addEventListener("load", done));
      (document.getElementById("m") as HTMLLinkElement).disabled = false;
      await back;
    },
  },
  "linked, late, with media, alternate, with a relative address": {
    html: page(`<link rel="stylesheet" href="/css/one.css"><link rel="stylesheet" href="/p.css" media="print"><link rel="alternate stylesheet" title="dark" href="/dark.css">
      <link id="print" rel="stylesheet" media="print" href="/later.css">`),
    files: {
      "/css/one.css": `@import "sub/two.css" screen; @import url(three.css) layer(low) supports(display: grid); .a{background:url(../img/x.png)} .long{margin:1px}`,
      "/css/sub/two.css": `.b{background:url(y.png)}`, "/css/three.css": ".a{color:rgb(3,3,3);margin:3px}",
      "/p.css": "*{color:red!important}", "/dark.css": "*{color:white!important}", "/later.css": ".a{font-size:40px}", "/new.css": ".b{color:rgb(33,44,55)}",
    },
    act: async () => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = "/new.css";
      const loaded = new Promise((done) => link.addEventListener("load", done));
      document.head.append(link);
      await new Promise((done) => setTimeout(done, 30));
      await loaded;
      (document.getElementById("print") as HTMLLinkElement).media = "all";
    },
  },
  "a linked sheet's rules changed": {
    html: page(`<link id="l" rel="stylesheet" href="/l.css">`),
    files: { "/l.css": `@import "/i.css";${BASE}${LONG}`, "/i.css": ".a{margin:2px}.b{margin:3px}" },
    act: () => {
      const { sheet } = document.getElementById("l") as HTMLLinkElement;
      (sheet?.cssRules[0] as CSSImportRule).styleSheet?.insertRule(".b{font-size:31px}", 0);
      sheet?.insertRule(".a{padding:21px}", sheet.cssRules.length);
      sheet?.deleteRule(1);
    },
  },
  "adopted: set, pushed, taken away, replaced, changed, shared": {
    html: page("", `<p id="a" class="a x">one</p><p id="b" class="b x"><i id="i">two</i></p><div id="h"></div><script>
      const early = new CSSStyleSheet(); early.replaceSync(".a{color:rgb(8,8,8)}" + ${JSON.stringify(LONG)});
      document.adoptedStyleSheets = [early];
      document.getElementById("h").attachShadow({mode: "open"}).innerHTML = "<b class='a'>in</b>";
      document.getElementById("h").shadowRoot.adoptedStyleSheets = [early];
    </script>`),
    act: async () => {
      const wait = (): Promise<unknown> => new Promise((done) => setTimeout(done, 30));
      const made = (text: string): CSSStyleSheet => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        return sheet;
      };
      const shared = made(".b{background:rgb(1,1,1)}.a{margin:1px}");
      document.adoptedStyleSheets.push(shared);
      await wait();
      const root = document.getElementById("h")?.shadowRoot as ShadowRoot;
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, shared];
      shared.insertRule(".a{padding:9px}", 2);
      await wait();
      for (let i = 0; i < 20; i++) {
        shared.insertRule(`.a{border:${i}px solid rgb(1,2,${i})}`, shared.cssRules.length);
        if (i % 5 === 0) await wait();
      }
      shared.deleteRule(0);
      (shared.cssRules[1] as CSSStyleRule).style.fontSize = "27px";
      await wait();
      const off = made("*{color:red!important}");
      off.disabled = true;
      document.adoptedStyleSheets.push(off);
      const [first] = document.adoptedStyleSheets;
      first?.replaceSync(".a{color:rgb(5,5,5)}");
      await wait();
      await shared.replace(".a{opacity:.5}.b{padding:1px}");
      const list = root.adoptedStyleSheets;
      await wait();
      list.splice(0, 1);
      const host = document.createElement("div");
      host.attachShadow({ mode: "open" }).innerHTML = "<b class='b'>late</b>";
      if (host.shadowRoot) host.shadowRoot.adoptedStyleSheets = [shared];
      document.body.append(host);
      await wait();
      // Told anew in its new place.
      document.body.prepend(host);
      await wait();
    },
  },
  "a list of adopted sheets held and changed later": {
    act: async () => {
      const list = document.adoptedStyleSheets;
      await new Promise((done) => setTimeout(done, 60));
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(".a{color:rgb(70,0,0)}");
      list.push(sheet);
      await new Promise((done) => setTimeout(done, 1100));
    },
  },
  "in frames and shadow roots": {
    html: page("", `<iframe id="f" srcdoc="<style>.a{color:rgb(3,0,0)}</style><p class='a' id='p'>in</p>"></iframe><div id="h"><template shadowrootmode="open"><style>.a{color:rgb(0,3,0)}</style><p class="a">in</p></template></div>`),
    act: async () => {
      const frame = document.getElementById("f") as HTMLIFrameElement;
      const inner = frame.contentDocument as Document & { defaultView: Window & typeof globalThis };
      inner.styleSheets[0]?.insertRule("p{margin:31px}", 0);
      const sheet = new inner.defaultView.CSSStyleSheet();
      sheet.replaceSync(".a{padding:5px}");
      inner.adoptedStyleSheets.push(sheet);
      const root = document.getElementById("h")?.shadowRoot as ShadowRoot;
      root.styleSheets[0]?.insertRule("p{margin:32px}", 0);
      (root.styleSheets[0]?.cssRules[1] as CSSStyleRule).style.color = "rgb(0, 99, 0)";
      await new Promise((done) => setTimeout(done, 60));
      frame.srcdoc = "<style>.a{color:rgb(4,0,0)}</style><p class='a'>again</p>";
      await new Promise((done) => frame.addEventListener("load", done));
      await new Promise((done) => setTimeout(done, 60));
      frame.contentDocument?.styleSheets[0]?.insertRule("p{margin:33px}", 0);
    },
  },
  "a shorthand with a variable, of which a part is overridden": {
    html: page(`<style>.a{--p:4px;padding:var(--p);padding-left:9px}.b::before{content:"\\f101 \\201C";color:red}.x{font:italic 16px/2 "A B",serif}</style>`),
  },
  "layers, containers, nesting, scopes": {
    html: page(`<style>@layer low,high;@layer high{.a{color:rgb(1,0,0)}}@layer low{.a{color:rgb(2,0,0)}}.b{container-type:inline-size;& i{color:rgb(3,0,0)}&:not(.a){margin:6px}}@container (min-width:1px){i{font-size:19px}}@scope (.b) to (.no){i{opacity:.4}}</style>`),
    act: () => {
      const { cssRules } = document.styleSheets[0] as CSSStyleSheet;
      (cssRules[1] as CSSGroupingRule).insertRule(".a{padding:2px;color:rgb(9,0,0)}", 1);
      (cssRules[3] as CSSStyleRule & CSSGroupingRule).insertRule("& i{margin:8px}", 0);
    },
  },
  "attributes that a sheet names only later": {
    html: page(`<style>[data-first=yes]{color:rgb(1,1,1)}</style>`, `<p id="a" data-first="yes" data-state="open" data-who="somebody">one</p><p id="b" data-state="shut" data-words="big red secret">two</p>`),
    act: async () => {
      const sheet = document.styleSheets[0] as CSSStyleSheet;
      sheet.insertRule("[data-state=open]{margin:9px}", 0);
      await new Promise((done) => setTimeout(done, 60));
      const style = document.createElement("style");
      style.textContent = `[data-words~="red"]{color:red}[data-words~=big]{margin:3px}[data-who]{padding:3px}[data-words="big red"]{display:none}`;
      document.head.append(style);
    },
  },
  "attributes that a shadow root asks of its host and of what is slotted": {
    html: page("", `<x-card id="h" data-tone="warm"><b id="b" data-weight="high">slotted</b><template shadowrootmode="open"><style>:host([data-tone=warm]){color:rgb(90,1,1)}::slotted([data-weight=high]){padding:3px}</style><slot></slot></template></x-card>
      <div id="late" data-tone="cold"><i id="i" data-weight="low">later</i></div>`),
    act: () => {
      const root = document.getElementById("late")?.attachShadow({ mode: "open" }) as ShadowRoot;
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(":host([data-tone=cold]){color:rgb(1,1,90)}::slotted([data-weight=low]){margin:7px}");
      root.adoptedStyleSheets = [sheet];
      root.innerHTML = "<slot></slot>";
    },
  },
  "attributes that a sheet names in the task in which a shadow root is added": {
    html: page(`<style>${BASE}</style>`, `<p id="a" data-state="open">one</p>`),
    act: () => {
      (document.styleSheets[0] as CSSStyleSheet).insertRule("[data-state=open]{margin:9px}", 0);
      const host = document.createElement("div");
      host.attachShadow({ mode: "open" }).innerHTML = "<p>in</p>";
      document.body.append(host);
    },
  },
};

for (const [name, { html, act, files }] of Object.entries(CASES))
  test(name, async () => {
    for (const [path, text] of Object.entries(files ?? {})) site.pages.set(path, text);
    const { page: p, live } = await visit(html ?? page(`<style>${BASE}</style>`), (q) => (act ? q.evaluate(act) : Promise.resolve()));
    await p.close();
    await same(live, name);
    const all = JSON.stringify(events());
    assert.ok(!/secret|somebody/.test(all));
    assert.deepEqual(site.noise.filter((n) => !/404|Failed to load/.test(n)), []);
  });

const reference = /hindsight\.css:[0-9a-f]+/g;

test("a sheet is defined once in a session, whatever page or element uses it", async () => {
  const link = `<link rel="stylesheet" href="/long.css">`;
  site.pages.set("/long.css", `${BASE}${LONG}`);
  site.pages.set("/two", page(`${link}<style>${LONG}</style>`));
  const { page: p } = await visit(page(link, `<p id="a" class="a x">one</p><script>
    const sheet = new CSSStyleSheet(); sheet.replaceSync(${JSON.stringify(LONG)}); document.adoptedStyleSheets = [sheet];
  </script>`));
  const first = events();
  assert.equal(definitions(first).length, 2);
  assert.equal(first.findIndex((e) => e.type === 4), 0);
  // Each is defined before it is named, and never stands in full beside that.
  const told = new Set<string>();
  for (const e of first) {
    if (isDefinition(e)) told.add(`hindsight.css:${(e.data.payload as Definition).id}`);
    else for (const name of JSON.stringify(e).match(reference) ?? []) assert.ok(told.has(name), name);
    if (!isDefinition(e)) assert.ok(!JSON.stringify(e).includes(".long-3"));
  }
  // The next page of the session names what was acknowledged, and so does a style element with the same rules.
  collector.arrivals.length = 0;
  await p.goto(`${site.origin}/two`);
  await collector.until("second page", () => events().some((e) => e.type === 2));
  const second = events();
  assert.deepEqual(definitions(second), []);
  const names = JSON.stringify(second.find((e) => e.type === 2)).match(reference) ?? [];
  assert.equal(names.length, 2);
  assert.deepEqual([...names].sort(), [...told].sort());
  expanded(second, definitions(first));
  // Another tab either defines them for a session of its own, or is in this one.
  const { session } = (collector.arrivals[0] as Arrival).frame.header;
  collector.arrivals.length = 0;
  const tab = await site.context().newPage();
  await tab.goto(`${site.origin}/two`);
  await collector.until("other tab", () => events().some((e) => e.type === 2));
  const alone = collector.arrivals[0]?.frame.header.session !== session;
  assert.equal(definitions(events()).length, alone ? 2 : 0);
  await p.close();
  await tab.close();
});

test("another origin's sheet stays a link, without what its address tells", async () => {
  const other = site.origin.replace("localhost", "127.0.0.1");
  site.pages.set("/far.css", ".a{color:red}");
  const { page: p, live } = await visit(page(`<link rel="stylesheet" href="${other}/far.css?user=jo">`));
  const text = JSON.stringify(events().find((e) => e.type === 2));
  assert.ok(live.some((l) => l.includes("rgb(255, 0, 0)")));
  assert.ok(text.includes(`"rel":"stylesheet"`) && text.includes(`${other}/far.css`) && !text.includes("jo") && !text.includes("_cssText"), text);
  await p.close();
});

test("thousands of rules inserted in one go are one event", async () => {
  const { page: p, live } = await visit(page(`<style id="s">.z{color:red}</style>`), (q) => q.evaluate(() => {
    const { sheet } = document.getElementById("s") as HTMLStyleElement;
    for (let i = 0; i < 5000; i++) sheet?.insertRule(`.a{margin:${i % 9}px}`, i);
  }));
  const after = events().filter((e) => e.type === 3 && [0, 8].includes(e.data.source as number));
  assert.equal(after.length, 1);
  assert.ok(JSON.stringify(after[0]).includes("hindsight.css:"));
  await same(live);
  await p.close();
});

test("what was wrapped is restored, and frozen or wrapped interfaces do no harm", async () => {
  site.before = `
    Object.freeze(CSSGroupingRule.prototype);
    window.natives = [CSSStyleSheet.prototype.insertRule, Object.getOwnPropertyDescriptor(CSSStyleRule.prototype, "style").get, FontFace].map((f) => f);
    const deleteRule = CSSStyleSheet.prototype.deleteRule;`;
  const { page: p, live } = await visit(page(`<style>${BASE}</style>`), (q) => q.evaluate(() => {
    const { prototype } = CSSStyleSheet;
    const ours = prototype.deleteRule;
    // Somebody wraps us; after the end of the recording this must still work.
    prototype.deleteRule = function (this: CSSStyleSheet, at: number) {
      ours.call(this, at);
    };
    const sheet = document.styleSheets[0] as CSSStyleSheet;
    try {
      sheet.insertRule("}", 0);
    } catch {
      // As without us.
    }
    sheet.deleteRule(0);
    (sheet.cssRules[1] as CSSMediaRule).insertRule(".a{margin:1px}", 0);
  }));
  site.before = "";
  const restored = await p.evaluate(() => {
    (document.styleSheets[0] as CSSStyleSheet).deleteRule(0);
    const now = [CSSStyleSheet.prototype.insertRule, Object.getOwnPropertyDescriptor(CSSStyleRule.prototype, "style")?.get, FontFace];
    const { natives } = window as unknown as { natives: unknown[] };
    return [(document.styleSheets[0] as CSSStyleSheet).cssRules.length, ...now.map((f, i) => f === natives[i])];
  });
  assert.deepEqual(restored, [1, true, true, true]);
  assert.ok(live.length > 3);
  // The first of what scripts change is told by the whole sheet.
  assert.ok(events().some((e) => e.type === 3 && e.data.source === 0 && JSON.stringify(e.data.attributes).includes("_cssText")));
  assert.deepEqual(site.noise, []);
  await p.close();
});

test("fonts that scripts load, by address and by bytes", async () => {
  const { page: p } = await visit(page(""), (q) => q.evaluate(() => {
    const make = (source: string | Uint8Array<ArrayBuffer>): FontFace => new FontFace("Late", source, { weight: "700" });
    const faces = [make("url(/f/late.woff2?token=a1b2)"), make(new Uint8Array([1, 2, 3])), make(new Uint8Array(100_000))];
    make("url(/never-added.woff2)");
    for (const face of faces) document.fonts.add(face);
    if (!(faces[0] instanceof FontFace)) throw new Error("not a font");
    for (const face of faces) face.loaded.catch(() => 0);
  }));
  const fonts = events().filter((e) => e.type === 3 && e.data.source === 10).map((e) => e.data);
  assert.deepEqual(fonts, [
    { source: 10, family: "Late", fontSource: `url("${site.origin}/f/late.woff2?token=")`, buffer: false, descriptors: { weight: "700" } },
    { source: 10, family: "Late", fontSource: "[1,2,3]", buffer: true, descriptors: { weight: "700" } },
  ]);
  await p.close();
});

test("seeking back shows no sheet of a later time", async () => {
  const { page: p, live } = await visit(page(`<style>${BASE}</style>`), (q) => q.evaluate(async () => {
    await new Promise((done) => setTimeout(done, 200));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".a{color:rgb(200,0,0)}");
    document.adoptedStyleSheets = [sheet];
  }));
  const list = expanded(events());
  const [end, begin] = (await viewer.evaluate(
    `(async () => {
      const events = ${JSON.stringify(list)};
      const r = new player.Replayer(events, { root: document.body, showWarning: false, mouseTail: false });
      const at = async (t) => {
        r.pause(t);
        await new Promise((done) => setTimeout(done, 30));
        return getComputedStyle(r.iframe.contentDocument.getElementById("a")).color;
      };
      const seen = [await at(events[events.length - 1].timestamp - events[0].timestamp + 1), await at(100)];
      r.destroy();
      return seen;
    })()`,
  )) as string[];
  assert.equal(end, "rgb(200, 0, 0)");
  assert.ok(live.some((l) => l.includes("rgb(200, 0, 0)")));
  assert.equal(begin, "rgb(1, 2, 3)");
  await p.close();
});
