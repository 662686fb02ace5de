/**
 * Style sheets, whatever way a page makes and changes them: the page that rrweb's Replayer shows looks like the live
 * one, both when it seeks (its virtual document) and when it plays event by event.
 */
import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import { build } from "esbuild";
import type { Page, Request } from "playwright-core";
import { type Arrival } from "./support/collector";
import type { ReplayItem } from "./support/frame";
import { type Definition, definitions, expanded, isDefinition } from "./support/sheets";
import { openStage } from "./support/stage";
import { BASE, CASES, LONG, page } from "./styles/cases";

declare const ROOT: string;

const { collector, site } = await openStage();
let viewer: Page;

before(async () => {
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

test("of an attribute whose value a style shows the mask is told, now and when it changes; of a sign the sign", async () => {
  const { page: p } = await visit(
    page(`<style>td::before{content:attr(data-label)}i::before{content:attr(data-icon)}</style>`,
      `<table><tr><td id="a" data-label="somebody">1</td><td data-label="">2</td></tr></table><i id="i" data-icon="\uE90A"></i>`),
    (q) => q.evaluate(async () => {
      await new Promise((done) => setTimeout(done, 200));
      (document.querySelector("#i") as HTMLElement).dataset.icon = "\uE90B";
      document.querySelector("#a")?.removeAttribute("data-label");
    }),
  );
  await p.close();
  const all = JSON.stringify(events());
  assert.ok(!all.includes("somebody"));
  for (const told of ['"data-label":"•••"', '"data-label":""', '"data-icon":"\uE90A"', '"data-icon":"\uE90B"', '"data-label":null']) assert.ok(all.includes(told), told);
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

test("a text that changes in a style is told as rules of it alone", async () => {
  const { page: p, live } = await visit(page(`<style id="s">.a{margin:1px}</style>`), (q) => q.evaluate(async () => {
    const style = document.getElementById("s") as HTMLStyleElement;
    (style.firstChild as Text).data = ".a{margin:2px}";
    await new Promise((done) => setTimeout(done, 60));
    style.append(".b{margin:3px}");
  }));
  const changes = events().filter((e) => e.type === 3 && e.data.source === 0).map((e) => e.data);
  assert.equal(changes.filter((c) => JSON.stringify(c.attributes).includes("_cssText")).length, 2);
  assert.deepEqual(changes.flatMap((c) => c.texts), []);
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

test("words of the language that look like a piece of a secret go on styling", async () => {
  const { page: p, live } = await visit(page(`<style>${BASE}</style><input type="password" id="p">`), (q) => q.evaluate(async () => {
    const field = document.getElementById("p") as HTMLInputElement;
    for (const secret of ["back", "colo", "keyf", "flex-", "medi", "padd", "span", "firs", "line", "cent", "impo"]) field.value = secret;
    const sheet = document.styleSheets[0] as CSSStyleSheet;
    const css = "@media all{span,.a:first-child{background-color:rgb(1,2,3)!important;text-align:center}}@keyframes z{from{padding:5px}}.b{display:inline-flex;justify-content:flex-start;background-image:linear-gradient(red,rgb(1,2,3));animation:z 1s -1s paused linear both}";
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    sheet.insertRule(".x{text-align:center;padding-left:7px}", 0);
    const adopted = new CSSStyleSheet();
    adopted.replaceSync("i{color:rgb(7,7,7);background-color:rgb(8,8,8)}.back-x{color:red}");
    document.adoptedStyleSheets = [adopted];
    (document.getElementById("a") as HTMLElement).style.cssText = "margin-left: 3px; background-color: rgb(9, 9, 9); animation-name: keyf";
    await new Promise((done) => setTimeout(done, 300));
  }));
  await p.close();
  await same(live);
  const all = JSON.stringify(events());
  assert.ok(all.includes("animation-name: _") && all.includes("._ { color: red; }") && !all.includes(".back-x"), "names of the page's own are not told");
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
