/** Boxes that were scrolled before anybody recorded. */
import { define, type FidelityPage, run } from "../define";

export const offsets: FidelityPage[] = [
  define("scrolled-before", {
    css: ".box{width:200px;height:90px;overflow:auto}.box>div{width:700px;height:900px}.snap{scroll-snap-type:y mandatory;height:80px;overflow:auto}.snap p{scroll-snap-align:start;height:70px}.later{content-visibility:auto}",
    body: `<div id=a class=box><div>here</div></div><ul id=b class=box dir=rtl><div>there</div></ul><div class=snap><p>one<p>two<p>three</div><x-in></x-in><iframe width=240 height=120 srcdoc='<div style="height:80px;overflow:auto"><p style="height:900px">framed'></iframe><section class=later style="height:1800px"></section>`,
    // Who begins to record after the page has loaded has missed it.
    script: `a.scrollTo(30, 120); b.scrollTo(-40, 0);
      document.querySelector("x-in").attachShadow({ mode: "open" }).innerHTML = "<div style='height:60px;overflow:auto'><p style='height:700px'>shaded";
      document.querySelector("x-in").shadowRoot.firstChild.scrollTop = 77;
      const frame = document.querySelector("iframe"), scroll = () => { frame.contentDocument.querySelector("div").scrollTop = 88; };
      frame.contentDocument.readyState === "complete" && frame.contentDocument.URL !== "about:blank" ? scroll() : frame.addEventListener("load", scroll, { once: true });`,
    steps: [
      run(`document.querySelector(".snap").style.scrollSnapType = "none"`),
      run(`document.querySelector("p").hidden = true`),
      run(`document.querySelector("#a").classList.add("c1")`),
      run(`document.body.insertAdjacentHTML("beforeend", "<iframe id=late srcdoc='<script>onload = () => document.querySelector(&quot;div&quot;).scrollTop = 66</script><div style=height:50px;overflow:auto><p style=height:600px>late'></iframe>")`),
      run(`await new Promise((go) => setTimeout(go, 300))`),
      run(`document.body.append(document.querySelector("#b"))`),
    ],
  }),
];
