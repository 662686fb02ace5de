/** Pages of several scopes: shadow roots, custom elements, frames, adopted sheets. */
import { click, define, type FidelityPage, run, type as keys } from "../define";

const framed = (text: string): string => `<!doctype html><html data-hindsight-unmask><head><style>p{color:rgb(100,0,100)}</style></head><body><p>${text}</p><input id=i><div id=box style='height:60px;overflow:auto'><div style='height:300px'>tall</div></div></body></html>`;

export const scopes: FidelityPage[] = [
  define("shadow", {
    css: "p{color:rgb(200,0,0)}",
    body: `<div id=a><p slot=s>slotted</p>plain</div><div id=b></div><p>outside</p>`,
    script: `const a = document.querySelector("#a").attachShadow({ mode: "open" }); a.innerHTML = "<style>p{color:rgb(0,120,0)}:host{display:block;border:1px solid}</style><p>in shadow</p><slot name=s></slot><slot></slot><div id=deep></div>";
      a.querySelector("#deep").attachShadow({ mode: "open" }).innerHTML = "<p>deeper</p>";`,
    steps: [
      run(`document.querySelector("#a").shadowRoot.querySelector("p").textContent = "changed"`),
      run(`document.querySelector("#b").attachShadow({ mode: "open" }).innerHTML = "<style>i{color:rgb(0,0,200)}</style><i>attached late</i>"`),
      run(`document.querySelector("#a").shadowRoot.querySelector("#deep").shadowRoot.innerHTML += "<p class=x>added</p>"`),
      run(`const d = document.createElement("div"); d.attachShadow({ mode: "open" }).innerHTML = "<u>before</u>"; document.body.append(d); d.shadowRoot.append("and after")`),
      run(`document.querySelector("#b").shadowRoot.append(document.querySelector("#a > p"))`),
      run(`document.body.prepend(document.querySelector("#a").shadowRoot.querySelector("#deep"))`),
    ],
  }),
  define("shadow-late", {
    body: `<section id=s></section>`,
    steps: [
      run(`const h = document.createElement("div"); h.id = "h"; document.querySelector("#s").append(h); await new Promise((r) => setTimeout(r, 30)); h.attachShadow({ mode: "open" }).innerHTML = "<p>text</p><slot></slot>"; h.append("light")`),
      run(`const h = document.querySelector("#h"); h.shadowRoot.innerHTML = "<em>replaced</em>"`),
      run(`document.querySelector("#h").remove()`),
      run(`const x = document.createElement("article"); x.innerHTML = "<div><div id=in></div></div>"; document.body.append(x); x.querySelector("#in").attachShadow({ mode: "open" }).innerHTML = "<input value=v><b>b</b>"`),
      run(`document.querySelector("#in").shadowRoot.querySelector("input").value = "set"; document.querySelector("#s").append(document.querySelector("#in"))`),
      run(`document.querySelector("#in").shadowRoot.querySelector("b").attachShadow`),
    ],
  }),
  define("declarative", {
    css: "b{color:rgb(100,0,0)}",
    body: `<article><template shadowrootmode=open><style>b{color:rgb(0,100,0)}</style><slot></slot><b>declared</b></template>light <b>words</b></article><template id=t><p>from template <i></i></p></template><ul id=u></ul><p>words <o:p>of another office</o:p> in one row</p>`,
    steps: [
      run(`const t = document.querySelector("#t"); for (let i = 0; i < 3; i++) document.querySelector("#u").append(t.content.cloneNode(true))`),
      run(`document.querySelector("article").shadowRoot.querySelector("b").textContent = "changed"`),
      run(`const d = document.createElement("div"); d.setHTMLUnsafe("<section><template shadowrootmode=open><b>parsed late</b></template></section>"); document.body.append(d)`),
      run(`document.querySelector("div section").shadowRoot.append("more")`),
      run(`document.querySelectorAll("#u p i").forEach((e, i) => e.append("n" + i)); document.querySelector("p").append(document.createElement("v:rect"), "and more")`),
      run(`document.querySelector("article").innerHTML = "<b>new</b> light"`),
    ],
  }),
  define("custom-elements", {
    css: "x-card:defined{display:block;border:1px solid rgb(0,0,99)}x-late:not(:defined){color:rgb(99,0,0)}x-late:defined{color:rgb(0,99,0)}",
    body: `<x-card name=one>light one</x-card><x-late>upgrade me</x-late><div id=d></div>`,
    script: `customElements.define("x-card", class extends HTMLElement { static observedAttributes = ["name"]; connectedCallback() { if (!this.shadowRoot) this.attachShadow({ mode: "open" }); this.draw(); } attributeChangedCallback() { this.draw(); } draw() { if (this.shadowRoot) this.shadowRoot.innerHTML = "<h4>" + this.getAttribute("name") + "</h4><slot></slot>"; } });`,
    steps: [
      run(`document.querySelector("x-card").setAttribute("name", "two")`),
      run(`document.querySelector("#d").innerHTML = "<x-card name=three><b>light</b></x-card>"`),
      run(`customElements.define("x-late", class extends HTMLElement { connectedCallback() { this.append(" upgraded"); } })`),
      run(`document.body.append(document.createElement("x-late"), Object.assign(document.createElement("x-card"), { textContent: "made" }))`),
      run(`const c = document.querySelector("x-card"); c.remove(); document.querySelector("#d").prepend(c)`),
      run(`document.querySelectorAll("x-card").forEach((c, i) => c.setAttribute("name", "n" + i))`),
    ],
  }),
  define("adopted", {
    css: "p{color:rgb(1,1,1)}",
    body: `<p class=k>words</p><div id=h></div>`,
    script: `window.sheet = new CSSStyleSheet(); sheet.replaceSync(".k{color:rgb(0,90,0)}"); document.adoptedStyleSheets = [sheet]; document.querySelector("#h").attachShadow({ mode: "open" }).innerHTML = "<p class=k>inside</p>"; document.querySelector("#h").shadowRoot.adoptedStyleSheets = [sheet];`,
    steps: [
      run(`sheet.insertRule(".k{background-color:rgb(9,200,9)}", 1)`),
      run(`sheet.cssRules[0].style.setProperty("color", "rgb(90,0,0)")`),
      run(`const s = new CSSStyleSheet(); s.replaceSync("p{font-size:20px}"); document.adoptedStyleSheets = [...document.adoptedStyleSheets, s]`),
      run(`sheet.replaceSync(".k{color:rgb(0,0,90)}")`),
      run(`document.querySelector("#h").shadowRoot.adoptedStyleSheets = []`),
      run(`sheet.deleteRule(0); document.body.append(document.querySelector("#h").shadowRoot.querySelector("p"))`),
    ],
  }),
  define("adopted-push", {
    body: `<p class=k>words</p>`,
    steps: [
      run(`window.s = new CSSStyleSheet(); s.replaceSync(".k{color:rgb(0,90,0)}"); document.adoptedStyleSheets.push(s)`),
      run(`s.insertRule(".k{font-size:22px}")`),
      run(`const t = new CSSStyleSheet(); t.insertRule(".k{background-color:rgb(200,200,0)}"); document.adoptedStyleSheets[1] = t`),
      run(`document.adoptedStyleSheets.splice(0, 1)`),
      run(`document.adoptedStyleSheets.length = 0`),
      run(`document.adoptedStyleSheets.push(s, s)`),
    ],
  }),
  define("frames", {
    body: `<iframe id=a width=300 height=120 src="inner.html"></iframe><iframe id=b width=200 height=90 srcdoc="<p>srcdoc</p>"></iframe><iframe id=c width=200 height=60></iframe>`,
    files: { "inner.html": framed("framed"), "other.html": framed("navigated") },
    steps: [
      run(`document.querySelector("#a").contentDocument.querySelector("p").textContent = "changed inside"`),
      (p) => p.frameLocator("#a").locator("#i").fill("typed in a frame"),
      run(`document.querySelector("#a").contentDocument.querySelector("#box").scrollTop = 90; document.querySelector("#c").contentDocument.body.innerHTML = "<b>filled</b>"`),
      run(`const f = document.querySelector("#a"); const loaded = new Promise((r) => { f.onload = r; }); f.src = "other.html"; await loaded`),
      run(`document.querySelector("#a").contentDocument.body.append("appended"); document.querySelector("#b").remove()`),
      run(`const f = document.createElement("iframe"); f.width = 220; f.srcdoc = "<p>late</p><iframe srcdoc='<i>nested late</i>'></iframe>"; const loaded = new Promise((r) => { f.onload = r; }); document.body.append(f); await loaded`),
      // What lies in the element itself is not shown; a change of it is told with one that is.
      run(`const f = document.querySelector("#a"); f.innerHTML = "<p><b>no frames</b></p>"; await new Promise((r) => setTimeout(r, 30)); f.firstChild.remove(); document.body.append("told together")`),
    ],
  }),
  define("frames-nested", {
    body: `<div id=w><iframe id=a width=400 height=200 srcdoc="<!doctype html><h4>outer</h4><iframe id=n width=200 height=80 srcdoc='<p>inner</p>'></iframe><div id=h></div>"></iframe></div>`,
    steps: [
      run(`const d = document.querySelector("#a").contentDocument; d.querySelector("#n").contentDocument.body.append("deep text")`),
      run(`const d = document.querySelector("#a").contentDocument; d.querySelector("#h").attachShadow({ mode: "open" }).innerHTML = "<p>shadow in frame</p>"`),
      run(`const d = document.querySelector("#a").contentDocument; const f = d.createElement("iframe"); f.width = 90; f.height = 40; d.querySelector("#h").shadowRoot.append(f); f.contentDocument.body.innerHTML = "<u>frame in shadow in frame</u>"`),
      run(`const d = document.querySelector("#a").contentDocument; d.open(); d.write("<!doctype html><p>written anew</p>"); d.close()`),
      run(`const d = document.querySelector("#a").contentDocument; d.head.append(Object.assign(d.createElement("style"), { textContent: "p{color:rgb(0,99,0)}" })); d.styleSheets[0].insertRule("p{font-size:30px}", 1)`),
      run(`const x = document.querySelector("#w"); x.remove(); document.body.prepend(x)`),
    ],
  }),
  define("linked", {
    head: `<link rel=stylesheet href="a.css"><link rel=stylesheet href="print.css" media=print><style>@import "b.css"; .i{font-size:18px}</style>`,
    files: { "a.css": ".a{color:rgb(120,0,0);background:url(p.svg)}@media (min-width:100px){.m{font-weight:700}}", "b.css": ".b{color:rgb(0,120,0)}", "c.css": ".c{color:rgb(0,0,120)}", "print.css": ".a{color:rgb(0,0,0)}", "p.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'/>" },
    body: `<p class="a m">a</p><p class="b i">b</p><p class=c>c</p>`,
    steps: [
      run(`const l = document.createElement("link"); l.rel = "stylesheet"; l.href = "c.css"; const loaded = new Promise((r) => { l.onload = r; }); document.head.append(l); await loaded`),
      run(`document.styleSheets[0].insertRule(".a{font-size:25px}", 0)`),
      run(`document.styleSheets[0].cssRules[2].insertRule(".b{font-weight:700}", 0)`),
      run(`document.head.querySelector("style").append(".b{background-color:rgb(9,9,99)}")`),
      run(`document.querySelector("link").media = "print"`),
      run(`document.querySelector("link").remove()`),
    ],
  }),
  define("typed-scopes", {
    body: `<div id=h></div><iframe id=f width=300 height=80 srcdoc="<form><input id=i><input type=checkbox id=c></form>"></iframe>`,
    script: `document.querySelector("#h").attachShadow({ mode: "open" }).innerHTML = "<input id=s><select id=z><option>1<option>2</select><div id=sc style='height:40px;overflow:auto'><div style='height:200px'>tall</div></div>"`,
    steps: [
      keys("#s", "in the shadow"),
      (p) => p.selectOption("#z", "2"),
      (p) => p.frameLocator("#f").locator("#i").fill("in the frame"),
      (p) => p.frameLocator("#f").locator("#c").check(),
      run(`document.querySelector("#h").shadowRoot.querySelector("#sc").scrollTop = 55`),
      click("#h"),
    ],
  }),
];
