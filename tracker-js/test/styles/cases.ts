/** Ways in which a page makes and changes its style sheets. */

/** A page of two paragraphs. */
export const page = (head: string, body = `<p id="a" class="a x">one</p><p id="b" class="b x"><i id="i">two</i></p>`): string =>
  `<!doctype html><html><head><title>Styles</title>${head}</head><body>${body}</body></html>`;
/** The same sheets everywhere: what differs is how they came to be. */
export const BASE = ".a{color:rgb(1,2,3)}.b{color:rgb(4,5,6)}@media all{.x{padding:3px}.x i{opacity:.5}}";
/** Longer than what stands where it is used. */
export const LONG = Array.from({ length: 40 }, (_, i) => `.long-${i}{margin:${i}px}`).join("");

type Act = () => unknown;
export const CASES: Record<string, { html?: string; act?: Act; files?: Record<string, string> }> = {
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
  "media changed, before the rules and with them": {
    html: page(`<style id="s" media="print">.a{margin:1px}</style><style id="t" media="screen">.a{padding:8px}</style><style id="u" media="print">.b{margin:1px}</style>
      <style id="v">.b{padding:8px}</style><link rel="stylesheet" media="print" href="/l.css" onload="this.media = 'all'">`),
    files: { "/l.css": ".b{font-size:27px}" },
    act: async () => {
      const [s, t, u, v] = ["s", "t", "u", "v"].map((id) => document.getElementById(id)) as [HTMLStyleElement, HTMLStyleElement, HTMLStyleElement, HTMLStyleElement];
      const other = (style: HTMLStyleElement, css: string): void => void ((style.firstChild as Text).data = css);
      s.media = "screen";
      t.removeAttribute("media");
      v.disabled = true;
      await new Promise((done) => setTimeout(done, 60));
      other(s, ".a{margin:5px}");
      other(t, ".a{padding:9px}");
      v.media = "screen";
      u.media = "all";
      other(u, ".b{margin:7px}");
      await new Promise((done) => setTimeout(done, 60));
      s.sheet?.insertRule(".a{color:rgb(60,0,0)}", 1);
      other(u, ".b{margin:8px}");
      t.media = "print";
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
