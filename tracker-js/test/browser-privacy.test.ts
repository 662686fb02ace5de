/**
 * What protected and masked fields hold never leaves the page, whatever the
 * page does with it: in a real browser, against the built bundle, in everything
 * that was sent, sections inflated.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { type Collector, startCollector } from "./support/collector";
import { everything, type ReplayItem } from "./support/frame";
import { type Site, startSite } from "./support/site";

let collector: Collector;
let site: Site;

const CANARY = "Zq7!xKanary";
/** Must be found by the same search, or the search proves nothing: in the snapshot, and in what changes later. */
const CONTROL = "harmless-control";
const LATE = "harmless-later";

const html = (body: string): string =>
  `<!doctype html><html><head><title>Sign in</title></head><body><p>${CONTROL}</p>${body}<button id="done">Done</button></body></html>`;

before(async () => {
  collector = await startCollector();
  site = await startSite(collector);
});
after(async () => {
  await site.close();
  await collector.close();
});
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

const type = (selector: string) => async (page: Page): Promise<void> => {
  await page.click(selector);
  await page.keyboard.type(CANARY, { delay: 5 });
};
const typeFirst = type("#p");

const CASES: Record<string, { body: string; act?: (page: Page) => Promise<unknown>; search?: string[] }> = {
  "typing into a password field": { body: `<input id="p" type="password">`, act: typeFirst },
  "a value in the HTML": { body: `<input type="password" value="${CANARY}"><form><input type="hidden" value="${CANARY}"></form>` },
  "a value in the HTML, cleared by script": {
    body: `<input id="p" type="password" value="${CANARY}"><script>p.value=""</script>`,
  },
  "set by script": { body: `<input id="p" type="password">`, act: (page) => page.evaluate((c) => {
    const p = document.querySelector("#p") as HTMLInputElement;
    p.value = c;
    p.setAttribute("value", c);
  }, CANARY) },
  "inserted later": { body: "", act: (page) => page.evaluate((c) => {
    document.body.insertAdjacentHTML("beforeend", `<input type="password" value="${c}">`);
  }, CANARY) },
  "mirrored by each key": {
    body: `<input id="p" type="password" oninput="out.textContent=this.value;out.dataset.v=this.value;out.title=this.value;
      out.setAttribute('aria-label','is '+this.value);document.title='Now '+this.value;own.setAttribute('value',this.value);
      out.className='c '+this.value;own.style.setProperty('--x','\\''+this.value+'\\'');alt.alt='of '+this.value;
      other.placeholder='was '+this.value;link.href='/x/'+this.value"><b id="out"></b><my-field id="own"></my-field>
      <img id="alt" src="/none.svg"><input id="other"><a id="link">link</a>`,
    act: typeFirst,
    search: [CANARY.slice(0, 4), CANARY.slice(0, 6)],
  },
  "mirrored, then cleared, in one task": {
    body: `<input id="p" type="password"><b id="out"></b>`,
    act: (page) => page.evaluate((c) => {
      const p = document.querySelector("#p") as HTMLInputElement;
      p.value = c;
      (document.querySelector("#out") as HTMLElement).textContent = `it was ${c}`;
      p.value = "";
    }, CANARY),
  },
  "show password, then typing": {
    body: `<input id="p" type="password"><button id="show" onclick="p.type='text'">show</button>`,
    act: async (page) => {
      await page.click("#p");
      await page.keyboard.type(CANARY.slice(0, 5));
      await page.click("#show");
      await page.click("#p");
      await page.keyboard.type(CANARY.slice(5));
      await page.keyboard.type(CANARY);
    },
    search: [CANARY.slice(0, 5), CANARY.slice(5)],
  },
  "show password with unmask": {
    body: `<div data-hindsight-unmask><input id="p" type="password"><button id="show" onclick="p.type='text'">show</button></div>`,
    act: async (page) => {
      await page.click("#show");
      await typeFirst(page);
    },
  },
  "flipped and an input event in the same task": {
    body: `<input id="p" type="password" data-hindsight-unmask>`,
    act: (page) => page.evaluate((c) => {
      const p = document.querySelector("#p") as HTMLInputElement;
      p.setAttribute("type", "text");
      p.value = c;
      p.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
    }, CANARY),
  },
  "a password only before it was inserted": {
    body: "",
    act: (page) => page.evaluate((c) => {
      const p = document.createElement("input");
      p.type = "password";
      p.value = c;
      p.type = "text";
      p.dataset.hindsightUnmask = "";
      document.body.append(p);
      p.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
    }, CANARY),
  },
  "replaced by a text field": {
    body: `<div id="box"><input id="p" type="password" data-hindsight-unmask></div>`,
    act: async (page) => {
      await typeFirst(page);
      await page.evaluate(() => {
        const p = document.querySelector("#p") as HTMLInputElement;
        const t = document.createElement("input");
        t.dataset.hindsightUnmask = "";
        t.id = "q";
        t.value = p.value;
        p.replaceWith(t);
      });
      await type("#q")(page);
    },
  },
  "text fields by autocomplete, style and mark": {
    body: `<input id="a" autocomplete="new-password" data-hindsight-unmask><input id="b" autocomplete="cc-csc" data-hindsight-unmask>
      <input id="c" style="-webkit-text-security:disc" data-hindsight-unmask><div data-hindsight-secret><input id="d" data-hindsight-unmask></div>`,
    act: async (page) => {
      for (const id of ["a", "b", "c", "d"]) await type(`#${id}`)(page);
    },
  },
  "every other field, masked by default": {
    body: `<input id="a"><textarea id="b">${CANARY}</textarea><div id="c" contenteditable>x</div>
      <select id="d"><option>one</option><option selected value="${CANARY}">two</option></select>
      <input type="radio" name="r" value="${CANARY}" checked><input type="submit" value="${CANARY}"><input type="email" value="${CANARY}">`,
    act: async (page) => {
      for (const id of ["a", "b", "c"]) await type(`#${id}`)(page);
    },
  },
  "in a shadow root and a same-origin frame": {
    body: `<div id="host"></div><iframe srcdoc='<input id="f" type="password" value="${CANARY}" oninput="document.title=this.value"><i id="o"></i>'></iframe>
      <script>host.attachShadow({mode:"open"}).innerHTML='<input id="s" type="password"><b></b>';
      host.shadowRoot.querySelector("input").oninput=(e)=>{host.shadowRoot.querySelector("b").textContent=e.target.value}</script>`,
    act: async (page) => {
      await type("#s")(page);
      const frame = page.frames()[1];
      await frame?.click("#f");
      await page.keyboard.type(CANARY);
      await frame?.evaluate(() => ((document.querySelector("#o") as HTMLElement).textContent = (document.querySelector("#f") as HTMLInputElement).value));
    },
  },
  "addresses, attributes and marked regions": {
    body: `<a href="/x?key=${CANARY}#${CANARY}">a</a><img src="/none.svg?u=${CANARY}"><p class="ph-mask">${CANARY}</p><p data-private>${CANARY}</p>
      <p class="rr-block">${CANARY}</p><p data-user="${CANARY}" onclick="'${CANARY}'" aria-label="${CANARY}" title="${CANARY}">p</p>
      <!-- ${CANARY} --><noscript>${CANARY}</noscript><script>var c = "${CANARY}"</script><meta name="csrf" content="${CANARY}">`,
    act: (page) => page.evaluate((c) => {
      history.replaceState({}, "", `?x=${c}#${c}`);
      (document.querySelector("p[data-user]") as HTMLElement).dataset.user = `${c}2`;
    }, CANARY),
  },
};

