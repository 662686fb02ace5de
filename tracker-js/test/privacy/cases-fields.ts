/** Fields that hold a secret, and every way into them. */
import { type Case, cases, halves, into, OPEN, settle } from "./case";

const field = `<input id="p" type="password">`;
const open = `<input id="p" type="password" ${OPEN}>`;

/** Ways to show what a field holds, and to take its marks away. */
const FLIPS = [
  "p.type=p.type=='text'?'password':'text'", "p.setAttribute('type','text')", "p.removeAttribute('type')", "p.attributes.type.value='text'",
  "p.autocomplete='off';p.type='text'",
];

const AUTOCOMPLETE = "current-password new-password one-time-code cc-number cc-csc cc-exp cc-exp-month cc-exp-year".split(" ");

export const FIELDS: Case[] = cases(
  { name: "typing into a password field", body: () => field, act: into("#p") },
  {
    name: "selecting, correcting and scrolling in a password field",
    body: () => `<input id="p" type="password" style="width:40px">`,
    act: async (page, secret) => {
      await into("#p")(page, secret);
      for (const key of ["Shift+ArrowLeft", "Shift+ArrowLeft", "Home", "End", "Backspace"]) await page.press(key);
      await page.type(secret.slice(-1));
    },
  },
  {
    name: "paste into a password field and a text field",
    body: (s) => `<button id="copy" onclick="const t=document.createElement('textarea');t.value=${s.js};this.after(t);t.select();document.execCommand('copy');t.remove()">copy</button>${field}<input id="q">`,
    act: async (page) => {
      await page.click("#copy");
      for (const id of ["#p", "#q"]) {
        await page.click(id);
        await page.press("Control+V");
      }
      // Who leaves a field while changes are held back is not told.
      await settle(page);
    },
    totals: true,
  },
  {
    name: "filled in by the browser, which no setter sees",
    body: () => `${open}<input id="q" autocomplete="cc-number" ${OPEN}>`,
    act: (page, secret) => page.eval((s) => {
      for (const f of document.querySelectorAll("input")) {
        f.setRangeText(s);
        f.dispatchEvent(new Event("input", { bubbles: true }));
        f.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }, secret),
  },
  {
    name: "a value in the HTML",
    body: (s) => `<input type="password" value="${s.html}"><form><input type="hidden" value="${s.html}"></form>`,
  },
  {
    name: "a value in the HTML, cleared by script, and mirrored before it",
    body: (s) => `<p title="${s.html}">it is ${s.html}</p><input id="p" type="password" value="${s.html}"><script>p.value=""</script>`,
  },
  {
    name: "inserted later with a value, in the page and in a frame",
    body: () => `<iframe srcdoc="<p>frame</p>"></iframe>`,
    act: (page, secret) => page.eval((s) => {
      for (const doc of [document, document.querySelector("iframe")?.contentDocument]) {
        const p = doc?.createElement("input") as HTMLInputElement;
        p.type = "password";
        p.setAttribute("value", s);
        doc?.body.append(p, `of ${s}`);
      }
    }, secret),
  },
  {
    name: "set by script, as property and attribute",
    body: () => `${field}<i id="out"></i>`,
    act: (page, secret) => page.eval((s) => {
      const p = document.querySelector("#p") as HTMLInputElement;
      p.setAttribute("value", s);
      p.setAttribute("value", "");
      p.value = s;
      p.value = "";
      (document.querySelector("#out") as HTMLElement).textContent = `first ${s}`;
    }, secret),
  },
  {
    name: "text fields by their autocomplete",
    body: () => AUTOCOMPLETE.map((value) => `<input id="${value}" autocomplete="section-x ${value}" oninput="out.textContent='now '+this.value" ${OPEN}>`).join("") + `<i id="out"></i>`,
    act: async (page, secret) => {
      for (const value of AUTOCOMPLETE) await into(`#${value}`)(page, secret);
    },
  },
  {
    name: "a select with autocomplete cc-exp-month",
    body: (s) => `<select id="p" autocomplete="cc-exp-month" ${OPEN}><option>01</option><option value="${s.html}">02</option></select>`,
    act: (page, secret) => page.eval((s) => {
      const p = document.querySelector("#p") as HTMLSelectElement;
      p.value = s;
      p.dispatchEvent(new Event("change", { bubbles: true }));
    }, secret),
  },
  {
    name: "dots by style: inline, by a sheet, by a sheet that comes later, in a contenteditable",
    body: () => `<style>.dots{-webkit-text-security:disc}</style><input id="a" style="-webkit-text-security:disc" ${OPEN}>
      <input id="b" class="dots" ${OPEN}><input id="c" class="later" ${OPEN}><div id="d" class="dots" contenteditable ${OPEN}>x</div>`,
    act: async (page, secret) => {
      await page.eval((css) => document.head.insertAdjacentHTML("beforeend", css), "<style>.later{-webkit-text-security:square}</style>");
      for (const id of ["#a", "#b", "#c", "#d"]) await into(id)(page, secret);
    },
  },
  {
    name: "named by the site: a field, a form, an area, a host, writing",
    body: (s) => `<input id="a" data-hindsight-secret ${OPEN}><form data-hindsight-secret ${OPEN}><input id="b"></form>
      <textarea id="c" data-hindsight-secret ${OPEN}>${s.html}</textarea><div id="d" data-hindsight-secret contenteditable ${OPEN}>x</div>
      <div id="host" data-hindsight-secret ${OPEN}></div><p data-hindsight-secret ${OPEN}>${s.html}</p>
      <script>host.attachShadow({mode:"open"}).innerHTML="<input ${OPEN}>"</script>`,
    act: async (page, secret) => {
      for (const id of ["#a", "#b", "#c", "#d"]) await into(id)(page, secret);
      await page.eval(() => document.querySelector("#host")?.shadowRoot?.querySelector("input")?.focus(), null);
      await page.type(secret);
    },
  },
  {
    name: "every other field, masked by default",
    body: (s) => `<input id="a"><textarea id="b">${s.html}</textarea><div id="c" contenteditable>x</div>
      <select id="d"><option>one</option><option selected value="${s.html}">two</option></select>
      <input type="radio" name="r" value="${s.html}" checked><input type="checkbox" value="${s.html}" checked>
      <input type="submit" value="${s.html}"><input type="email" value="${s.html}"><input type="hidden" value="${s.html}">`,
    act: async (page, secret) => {
      for (const id of ["#a", "#b", "#c"]) await into(id)(page, secret);
    },
    totals: true,
  },
  {
    name: "a choice that the browser copies into the page",
    body: () => `<style>select,::picker(select){appearance:base-select}</style>
      <select id="d" style="width:200px"><button><selectedcontent></selectedcontent></button>${[..."abcdefghijk"].map((c) => `<option value="${c}">choice ${c}</option>`).join("")}</select>`,
    act: (page, secret) => page.eval((n) => {
      const d = document.querySelector("#d") as HTMLSelectElement;
      d.selectedIndex = n;
      d.dispatchEvent(new Event("input", { bubbles: true }));
    }, 1 + (secret.length % 10)),
    shows: "choice k",
  },
  {
    name: "boxes for one key each",
    body: () => `<div id="boxes"></div><script>for(let i=0;i<40;i++){const b=document.createElement("input");b.maxLength=1;
      b.autocomplete="one-time-code";b.style.width="1em";b.oninput=()=>{b.className="full";b.nextElementSibling?.focus()};boxes.append(b)}</script>`,
    act: async (page, secret) => {
      await page.eval(() => document.querySelector<HTMLElement>("#boxes input")?.focus(), null);
      await page.type(secret);
    },
    derived: "the page moves the focus to another box with each key",
  },
);

export const SHOWN: Case[] = cases(
  { name: "show password, then typing on", body: () => `${field}<button id="show" onclick="p.type='text'">show</button>`, act: halves("#show") },
  {
    name: "shown, unmasked by the site, again and again, in every way",
    body: () => FLIPS.map((flip, i) => `<div ${OPEN}><input id="p${i}" type="password" autocomplete="new-password" ${OPEN}>
      <button id="show${i}" onclick="const p=p${i};${flip}">show</button></div>`).join(""),
    act: async (page, secret) => {
      for (const i of FLIPS.keys()) await halves(`#show${i}`, `#p${i}`)(page, secret);
      for (let n = 0; n < 3; n++) {
        // Flips that follow at once are told as one.
        await page.click("#show0");
        await settle(page);
      }
    },
  },
  {
    name: "flipped and an input event in the same task",
    body: () => open,
    act: (page, secret) => page.eval((s) => {
      const p = document.querySelector("#p") as HTMLInputElement;
      p.setAttribute("type", "text");
      p.value = s;
      p.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
    }, secret),
  },
  {
    name: "value attribute set, then flipped, in one task",
    body: () => open,
    act: (page, secret) => page.eval((s) => {
      const p = document.querySelector("#p") as HTMLInputElement;
      p.setAttribute("value", s);
      p.type = "text";
      p.title = s;
    }, secret),
  },
  {
    name: "a password only before it was inserted",
    body: () => `<template id="t">${open}</template>`,
    act: (page, secret) => page.eval((s) => {
      const made = document.createElement("input");
      made.type = "password";
      const written = document.createElement("input");
      written.setAttribute("type", "password");
      const cloned = (document.querySelector("#t") as HTMLTemplateElement).content.cloneNode(true).firstChild as HTMLInputElement;
      const parsed = new DOMParser().parseFromString(`<input type="password">`, "text/html").querySelector("input") as HTMLInputElement;
      for (const p of [made, written, cloned, parsed]) {
        p.value = s;
        p.setAttribute("value", s);
        if (p === written) p.setAttribute("type", "text");
        else p.type = "text";
        p.dataset.hindsightUnmask = "";
        document.body.append(p);
        p.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
      }
    }, secret),
  },
  {
    name: "flipped while no document held the text that made it",
    body: (s) => `<template id="t"><input type="password" value="${s.html}" ${OPEN}></template><div id="box"></div><b id="b"></b><button id="go">go</button>
      <script>const box=document.querySelector("#box");go.onclick=()=>{const d=document.createElement("div");d.innerHTML=t.innerHTML;const f=d.firstChild;f.removeAttribute("type");box.append(f);b.textContent="has "+f.value}</script>`,
    act: async (page) => {
      await page.click("#go");
      await settle(page);
    },
  },
  {
    name: "flipped before the recording began",
    snippet: 'data-consent="required"',
    body: () => open,
    before: async (page, secret) => {
      await into("#p")(page, secret);
      await page.eval(() => {
        (document.querySelector("#p") as HTMLInputElement).type = "text";
        window.hindsight?.("consent", true);
      }, null);
    },
    act: into("#p"),
  },
  {
    name: "flipped while the recording was stopped",
    body: () => open,
    act: async (page, secret) => {
      await page.eval(() => window.hindsight?.("stop"), null);
      await into("#p")(page, secret);
      await page.eval(() => {
        (document.querySelector("#p") as HTMLInputElement).type = "text";
        window.hindsight?.("start");
      }, null);
      await into("#p")(page, secret);
    },
  },
);

/** Another element takes the field's place, or its value: `p` is the field, `q` a new one. */
const WAYS = [
  "q.value=p.value;p.replaceWith(q)", "p.replaceWith(q)", "const at=p.parentNode;p.remove();setTimeout(()=>at.append(q))", "p.before(q);p.remove()",
  "const c=p.cloneNode();c.id=q.id;c.type='text';p.replaceWith(c)", "p.outerHTML=p.outerHTML.replace('password','text').replace(p.id,q.id)",
  "q.value=p.value;const s=document.createElement('span');s.append(q);p.parentNode.replaceWith(s)",
  "p.closest('div').innerHTML='<span><input id='+q.id+' data-hindsight-unmask></span>'",
];

export const REPLACED: Case[] = cases(
  {
    name: "replaced by another field, in every way",
    body: () => WAYS.map((way, i) => `<div><span><input id="p${i}" type="password" ${OPEN}></span></div><button id="show${i}" onclick="const p=p${i},q=document.createElement('input');
      q.setAttribute('${OPEN}','');q.id='q${i}';${way}">show</button>`).join(""),
    act: async (page, secret) => {
      for (const i of WAYS.keys()) {
        await into(`#p${i}`)(page, secret.slice(0, Math.ceil(secret.length / 2)));
        await page.click(`#show${i}`);
        await settle(page);
        await into(`#q${i}`)(page, secret);
      }
    },
  },
  {
    name: "two fields, one above the other, the password's value copied into the text",
    body: () => `${open}<input id="q" ${OPEN}><script>p.oninput=()=>{q.value=p.value}</script>`,
    act: async (page, secret) => {
      await into("#p")(page, secret);
      await into("#q")(page, secret);
    },
  },
  {
    name: "two fields, one above the other, the text copied into the password",
    body: () => `${open}<input id="q" ${OPEN}><script>q.oninput=()=>{p.value=q.value}</script>`,
    act: into("#q"),
  },
  {
    name: "a text area that receives the value of a password, which a script then cuts",
    body: (s) => `<input id="p" type="password" value="${s.html}"><textarea id="q" ${OPEN}></textarea><button id="copy" onclick="q.value=p.value">copy</button>
      <button id="cut" onclick="q.value=q.value.slice(1,-1)">cut</button>`,
    act: async (page) => {
      for (const button of ["#copy", "#cut"]) {
        await page.click(button);
        await settle(page);
      }
    },
  },
  {
    name: "a PIN as a number among the properties of an event",
    secrets: ["482159", "90617436"],
    body: (s) => `<input id="p" type="password" value="${s.html}"><button id="go" onclick="hindsight('event','paid',{pin:Number(p.value),sum:12.5});hindsight('set',{pin:+p.value});hindsight('identify','me',{pin:+p.value})">go</button>`,
    shows: "12.5",
    act: async (page) => {
      await page.click("#go");
      await settle(page);
    },
  },
  {
    name: "the host of an address, and what stands in its protocol's place",
    secrets: ["kanarienvogel", "zaunkoenig"],
    body: (s) => `<input id="p" type="password" value="${s.html}"><div id="box"></div><button id="go">go</button><script>go.onclick=()=>{const v=p.value;
      box.innerHTML='<a href="https://'+v+'.example/x">l</a><a href="https://'+v+'">l</a><a href="'+v+':foo">l</a><img src="https://a.'+v+'.example/x.png"><a href="https://shown.example/y">l</a>';
      hindsight("event",v+".example")}</script>`,
    shows: "shown.example",
    act: async (page) => {
      await page.click("#go");
      await settle(page);
    },
  },
  {
    name: "rendered anew with each key",
    body: () => `<div id="box"></div><script>let v="";const draw=()=>{box.innerHTML='<input id="p" type="password"><b></b>';p.value=v;
      box.lastChild.textContent="has "+v;p.oninput=()=>{v=p.value;draw();p.focus()}};draw()</script>`,
    act: into("#p"),
  },
);
