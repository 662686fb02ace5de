/** Pages that write the secret, or something that changes with each key, elsewhere. */
import { type Case, cases, into, settle } from "./case";
import type { Driver } from "./driver";

const OPEN = "data-hindsight-unmask";

/** Until texts are no longer compared with what was typed last as strictly as right after it. */
const forgotten = (page: Driver): Promise<unknown> => page.eval(() => new Promise((done) => setTimeout(done, 1600)), null);

/** A password whose every key runs some code; `v` is its value. */
const each = (name: string, code: string, body = "", more: Partial<Case> = {}): Case => ({
  name: `at each key: ${name}`,
  body: () => `<input id="p" type="password">${body}<script>p.oninput=()=>{const v=p.value;${code}}</script>`,
  act: into("#p"),
  ...more,
});

/** The secret is typed; long after, a press has the page show it. */
const longAfter: Case["act"] = async (page, secret) => {
  await into("#p")(page, secret);
  await page.click("#done");
  await forgotten(page);
  await page.click("#go");
  await settle(page);
};

export const MIRRORS: Case[] = cases(
  each("mirrored into texts", `a.textContent=v;b.firstChild.data="it is "+v+".";c.innerHTML="";c.append("now ",v);document.title="Now "+v`,
    `<b id="a"></b><i id="b">x</i><u id="c"></u>`),
  each("mirrored into attributes", `for(const n of ["data-v","aria-label","aria-valuetext","title","alt","placeholder","label","value","name","id","class","href","src","content","data-hindsight-x","onclick"])
      for(const e of document.querySelectorAll(".m"))e.setAttribute(n,n=="class"?"m is "+v:v);i.srcset="/a.png "+v`,
    `<style>[data-v]{color:red}[title^=W],[aria-label*=q]{color:blue}</style><p class="m">p</p><my-field class="m"></my-field><img class="m"><img id="i"><a class="m">a</a>
     <input class="m"><option class="m"></option><meta class="m">`),
  each("mirrored into styles", `a.style.setProperty("--v",JSON.stringify(v));a.style.content=JSON.stringify(v);s.textContent="#a::after{content:"+JSON.stringify(v)+"}";
      if(r.sheet.cssRules.length>1)r.sheet.deleteRule(0);r.sheet.insertRule("#a::before{content:"+JSON.stringify(v)+"}",0);r.sheet.cssRules[0].style.setProperty("--w",JSON.stringify(v))`,
    `<b id="a"></b><style id="s"></style><style id="r">b{color:red}</style>`),
  ...["at each key", "long after"].map((when): Case => ({
    name: `mirrored into styles as a word of them, ${when}`,
    body: () => `<input id="p" type="password"><b id="a">a</b><style id="s">b{margin:1px}</style><style id="r">b{color:red}</style><div id="h"></div>
      <button id="go" style="position:fixed;left:400px;top:0" onclick="go(p.value)">show</button><script>
      const adopted=new CSSStyleSheet();document.adoptedStyleSheets=[adopted];
      const [kept]=r.sheet.cssRules,map=kept.styleMap;
      function go(v){const w=CSS.escape(v);a.style.cssText="";
        const css="@keyframes "+w+"{from{color:red}}@layer "+w+", x."+w+";@container "+w+" (min-width:1px){b{margin:2px}}@counter-style "+w+"{system:cyclic;symbols:x}@property --"+w+"{syntax:'<custom-ident>';inherits:false;initial-value:"+w+"}"+
          "@font-face{font-family:"+w+";src:local("+w+")}b{animation-name:"+w+";font-family:"+w+",serif;counter-reset:"+w+";content:counter("+w+");view-transition-name:"+w+";will-change:"+w+";grid-area:"+w+";list-style-type:"+w+"}b:hover,."+w+" #"+w+" "+w+"["+w+"]{color:blue}@media all{@supports (font-family:"+w+"){b{transition-property:"+w+"}}}@supports "+w+"(x){b{margin:3px}}b{color:"+w+"(var(--x))}";
        s.textContent=css;adopted.replaceSync(css);
        for(const n of ["font-family","animation-name","list-style-type"]){a.style.setProperty(n,w);kept.style.setProperty(n,w);try{map.set(n,w);a.attributeStyleMap.set(n,w)}catch{}}
        a.style.setProperty("--"+v,"x");
        while(r.sheet.cssRules.length>1)r.sheet.deleteRule(1);
        r.sheet.insertRule("b{animation-name:"+w+";zz:"+w+"}",1);r.sheet.insertRule("@keyframes "+w+"{from{color:red}}",2);r.sheet.deleteRule(1);
        h.setAttribute("style","font-family:"+w+";unknown:"+v+";/* "+v+" */ color:red");
        if(v.length>3&&!document.fonts.size)for(const name of ["x"+v,"f"])document.fonts.add(new FontFace(name,"local(Arial)"));
      }
      ${when === "at each key" ? "p.oninput=()=>go(p.value)" : ""}</script>`,
    act: when === "at each key" ? into("#p") : longAfter,
  })),
  {
    name: "a value from the page that is a word of its styles",
    body: (s) => `<input id="p" type="password" value="${s.html}"><b id="a" style="animation-name:${s.html}">a</b>
      <script>const w=CSS.escape(p.value);document.head.append(Object.assign(document.createElement("style"),{textContent:"@keyframes "+w+"{from{margin:1px}}b{animation-name:"+w+";color:rgb(1,2,3)}"}))</script>`,
    secrets: ["Zq7xKyT2", "WmvBjugQphrase"],
    shows: "_; color: rgb(1, 2, 3)",
    act: settle,
  },
  each("mirrored with what nobody sees between its letters", `a.textContent=["\\u200b","\\u00ad","\\u034f","\\u200d","\\u2060","\\ufe0f"].map(c=>[...v].join(c)).join(" and ");a.className=[...v].join("\\u200c")`, `<b id="a">x</b>`),
  each("mirrored into a drawing, options and another field", `t.textContent=v;o.textContent=v;o.value=v;q.value="of "+v;q.placeholder=v;d.textContent=v`,
    `<svg><text id="t"></text><title id="d"></title></svg><select ${OPEN}><option id="o">x</option></select><input id="q" ${OPEN}>`),
  each("mirrored into a section of CDATA", `k.data="is "+v`, `<b id="a"></b><script>const k=new Document().createCDATASection("a section");a.append(k)</script>`, { shows: "a section" }),
  each("mirrored a little later", `setTimeout(()=>{a.textContent="later "+v;a.dataset.v=v},3)`, `<b id="a"></b>`),
  each("mirrored into addresses", `l.href="/x/"+v+"?q="+v+"#"+v;i.src="/y/"+encodeURIComponent(v)+".svg";
      history.replaceState({},"","/at/"+encodeURIComponent(v)+"/x?q="+encodeURIComponent(v)+"#/r/"+encodeURIComponent(v))`,
    `<a id="l">link</a><img id="i">`),
  each("mirrored into a frame and a shadow root", `f.contentDocument.body.textContent="f "+v;h.shadowRoot.firstChild.textContent="h "+v`,
    `<iframe id="f" srcdoc="<p>x</p>"></iframe><div id="h"></div><script>h.attachShadow({mode:"open"}).innerHTML="<b>x</b>"</script>`),
  each("a short secret inside a sentence", `a.textContent="the code "+v+" is here";a.dataset.v="c"+v`,
    `<style>[data-v]{color:red}</style><b id="a">x</b>`, { secrets: ["Þøß", "Æ"] }),
  each("one element for each character", `a.innerHTML="";for(const c of v){const s=document.createElement("s");s.textContent=c;s.dataset.c=c;a.append(s)}`,
    `<b id="a"></b>`, { derived: "the page draws as many elements as the secret has characters" }),
  each("a strength meter", `m.className="busy";m.textContent=v.length%2?"checking":"still checking";n.setAttribute("aria-busy",v.length%2);n.value=v.length;
      clearTimeout(window.z);window.z=setTimeout(()=>{m.className="done";m.textContent="all right";n.removeAttribute("aria-busy");n.value=5},9)`,
    `<style>[aria-busy=true]{color:red}</style><p id="m">type</p><progress id="n" max="99"></progress>`, { shows: "all right" }),
  each("a class that changes to and fro", `a.classList.toggle("on");b.hidden=!b.hidden;a.classList.remove("on");b.hidden=false`, `<b id="a">a</b><b id="b">b</b>`),
  each("nodes come and go", `const e=document.createElement("em");e.textContent="key";a.append(e);while(a.childElementCount>1)a.firstChild.remove()`, `<b id="a"></b>`, { shows: "key" }),
  each("a field that grows with its text", `p.style.width=(v.length+1)+"ch";p.size=v.length+1;p.dataset.n=v.length;p.setAttribute("aria-description",v.length+" characters")`),
  each("rules come and go in a sheet", `r.sheet.insertRule("b{color:blue}",0);r.sheet.deleteRule(0);r.sheet.cssRules[0].style.setProperty("color",v.length%2?"red":"blue");r.sheet.cssRules[0].style.setProperty("color","red")`,
    `<style id="r">b{color:red}</style>`),
  each("the page's own events and errors for each key", `hindsight("event","key",{key:v.slice(-1)});hindsight("event","no shortcut for "+v.slice(-1));setTimeout(()=>{throw new Error("bad key "+v.slice(-1)+" here")})`, "", {
    secrets: ["Zq7xKyT2", "WmvBjugQ"] }),
  each("a sound, and a box that scrolls", `au.volume=au.volume==1?.5:1;sc.scrollTop=v.length%2?40:80`,
    `<audio id="au"></audio><div id="sc" style="height:40px;overflow:auto"><div style="height:900px">x</div></div>`, { secrets: ["Zq7xKyT2", "WmvBjugQ12"] }),
  each("a frame loads anew, sheets are adopted, text is selected, a font comes, a button has the focus for a moment",
    `f.srcdoc="<p>x</p>";const c=new CSSStyleSheet();c.replaceSync("i::after{content:"+JSON.stringify(v)+"}");document.adoptedStyleSheets=[c];
      const r=document.createRange();for(const b of [a,s]){r.selectNodeContents(b);getSelection().removeAllRanges();getSelection().addRange(r)}
      document.fonts.add(font);o.focus();p.focus()`,
    `<iframe id="f"></iframe><b id="a">aaa</b><b id="s">bbb</b><input id="o"><script>const font=new FontFace("f","local(Arial)")</script>`),
  each("after the document was written anew", `a.textContent="is "+v`, `<b id="a">x</b>`, {
    before: (page) => page.eval(() => {
      const html = document.documentElement.innerHTML.replace(/<script[^>]*t\.js[^>]*><\/script>/, "");
      document.open();
      document.write(`<!doctype html><html>${html}</html>`);
      document.close();
    }, null),
  }),
  each("errors and rejections that hold it", `setTimeout(()=>{throw new Error("bad "+v)});Promise.reject(new Error("no "+v))`, "", {
    derived: "an error is told for each text that is not known yet" }),
  {
    name: "mirrored, then cleared, in one task",
    body: () => `<input id="p" type="password"><b id="out"></b>`,
    act: (page, secret) => page.eval((s) => {
      const p = document.querySelector("#p") as HTMLInputElement;
      p.value = s;
      (document.querySelector("#out") as HTMLElement).textContent = `it was ${s}`;
      p.value = "";
    }, secret),
  },
  {
    name: "told by the site itself: events, identity, properties, an error",
    body: () => `<input id="p" type="password"><button id="tell" onclick="const v=p.value;hindsight('event','ev '+v,{v,n:{v}});hindsight('identify',v,{v,[v]:1,['k'+v]:'x'});
      hindsight('set',{v,w:'w '+v});hindsight('page','/p/'+encodeURIComponent(v));setTimeout(()=>{throw new Error('bad '+v)})">tell</button>`,
    act: async (page, secret) => {
      await into("#p")(page, secret);
      await page.click("#tell");
      await settle(page);
    },
  },
  {
    name: "a folder of the page's address, to which links and pictures are relative",
    body: () => `<input id="p" type="password"><a id="l">link</a><img id="i"><button id="go" onclick="history.pushState({},'','/in/'+encodeURIComponent(p.value)+'/');
      l.href='next';i.src='pic.png';l.style.background='url(ground.png)'">go</button>`,
    act: longAfter,
  },
  {
    name: "an e-mail address in the folder to which links and pictures are relative",
    secrets: ["zqxk@example.com", "wmvbjug@example.org"],
    body: (s) => `<base href="/in/${s.html}/"><a href="next">link</a><img src="pic.png"><img srcset="pic.png 2x"><b style="background:url(pic.png)">b</b><style>u{background:url(pic.png)}</style>`,
    shows: "next",
  },
  {
    name: "sent, and shown on the page that follows",
    body: () => `<form id="f"><input id="p" type="password"></form><script>f.onsubmit=(e)=>{e.preventDefault();const v=p.value;
      f.outerHTML="<h2>welcome</h2><p></p>";document.querySelector("h2+p").textContent="your password is "+v;history.pushState({},"","/in?pw="+encodeURIComponent(v))}</script>`,
    act: async (page, secret) => {
      await into("#p")(page, secret);
      await page.press("Enter");
    },
    shows: "welcome",
  },
  {
    name: "shown otherwise, long after: trimmed, without spaces, in capitals, as a form and an address write it",
    body: () => `<input id="p" type="password"><p id="a"></p><progress id="g" max="9"></progress><button id="go" onclick="const v=p.value;
      a.textContent=['hello '+v.trim(),v.replace(/\\s/g,''),v.toUpperCase(),new URLSearchParams({v}),'100% sure: '+encodeURIComponent(v)].join();
      g.setAttribute('value',v);setTimeout(()=>{throw new Error('GET /login?'+new URLSearchParams({v}))})">show</button>`,
    secrets: [" Zq7 x&K yT2", "  WmvB=ug Qz?lo%ngphrase"],
    act: longAfter,
  },
  {
    name: "shown character by character, long after, and as the name of what is clicked",
    body: () => `<input id="p" type="password"><p id="a">x</p><u class="k">k</u><u class="l">l</u><button id="go" onclick="const [k,l]=document.querySelectorAll('u');k.id=p.value;l.className+=' '+p.value;a.innerHTML='';for(const c of p.value){const s=document.createElement('s');s.textContent=c;a.append(s)}">show</button>`,
    act: async (page, secret) => {
      await into("#p")(page, secret);
      await page.click("#done");
      await forgotten(page);
      await page.click("#go");
      for (const what of [".k", ".l"]) await page.click(what);
      await settle(page);
    },
    secrets: ["Zq7xKyT2", "WmvBjugQ"],
  },
  {
    name: "allowed in the middle of typing, on a page that shows each character",
    snippet: 'data-consent="required"',
    body: () => `<input id="p" type="password"><p id="a">x</p><script>p.oninput=()=>{a.innerHTML="";for(const c of p.value){const s=document.createElement("s");s.textContent=c;a.append(s)}}</script>`,
    secrets: ["Zq7xKyT2", "WmvBjugQ"],
    before: async (page, secret) => {
      await into("#p")(page, secret.slice(0, 5));
      await page.eval(() => window.hindsight?.("consent", true), null);
      await page.eval(() => new Promise((done) => setTimeout(done, 500)), null);
      await page.type(secret.slice(5));
      await page.click("#done");
    },
  },
  {
    name: "entered by the buttons of a pad that is blocked",
    secrets: ["739514", "86204937"],
    body: () => `<input id="p" type="password"><div id="pad" data-hindsight-block style="width:300px;height:40px">${Array.from("0123456789", (d) =>
      `<button id="key${d}" onclick="p.value+='${d}'">${d}</button>`).join("")}</div>`,
    act: async (page, secret) => {
      for (const digit of secret) await page.click(`#key${digit}`);
      await settle(page);
    },
  },
  ...Object.entries({
    "takes the text before it gets into the field": `p.addEventListener("beforeinput",(e)=>{k+=e.data;e.preventDefault()})`,
    "keeps input events from everybody and empties the field": `addEventListener("input",(e)=>{e.stopImmediatePropagation();k+=p.value;p.value=""},true)`,
  }).map(([what, code]): Case => ({
    name: `kept by the page, which ${what}`,
    body: () => `<input id="p" type="password"><script>var k="";${code}</script><b id="o">x</b>
      <button id="go" style="position:fixed;left:400px;top:0" onclick="if(k.length<8)throw 0;o.textContent='it is '+k">show</button>`,
    act: longAfter,
  })),
  {
    name: "written without a field, where the browser knows how",
    body: () => `<p id="p" tabindex="0" data-hindsight-secret>x</p><script>var k="";if(window.EditContext){const c=p.editContext=new EditContext();c.addEventListener("textupdate",()=>{k=c.text})}</script><b id="o">x</b>
      <button id="go" style="position:fixed;left:400px;top:0" onclick="o.textContent='it is '+k">show</button>`,
    act: longAfter,
  },
  {
    name: "shown among other words in an unmasked field, which scrolls to its end",
    body: () => `<input id="p" type="password"><input id="q" ${OPEN}><button id="go" style="position:fixed;left:400px;top:0"
      onclick="q.value='a text that has not enough room in the field by itself: '+p.value;q.scrollLeft=9999">show</button>`,
    act: longAfter,
  },
  {
    name: "kept by the page, which shows dots in the field",
    body: () => `<input id="p" type="password"><p id="a">x</p><button id="go" onclick="a.textContent='it is '+v">show</button>
      <script>let v="";p.oninput=(e)=>{v+=e.data;p.value="•".repeat(v.length)}</script>`,
    act: longAfter,
  },
  {
    name: "kept by the page, which shows dots in a field in an open shadow root",
    body: () => `<div id="h" style="display:inline-block"></div><p id="a">x</p><button id="go" style="position:fixed;left:400px;top:0" onclick="if(v.length<8)throw 0;a.textContent='it is '+v">show</button>
      <script>let v="";h.attachShadow({mode:"open"}).innerHTML='<input type="password">';h.shadowRoot.firstChild.oninput=(e)=>{v+=e.data;e.target.value="•".repeat(v.length)}</script>`,
    act: async (page, secret) => {
      await page.click("#h");
      await page.type(secret);
      await page.click("#done");
      await forgotten(page);
      await page.click("#go");
      await settle(page);
    },
  },
  {
    name: "typed in a closed shadow root of the page's own text, on a page that wraps each listener anew",
    body: () => `<script>const {addEventListener:add}=EventTarget.prototype;EventTarget.prototype.addEventListener=function(type,heard,...more){return add.call(this,type,heard&&((e)=>heard.call(this,e)),...more)}</script>
      <input id="q" type="password"><div id="h"><template shadowrootmode="closed"><input autofocus oninput="window.v=this.value"></template></div><p id="a">x</p>
      <button id="go" style="position:fixed;left:400px;top:0" onclick="a.textContent='it is '+v">show</button>`,
    act: async (page, secret) => {
      await into("#q")(page, "other words");
      await page.press("Tab");
      await page.type(secret);
      await page.click("#done");
      await forgotten(page);
      await page.click("#go");
      await settle(page);
    },
  },
  {
    name: "shown after much was typed elsewhere, and in a query whose name the site allows",
    snippet: 'data-consent="none" data-allow-query="pw"',
    body: (s) => `<input id="p" type="password"><input id="o" type="password"><p id="a">x</p><a href="/in?pw=${s.html}">a</a>`,
    act: async (page, secret) => {
      await into("#p")(page, secret);
      await page.eval(() => (document.querySelector("#p") as HTMLElement).remove(), null);
      await settle(page);
      await into("#o")(page, "abcdefghij".repeat(12));
      await page.click("#done");
      await forgotten(page);
      await page.eval((s) => void ((document.querySelector("#a") as HTMLElement).textContent = `it was ${s}`), secret);
      await settle(page);
    },
  },
  {
    name: "the number of a card, long after, group by group",
    body: () => `<input id="p" autocomplete="cc-number"><p id="a">x</p><button id="go" onclick="a.innerHTML=p.value.replace(/.{4}/g,'<s>$&</s> ')">show</button>`,
    secrets: ["4242817364529110", "5105718209431777"],
    act: longAfter,
  },
  {
    name: "a code with a box for each character, put together elsewhere",
    body: () => `<div id="boxes"></div><p id="a">x</p><script>for(let i=0;i<8;i++){const b=document.createElement("input");b.maxLength=1;b.autocomplete="one-time-code";
      b.oninput=()=>{a.textContent="Checking "+[...boxes.children].map(x=>x.value).join("");b.nextElementSibling?.focus()};boxes.append(b)}</script>`,
    secrets: ["739514", "86204937"],
    act: async (page, secret) => {
      await page.eval(() => document.querySelector<HTMLElement>("#boxes input")?.focus(), null);
      await page.type(secret);
      await forgotten(page);
      await page.eval(() => void ((document.querySelector("#a") as HTMLElement).textContent += " is wrong"), null);
      await settle(page);
    },
  },
  {
    name: "written into the page: an ordinary contenteditable",
    body: () => `<div id="c" contenteditable><b>x</b></div><b id="out">x</b>`,
    act: into("#c"),
    totals: true,
  },
);

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
);