for (const [name, { body, act, search = [] }] of Object.entries(CASES))
  test(`never leaves: ${name}`, async () => {
    site.pages.set("/", html(body));
    const page = await site.open("/");
    await recorded(page);
    await act?.(page);
    const all = await finish(page);
    for (const part of [CANARY, encodeURIComponent(CANARY), ...search])
      assert.ok(!all.includes(part), `${part} left: …${all.slice(Math.max(0, all.indexOf(part) - 300), all.indexOf(part) + 50)}…`);
    for (const item of replay()) if (item.type === 3 && item.data.source === 5) assert.ok(["", "on", "•••"].includes(String(item.data.text)), JSON.stringify(item));
  });

test("passwords of other letters and lengths make the same events", async () => {
  site.pages.set("/", html(`<input id="p" type="password" style="width:40px"><input id="m" style="width:40px">`));
  const runs: string[] = [];
  for (const word of ["aB3$", "a-much-longer-Pass/phrase of words"]) {
    collector.arrivals.length = 0;
    await site.forget();
    const page = await site.open("/");
    await recorded(page);
    for (const id of ["#p", "#m"]) {
      await page.click(id);
      // Not the same word: a field that receives a secret is protected too.
      await page.keyboard.type(id === "#p" ? word : [...word].reverse().join(""));
    }
    await finish(page);
    const events = replay().filter((e) => e.type === 3 && e.data.source !== 1);
    runs.push(JSON.stringify(events.map((e) => e.data)));
    const typed = collector.arrivals.flatMap((a) => a.frame.signals?.signals ?? []).filter((s) => s.k === "typing");
    assert.deepEqual([...new Set(typed.map((s) => s.el))], ["input#m"]);
  }
  assert.equal(runs[0], runs[1]);
  assert.ok(runs[0]?.includes('"text":"•••"'), "the masked field tells that it is not empty");
});

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
    [Element.prototype.attachShadow, CSSStyleSheet.prototype.insertRule, CSSStyleDeclaration.prototype.setProperty,
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set]
      .filter((f) => !/native code/.test(String(f))).length);
  assert.equal(wrapped, 0);
});
