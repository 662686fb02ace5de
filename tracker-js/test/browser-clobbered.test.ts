/**
 * Forms show their fields under the fields' names, before what every element has: `form.parentElement` may be an input.
 * Nothing of the tracker runs for ever on such a form, throws there, or takes a secret for none.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { everything } from "./support/frame";
import { type S, signals } from "./support/signals";
import { openStage } from "./support/stage";

const { collector, site } = await openStage();
const of = (k: string): S[] => signals(collector.arrivals, k);

beforeEach(() => {
  site.snippet = 'data-consent="none"';
  site.noise = [];
  collector.arrivals.length = 0;
});
afterEach(async () => {
  assert.deepEqual(site.noise.filter((n) => !n.startsWith("verbose")), []);
  await site.forget();
});

/** Groups of names that a form's fields may have: what leads from node to node, what is asked of each, and what pages really use. */
const GROUPS: Record<string, string> = {
  upwards: "parentElement parentNode assignedSlot getRootNode host ownerDocument closest contains isConnected",
  downwards: "children childNodes firstChild lastChild firstElementChild querySelector querySelectorAll shadowRoot elements textContent",
  sideways: "nextSibling previousSibling nextElementSibling",
  itself: "localName tagName nodeName nodeType namespaceURI attributes matches classList className baseURI getBoundingClientRect isContentEditable",
  usual: "id name type value title style action method options children data host open form checked selected disabled rel sheet",
};

const page = (names: string[]): string => `<!doctype html><html data-hindsight-unmask><head><title>Clobbered</title></head><body><main>
  <form id="f">${names.map((n) => `<input name="${n}">`).join("")}<input id="pw" type="password"><input id="one"><button type="button" id="go">Press</button></form>
  <p id="after">after the form</p></main>
  <script>go.onclick = () => { pw.type = "text"; const p = document.createElement("p"); p.textContent = "it is " + pw.value; document.body.append(p);
    const q = document.createElement("p"); q.textContent = "made later"; document.body.append(q);
    setTimeout(() => { Element.prototype.setAttribute.call(f, "class", "rr-mask"); after.textContent = "marked meanwhile"; }); }</script></body></html>`;

for (const [what, names] of Object.entries(GROUPS))
  test(`a form with fields named like what leads ${what}: ${names}`, async () => {
    site.pages.set("/", page(names.split(" ")));
    const tab = await site.open("/");
    await collector.until("snapshot", (all) => all.some((a) => a.frame.replay?.some((e) => e.type === 2)));
    // By keyboard and scripts: what drives the browser asks elements, too.
    await tab.evaluate(() => (document.querySelector("#pw") as HTMLElement).focus());
    await tab.keyboard.type("Kanarienvogel");
    await tab.keyboard.press("Tab");
    await tab.keyboard.type("open words");
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Enter");
    await collector.until("the click", () => of("click").some((c) => /button#go$/.test(String(c.el))));
    await collector.until("what was made later", (all) => /made later/.test(everything(all.map((a) => a.frame))));
    // A mark has the form told anew, with all in it that shows slots.
    await collector.until("what changed with a mark", (all) => /marked meanwhile/.test(everything(all.map((a) => a.frame))));
    const text = everything(collector.arrivals.map((a) => a.frame));
    assert.ok(!/Kanari/.test(text), "the secret stayed");
    assert.ok(text.includes("after the form"), "what follows the form is told");
  });
