/** Pages that write the secret, or something that changes with each key, elsewhere. */
import { type Case, cases, forgotten, into, OPEN, settle } from "./case";

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
    name: "encoded twice and three times, and in JSON with its escapes, long after",
    body: () => `<input id="p" type="password"><p id="a"></p><a id="l">link</a><button id="go" onclick="const v=p.value,e=encodeURIComponent;
      const all=c=>String.raw\`\\u\`+c.charCodeAt(0).toString(16).padStart(4,'0'),rare=JSON.stringify({v}).replace(/[^\\w\\s{}:&quot;\\\\]/g,all);
      a.textContent='GET /x?v='+e(e(v))+' and '+rare;l.title=e(e(e(v)));l.href='/in/'+e(e(v));history.pushState({},'','/at/'+e(e(v))+'/x');
      hindsight('event','ev '+e(e(v)),{json:rare});setTimeout(()=>{throw new Error('bad '+e(e(v))+' in '+rare)})">go</button>`,
    act: longAfter,
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
