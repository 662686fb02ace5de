/** Secrets in shadow roots, in frames, in regions that are marked, and in what a page's markup holds. */
import { type Case, cases, forgotten, OPEN, settle } from "./case";

/** Which of two is chosen: with the one secret the first, with the other the second. */
const which = (secret: string): number => Number(secret.length > 9);

export const PLACES: Case[] = cases(
  {
    name: "in shadow roots: there before the script, nested, attached later",
    body: (s) => `<div id="early"><template shadowrootmode="open"><b>${s.html}</b><input type="password" value="${s.html}"></template></div><div id="host"></div>
      <script>host.attachShadow({mode:"open"}).innerHTML='<div></div><b></b>';
      host.shadowRoot.firstChild.attachShadow({mode:"open"}).innerHTML='<input type="password" ${OPEN}><b></b>'</script>`,
    act: async (page, secret) => {
      await page.eval(() => {
        const late = document.createElement("div");
        late.id = "late";
        document.body.append(late);
        setTimeout(() => {
          late.attachShadow({ mode: "open" }).innerHTML = `<input type="password" data-hindsight-unmask><b></b>`;
          const inner = (document.querySelector("#host") as HTMLElement).shadowRoot?.firstElementChild?.shadowRoot;
          for (const root of [inner, late.shadowRoot]) {
            const p = root?.querySelector("input") as HTMLInputElement;
            p.oninput = () => ((root?.querySelector("b") as HTMLElement).textContent = `is ${p.value}`);
          }
        });
      }, null);
      await settle(page);
      for (const where of ["host", "late", "early"]) {
        await page.eval((id) => {
          const root = document.querySelector(`#${id}`)?.shadowRoot as ShadowRoot;
          (root.firstElementChild?.shadowRoot ?? root).querySelector("input")?.focus();
        }, where);
        await page.type(secret);
        await page.eval((id) => {
          const root = document.querySelector(`#${id}`)?.shadowRoot as ShadowRoot;
          const p = (root.firstElementChild?.shadowRoot ?? root).querySelector("input") as HTMLInputElement;
          p.type = "text";
        }, where);
        await page.type(secret);
      }
    },
  },
  {
    name: "in a closed shadow root, mirrored outside",
    body: () => `<my-pass id="h" type="password">Label</my-pass><b id="out"></b><script>const r=h.attachShadow({mode:"closed"});r.innerHTML='<input>';
      h.focus=()=>r.firstChild.focus();Object.defineProperty(h,"value",{get:()=>r.firstChild.value});
      r.firstChild.oninput=()=>{out.textContent="it is "+h.value;h.setAttribute("value",h.value)}</script>`,
    act: async (page, secret) => {
      await page.eval(() => (document.querySelector("#h") as HTMLElement).focus(), null);
      await page.type(secret);
    },
  },
  ...["at once", "later"].map((when): Case => ({
    name: `in a closed shadow root that nothing marks, attached ${when}, mirrored outside`,
    body: () => `<my-pass id="h"></my-pass><b id="out">x</b><script>const make=()=>{const r=h.attachShadow({mode:"closed"});r.innerHTML='<input type="password">';
      h.focus=()=>r.firstChild.focus();Object.defineProperty(h,"value",{get:()=>r.firstChild.value});r.firstChild.oninput=()=>{out.textContent="it is "+h.value}};
      ${when === "at once" ? "make()" : "addEventListener('load',()=>setTimeout(make,200))"}</script>`,
    act: async (page, secret) => {
      await page.eval(() => new Promise((done) => setTimeout(done, 400)), null);
      await page.eval(() => (document.querySelector("#h") as HTMLElement).focus(), null);
      await page.type(secret);
      await forgotten(page);
      await page.eval(() => void ((document.querySelector("#out") as HTMLElement).textContent += "."), null);
    },
  })),
  ...["type", "compose"].map((way): Case => ({
    name: `in the closed shadow root of an element that tells its form, ${way === "type" ? "typed" : "composed"}, mirrored outside`,
    body: () => `<form><my-pass id="h"></my-pass></form><b id="out">x</b><script>customElements.define("my-pass",class extends HTMLElement{static formAssociated=true;
      #own=this.attachInternals();#root=this.attachShadow({mode:"closed"});
      connectedCallback(){const r=this.#root;r.innerHTML='<input>';r.firstChild.oninput=()=>{this.#own.setFormValue(this.value);${way === "type" ? 'out.textContent="it is "+this.value' : ""}}}
      focus(){this.#root.firstChild.focus()}get value(){return this.#root.firstChild.value}get form(){return this.#own.form}})</script>
      <button id="go" style="position:fixed;left:400px;top:0" onclick="out.textContent='is '+h.value">show</button>`,
    act: async (page, secret) => {
      await page.eval(() => (document.querySelector("#h") as HTMLElement).focus(), null);
      await page[way as "type" | "compose"](secret);
      await page.click("#done");
      await forgotten(page);
      await page.click("#go");
      await settle(page);
    },
  })),
  {
    name: "a custom element with a value attribute",
    body: (s) => `<my-field id="own" value="${s.html}"></my-field><script>own.attachShadow({mode:"open"}).innerHTML='<input type="password">';
      own.shadowRoot.firstChild.oninput=(e)=>own.setAttribute("value",e.target.value)</script>`,
    act: async (page, secret) => {
      await page.eval(() => document.querySelector("#own")?.shadowRoot?.querySelector("input")?.focus(), null);
      await page.type(secret);
    },
  },
  {
    name: "in same-origin frames: at once, nested, late, written",
    body: (s) => `<iframe srcdoc='<input id="p" type="password" value="${s.html.replace(/&/g, "&amp;")}" ${OPEN}><i></i><iframe srcdoc="<input id=p type=password ${OPEN}><i></i>"></iframe>'></iframe>`,
    act: async (page, secret) => {
      await page.eval(async () => {
        const late = document.createElement("iframe");
        late.srcdoc = `<input id="p" type="password" data-hindsight-unmask><i></i>`;
        const written = document.createElement("iframe");
        const loaded = new Promise((done) => (late.onload = done));
        document.body.append(late, written);
        const doc = written.contentDocument as Document;
        doc.open();
        doc.write(`<!doctype html><input id="p" type="password" data-hindsight-unmask><i></i>`);
        doc.close();
        await loaded;
        // Both visits are to tell the frames before anything is typed, after which it would wait.
        await new Promise((done) => setTimeout(done, 500));
      }, null);
      const frames = await page.eval(() => document.querySelectorAll("iframe").length, null);
      for (let i = 0; i <= frames; i++) {
        const focus = (at: number): void => {
          const all = [...document.querySelectorAll("iframe")];
          const nested = all[0]?.contentDocument?.querySelector("iframe") as HTMLIFrameElement;
          const doc = [...all, nested][at]?.contentDocument as Document;
          const p = doc.querySelector("#p") as HTMLInputElement;
          if (p.value) p.type = "text";
          else p.oninput = () => ((doc.querySelector("i") as HTMLElement).textContent = doc.title = `is ${p.value}`);
          doc.defaultView?.focus();
          p.focus();
        };
        await page.eval(focus, i);
        await page.type(secret);
        await page.eval(focus, i);
        await page.type(secret);
      }
    },
  },
  {
    name: "in frames of shadow roots, before the recording begins: at once, nested, late, in a root attached later, in a closed one",
    snippet: 'data-consent="required"',
    body: () => `<div id="h"></div><div id="later"></div><div id="closed"></div><script>
      var field = '<input id="p" type="password" ${OPEN}><i></i>';
      var inner = "<div id=in></div><script>window.in.attachShadow({mode:'open'}).innerHTML='<iframe></iframe>'<\\/script>";
      var frame = (root, html) => { const f = document.createElement("iframe"); root.append(f); f.srcdoc = html; return f; };
      var all = [frame(h.attachShadow({ mode: "open" }), field + inner)];
      </script>`,
    before: async (page, secret) => {
      await page.eval(async () => {
        const { all, frame, field } = window as unknown as { all: HTMLIFrameElement[]; frame: (root: Node, html: string) => HTMLIFrameElement; field: string };
        const pause = (): Promise<unknown> => new Promise((done) => setTimeout(done, 200));
        await pause();
        const own = all[0]?.contentDocument?.querySelector("#in")?.shadowRoot as ShadowRoot;
        const [late, closed] = ["#later", "#closed"].map((id) => document.querySelector(id) as HTMLElement) as [HTMLElement, HTMLElement];
        (own.firstChild as HTMLIFrameElement).srcdoc = field;
        all.push(own.firstChild as HTMLIFrameElement);
        all.push(frame(document.querySelector("#h")?.shadowRoot as ShadowRoot, field));
        all.push(frame(late.attachShadow({ mode: "open" }), field), frame(closed.attachShadow({ mode: "closed" }), field));
        await pause();
      }, null);
      for (const at of [0, 1, 2, 3, 4]) {
        await page.eval((i) => {
          const doc = (window as unknown as { all: HTMLIFrameElement[] }).all[i]?.contentDocument as Document;
          doc.defaultView?.focus();
          (doc.querySelector("#p") as HTMLElement).focus();
        }, at);
        await page.type(secret);
        await page.eval((i) => {
          const doc = (window as unknown as { all: HTMLIFrameElement[] }).all[i]?.contentDocument as Document;
          const p = doc.querySelector("#p") as HTMLInputElement;
          if (!p.value) throw new Error("nothing was typed");
          (doc.querySelector("i") as HTMLElement).textContent = `is ${p.value}`;
          p.type = "text";
        }, at);
      }
      await page.eval(() => window.hindsight?.("consent", true), null);
    },
  },
  {
    name: "in the document of an object, which the page shows beside it",
    body: () => `<object id="o" width="300" height="60"></object><p id="m"></p><script>
      o.type = "text/html"; o.data = URL.createObjectURL(new Blob(["<input id=p type=password>"], { type: "text/html" }));</script>`,
    act: async (page, secret) => {
      await page.eval(async () => {
        const object = document.querySelector("#o") as HTMLObjectElement;
        while (!object.contentDocument?.querySelector("#p")) await new Promise((done) => setTimeout(done, 20));
        object.contentDocument.defaultView?.focus();
        (object.contentDocument.querySelector("#p") as HTMLElement).focus();
      }, null);
      await page.type(secret);
      await page.eval(() => {
        const value = ((document.querySelector("#o") as HTMLObjectElement).contentDocument?.querySelector("#p") as HTMLInputElement).value;
        if (!value) throw new Error("nothing was typed");
        (document.querySelector("#m") as HTMLElement).textContent = `is ${value}`;
      }, null);
    },
  },
  {
    name: "in the document of an <embed>, which the page shows beside it",
    body: () => `<embed id="o" width="300" height="60" type="text/html"><p id="m"></p><script>
      o.src = URL.createObjectURL(new Blob(["<input id=p type=password>"], { type: "text/html" }));</script>`,
    act: async (page, secret) => {
      await page.eval(async () => {
        while (!window[0]?.document.querySelector("#p")) await new Promise((done) => setTimeout(done, 20));
        window[0].focus();
        (window[0].document.querySelector("#p") as HTMLElement).focus();
      }, null);
      await page.type(secret);
      await page.eval(() => {
        const { value } = window[0]?.document.querySelector("#p") as HTMLInputElement;
        if (!value) throw new Error("nothing was typed");
        (document.querySelector("#m") as HTMLElement).textContent = `is ${value}`;
      }, null);
    },
  },
  {
    name: "put in by setRangeText or as the default, shown elsewhere and taken out at once",
    body: () => `<input id="p" type="password"><input id="q" type="password"><p id="m"></p><p id="n"></p>`,
    act: (page, secret) =>
      page.eval((text) => {
        const [p, q, m, n] = ["p", "q", "m", "n"].map((id) => document.getElementById(id)) as [HTMLInputElement, HTMLInputElement, HTMLElement, HTMLElement];
        p.setRangeText(text);
        m.textContent = `is ${p.value}`;
        p.setRangeText("", 0, 99);
        q.defaultValue = text;
        n.textContent = `is ${q.value}`;
        q.defaultValue = "";
      }, secret),
  },
  {
    name: "in what slots show inside marked regions of a shadow tree: at once, attached late, marked late, passed on, a field",
    body: (s) => `<x-a><b>${s.html}</b>${s.html}<i slot="n" style="display:block;width:50px;height:20px;overflow:hidden">${s.html}</i></x-a><x-late>held</x-late><x-later><u>open</u></x-later><x-field><input data-hindsight-unmask></x-field>
      <script>const shade=(e,h)=>document.querySelector(e).attachShadow({mode:"open"}).innerHTML=h;
      shade("x-a","<x-in><slot></slot></x-in><div class=rr-block><slot name=n></slot></div>");
      document.querySelector("x-a").shadowRoot.querySelector("x-in").attachShadow({mode:"open"}).innerHTML="<p data-private><slot></slot></p>";
      shade("x-later","<p><slot></slot></p>");shade("x-field","<p data-hindsight-secret><slot></slot></p>")</script>`,
    act: async (page, secret) => {
      await page.eval(async (s) => {
        const pause = (): Promise<unknown> => new Promise((done) => setTimeout(done, 30));
        const [late, later] = ["x-late", "x-later"].map((name) => document.querySelector(name)) as [Element, Element];
        late.attachShadow({ mode: "open" }).innerHTML = "<p class=rr-mask><slot></slot></p>";
        later.shadowRoot?.querySelector("p")?.setAttribute("data-private", "");
        await pause();
        for (const e of [late, later]) {
          (e.firstChild?.firstChild ?? (e.firstChild as Node)).nodeValue = s;
          e.append(`and ${s}`);
        }
        await pause();
        // Another mark, around a slot of its own, in a root that is told.
        const p = Object.assign(document.createElement("p"), { className: "rr-mask", innerHTML: "<slot name=own></slot>" });
        later.shadowRoot?.append(p);
        later.append(Object.assign(document.createElement("em"), { slot: "own", textContent: s }));
      }, secret);
      await page.click("x-field input");
      await page.type(secret);
    },
  },
  {
    name: "in frames and shadow roots that are blocked, at once and later",
    body: (s) => `<iframe class="rr-block" srcdoc="<p>${s.html.replace(/&/g, "&amp;")}</p>"></iframe><iframe id="f" srcdoc="<p><i>f</i></p>"></iframe><div id="h"></div>
      <script>h.attachShadow({mode:"open"}).innerHTML="<p><i>h</i></p>"</script>`,
    act: (page, secret) => page.eval(async (s) => {
      const [frame, host] = ["#f", "#h"].map((id) => document.querySelector(id) as HTMLIFrameElement) as [HTMLIFrameElement, HTMLElement];
      const texts = [(frame.contentDocument as Document).querySelector("i"), host.shadowRoot?.querySelector("i")];
      for (const e of [frame, host]) e.classList.add("rr-block");
      await new Promise((done) => setTimeout(done, 30));
      for (const text of texts) {
        (text?.firstChild as Text).data = s;
        text?.parentElement?.append(s);
      }
      const again = document.querySelector("iframe") as HTMLIFrameElement;
      const loaded = new Promise((done) => (again.onload = done));
      again.srcdoc += "<p>more</p>";
      await loaded;
    }, secret),
  },
  {
    name: "addresses, attributes and marked regions",
    body: (s) => `<a href="/x?key=${s.html}#${s.html}">a</a><img src="/none.svg?u=${s.html}"><p class="ph-mask">${s.html}</p><p data-private>${s.html}</p>
      <p class="rr-block">${s.html}</p><p data-user="${s.html}" onclick="'${s.html}'" aria-label="${s.html}" title="${s.html}">p</p>
      <!-- ${s.html} --><noscript>${s.html}</noscript><script>var c=${s.js}</script><meta name="csrf" content="${s.html}">
      <template>${s.html}</template><iframe sandbox src="data:text/html,${s.html}"></iframe>`,
    act: (page, secret) => page.eval((s) => {
      history.replaceState({ s }, "", `?x=${encodeURIComponent(s)}#${encodeURIComponent(s)}`);
      (document.querySelector("p[data-user]") as HTMLElement).dataset.user = `${s}2`;
    }, secret),
  },
  {
    name: "a choice, marked by what is around it: by a click on a button, its label or the row beside it, and in a list",
    body: () => `<fieldset data-hindsight-secret><label id="l0"><input type="radio" name="r" id="r0">X</label><label id="l1"><input type="radio" name="r" id="r1">Y</label>
      <p id="p0">no</p><p id="p1">yes</p></fieldset><div data-hindsight-secret><label><input type="checkbox" id="b0">A</label><label><input type="checkbox" id="b1">B</label></div>
      <div data-hindsight-secret><button role="radio" id="o0">one</button><button role="radio" id="o1">two</button></div>
      <select size="3" data-hindsight-secret><option id="s0">one</option><option id="s1">two</option></select>`,
    act: async (page, secret) => {
      for (const kind of "lrpbos") await page.click(`#${kind}${which(secret)}`);
    },
  },
  {
    name: "a choice whose fields are marked one by one, by clicks",
    body: () => `<label id="l0"><input type="radio" name="r" id="r0" data-hindsight-secret>X</label><label id="l1"><input type="radio" name="r" id="r1" data-hindsight-secret>Y</label>
      <input type="checkbox" id="b0" data-hindsight-secret><label for="b0" id="f0">A</label><input type="checkbox" id="b1" data-hindsight-secret><label for="b1" id="f1">B</label>`,
    act: async (page, secret) => {
      for (const kind of "lrbf") await page.click(`#${kind}${which(secret)}`);
    },
  },
  {
    name: "a choice by keys, of which browsers make clicks",
    body: () => `<fieldset data-hindsight-secret><input type="radio" name="r" id="r0"><input type="radio" name="r" id="r1"></fieldset>
      <input type="radio" name="q" id="q0" data-hindsight-secret><input type="radio" name="q" id="q1" data-hindsight-secret><input type="checkbox" id="b" data-hindsight-secret>`,
    act: async (page, secret) => {
      const other = which(secret);
      for (const field of ["#r0", "#q0", "#b"]) {
        await page.eval((selector) => document.querySelector<HTMLElement>(selector)?.focus(), field);
        await page.press(field === "#b" ? (other ? "Space" : "Shift") : other ? "ArrowDown" : "Space");
        await settle(page);
      }
    },
  },
  {
    name: "how far a slider and the small buttons of a number were moved by the mouse",
    body: () => `<input id="p0" type="range" data-hindsight-secret style="width:100px"><input id="p1" type="range" data-hindsight-secret style="width:300px">`,
    act: (page, secret) => page.click(`#p${which(secret)}`),
  },
  {
    name: "a choice in a closed shadow root, its marks inside or around, by its field and its label; made before its host has a place, too",
    body: () => `<x-in></x-in><fieldset data-hindsight-secret><x-out></x-out></fieldset>
      <script type="module">const group=(mark)=>["X","Y"].map((v,i)=>"<p><label id=l"+i+"><input type=radio name=r id=r"+i+">"+v+"</label></p>").join("").replace(/^.*$/,"<div "+mark+">$&</div>");
      for(const [name,mark] of [["x-in","data-hindsight-secret"],["x-out",""]]){const e=document.querySelector(name);e.style="display:block;width:200px";window[name]=e.attachShadow({mode:"closed"});window[name].innerHTML=group(mark)}
      const late=document.createElement("x-late"),root=window["x-late"]=late.attachShadow({mode:"closed"});late.style="display:block;width:200px";root.innerHTML=group("");
      setTimeout(()=>document.querySelector("fieldset").append(late),20)</script>`,
    before: (page) => page.eval(() => new Promise((done) => {
      const look = (): unknown => (document.querySelector("x-late") ? setTimeout(done, 50) : setTimeout(look, 10));
      look();
    }), null),
    act: async (page, secret) => {
      for (const name of ["x-in", "x-out", "x-late"]) for (const kind of "lr") {
        const [x, y] = await page.eval(([name, id]) => {
          const { left, top, height } = ((window as unknown as Record<string, ShadowRoot>)[name as string]?.querySelector(`#${id}`) as Element).getBoundingClientRect();
          return [left + 5, top + height / 2];
        }, [name, kind + (which(secret))]);
        await page.point(x as number, y as number);
      }
    },
  },
  {
    name: "a choice in a frame that is marked alone, by its field, its label and the row beside it",
    body: () => `<iframe data-hindsight-secret id="f" srcdoc="<label id=l0><input type=radio name=r id=r0>X</label><br><label id=l1><input type=radio name=r id=r1>Y</label><p id=p0>no</p><p id=p1>yes</p>"></iframe>`,
    act: async (page, secret) => {
      for (const kind of "lrp") {
        const [x, y] = await page.eval((id) => {
          const frame = document.querySelector("#f") as HTMLIFrameElement;
          const [outer, inner] = [frame, frame.contentDocument?.getElementById(id) as Element].map((e) => e.getBoundingClientRect()) as [DOMRect, DOMRect];
          return [outer.left + 2 + inner.left + 5, outer.top + 2 + inner.top + inner.height / 2];
        }, kind + (which(secret)));
        await page.point(x as number, y as number);
      }
    },
  },
  {
    name: "a secret typed into a frame that is marked alone, and into one inside it, shown beside",
    body: () => `<iframe data-hindsight-secret id="f" srcdoc="<input id=a data-hindsight-unmask><iframe id=g srcdoc='<input id=b data-hindsight-unmask>'></iframe>"></iframe><p id="m">x</p>`,
    before: (page) => page.eval(() => new Promise((done) => {
      const look = (): unknown => ((document.querySelector("#f") as HTMLIFrameElement).contentDocument?.querySelector<HTMLIFrameElement>("#g")?.contentDocument?.querySelector("#b") ? setTimeout(done, 50) : setTimeout(look, 10));
      look();
    }), null),
    act: async (page, secret) => {
      for (const inner of [false, true]) {
        await page.eval((inner) => {
          const outer = (document.querySelector("#f") as HTMLIFrameElement).contentDocument as Document;
          const doc = inner ? (outer.querySelector("#g") as HTMLIFrameElement).contentDocument as Document : outer;
          doc.defaultView?.focus();
          doc.querySelector("input")?.focus();
        }, inner);
        await page.type(secret);
        await settle(page);
      }
      await page.eval(() => {
        const outer = (document.querySelector("#f") as HTMLIFrameElement).contentDocument as Document;
        const { value } = ((outer.querySelector("#g") as HTMLIFrameElement).contentDocument as Document).querySelector("input") as HTMLInputElement;
        if (!value) throw new Error("nothing was typed");
        (document.querySelector("#m") as HTMLElement).textContent = `is ${value}`;
      }, null);
    },
  },
  {
    name: "a choice of the page's own making, by what its attributes say where a style sheet names them",
    body: () => `<style>[aria-checked=true],[data-state=on]{color:red}[aria-valuenow="3"]{color:blue}[aria-selected]{color:green}</style>
      <div data-hindsight-secret><b role="radio" aria-checked="false" id="o0">one</b> <b role="radio" aria-checked="false" id="o1"><i data-state="off">two</i></b></div>
      <p data-hindsight-secret role="slider" aria-valuenow="1" id="s">s</p><b role="switch" aria-checked="false" id="w">harmless-switch</b>`,
    shows: "harmless-switch",
    act: async (page, secret) => {
      await page.eval((n) => {
        document.querySelector(`#o${n}`)?.setAttribute("aria-checked", "true");
        if (n) document.querySelector("#o1 i")?.setAttribute("data-state", "on");
        if (n) document.querySelector("#s")?.setAttribute("aria-valuenow", "3");
        document.querySelector("#w")?.setAttribute("aria-checked", "true");
      }, which(secret));
    },
  },
  {
    name: "a choice whose fields are in open shadow roots, or in what slots show inside the mark, by the row beside them",
    body: () => `<fieldset data-hindsight-secret><p id="p0">no</p><p id="p1">yes</p><x-r></x-r></fieldset>
      <x-s><p id="q0">no</p><p id="q1">yes</p><b role="radio">r</b></x-s><x-b><p id="b0">no</p><p id="b1">yes</p></x-b><x-n><p id="n0">no</p><p id="n1">yes</p></x-n>
      <label id="f0">no<x-f data-hindsight-secret></x-f></label><label id="f1">yes<x-f data-hindsight-secret></x-f></label>
      <script>customElements.define("x-f",class extends HTMLElement{static formAssociated=true;constructor(){super();this.attachInternals()}});
      const shade=(e,h)=>e.attachShadow({mode:"open"}).innerHTML=h,of=(name)=>document.querySelector(name);
      shade(of("x-r"),"<x-i></x-i>");shade(of("x-r").shadowRoot.firstChild,"<input type=radio>");shade(of("x-s"),"<div data-hindsight-secret><slot></slot></div>");
      shade(of("x-b"),"<div data-hindsight-block><slot></slot></div>");shade(of("x-n"),"<x-m><slot></slot></x-m>");shade(of("x-n").shadowRoot.firstChild,"<div class=rr-block><slot></slot></div>")</script>`,
    act: async (page, secret) => {
      for (const kind of "pqbnf") await page.click(`#${kind}${which(secret)}`);
    },
  },
  {
    name: "a choice by a double click on its label, which selects a word of it",
    body: () => `<label id="l0"><input type="radio" name="r" data-hindsight-secret>Xenon</label> <label id="l1"><input type="radio" name="r" data-hindsight-secret>Yttrium</label><p>between</p>`,
    act: (page, secret) => page.twice(`#l${which(secret)}`),
  },
  {
    name: "how far a slider of the page's own making was dragged, beyond its mark",
    body: () => `<div data-hindsight-secret role="slider" id="s" style="position:fixed;left:0;top:100px;width:50px;height:20px;background:tan"></div>`,
    act: async (page, secret) => {
      await page.drag([20, 110], [100 + 200 * which(secret), 300]);
    },
  },
);
