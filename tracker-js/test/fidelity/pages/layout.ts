/** Pages of plain markup: flowing text, tables, right-to-left, drawings, media. */
import { click, define, type FidelityPage, run } from "../define";

const rows = (n: number, cells: number): string =>
  Array.from({ length: n }, (_r, r) => `<tr>${Array.from({ length: cells }, (_c, c) => `<td>r${r} c${c}</td>`).join("")}</tr>`).join("");

export const layout: FidelityPage[] = [
  define("article", {
    css: "article{columns:2;max-width:600px}.lead{font-size:18px}.note{float:right;width:120px;background:#eef}figure{margin:0}",
    body: `<article><h1>A long read</h1><p class=lead>First <em>words</em> of it.</p><aside class=note>An aside</aside>
      ${"<p>Body text that flows around and goes on for a while so that lines break.</p>".repeat(6)}<figure><figcaption>Caption</figcaption></figure></article>`,
    steps: [
      run(`document.querySelector("article").style.columns = "1"`),
      run(`document.querySelector("h1").insertAdjacentHTML("afterend", "<p>Inserted <b>bold</b> paragraph</p>")`),
      run(`document.querySelector(".note").classList.add("lead"); document.querySelector("figure").append("and text")`),
      run(`document.querySelectorAll("p")[3].remove(); scrollTo(0, 60)`),
      run(`document.querySelectorAll("p")[2].firstChild.data = "Changed words"; document.querySelector("article").dir = "rtl"`),
      run(`document.querySelector("article").prepend(document.querySelector("figure"))`),
    ],
  }),
  define("grid", {
    css: ".g{display:grid;grid-template-columns:repeat(auto-fill,minmax(90px,1fr));gap:4px}.g>*{background:#dde;padding:6px}.wide{grid-column:span 2}@media (max-width:700px){.g{grid-template-columns:1fr}}",
    body: `<div class=g>${Array.from({ length: 18 }, (_, i) => `<div>tile ${i}</div>`).join("")}</div>`,
    steps: [
      run(`document.querySelectorAll(".g>*")[2].classList.add("wide")`),
      run(`const g = document.querySelector(".g"); for (let i = 0; i < 9; i++) g.append(g.children[i * 1])`),
      (page) => page.setViewportSize({ width: 640, height: 700 }),
      run(`const g = document.querySelector(".g"); g.replaceChildren(...[...g.children].reverse())`),
      (page) => page.setViewportSize({ width: 900, height: 700 }),
      run(`document.querySelector(".g").style.gap = "9px"`),
    ],
  }),
  define("table", {
    css: "td{border:1px solid #999;padding:2px}tr.on{background:#ffc}thead{position:sticky;top:0;background:#fff}#box{height:200px;overflow:auto}",
    body: `<div id=box><table><caption>Cap</caption><thead><tr><th>A<th>B<th>C</tr></thead><tbody>${rows(90, 5)}</tbody></table></div>`,
    steps: [
      run(`const b = document.querySelector("tbody"); const l = [...b.rows]; l.sort((x, y) => y.rowIndex - x.rowIndex).forEach((r) => b.append(r))`),
      run(`document.querySelectorAll("tr")[7].className = "on"; document.querySelector("#box").scrollTop = 400`),
      run(`const b = document.querySelector("tbody"); for (let i = 0; i < 30; i++) b.deleteRow(5); b.insertRow(3).insertCell().textContent = "new"`),
      run(`document.querySelectorAll("td")[20].colSpan = 2; document.querySelector("caption").textContent = "Sorted"`),
      run(`const t = document.createElement("tbody"); t.innerHTML = ${JSON.stringify(rows(40, 4))}; document.querySelector("tbody").replaceWith(t)`),
      run(`document.querySelector("#box").scrollTo(0, 120)`),
    ],
  }),
  define("right-to-left", {
    html: "lang=ar dir=rtl",
    css: "li{border-inline-start:3px solid teal;padding-inline-start:8px}[dir=ltr]{color:rgb(120,0,0)}",
    body: `<h2>مرحبا بالعالم</h2><ul><li>واحد</li><li>اثنان <bdi>mixed 12</bdi></li><li>ثلاثة</li></ul><p>نص مع <span dir=ltr>left to right</span></p><div id=scroller style="width:200px;overflow:auto"><div style="width:600px">عريض</div></div>`,
    steps: [
      run(`document.querySelector("ul").insertAdjacentHTML("afterbegin", "<li>صفر</li>")`),
      run(`document.querySelector("#scroller").scrollLeft = -120`),
      run(`document.querySelector("p").dir = "ltr"`),
      run(`document.documentElement.dir = "ltr"`),
      run(`document.documentElement.dir = "rtl"; document.querySelector("bdi").textContent = "مختلط"`),
      run(`document.querySelector("p").removeAttribute("dir")`),
    ],
  }),
  define("drawing", {
    css: ".bar{fill:steelblue}.bar.hot{fill:crimson}svg{background:#fafafa}",
    body: `<svg id=s width=300 height=160 viewBox="0 0 300 160" xmlns:xlink="http://www.w3.org/1999/xlink"><defs><linearGradient id=gr><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient><clipPath id=cp><rect width=100 height=100 /></clipPath><symbol id=sy viewBox="0 0 10 10"><circle cx=5 cy=5 r=4 /></symbol></defs>
      <g class=bars>${[40, 80, 60, 120].map((h, i) => `<rect class=bar x=${i * 40} y=${150 - h} width=30 height=${h}></rect>`).join("")}</g><path d="M0 0L300 160" stroke="url(#gr)" fill=none /><use xlink:href="#sy" x=200 width=40 height=40 /><text x=10 y=20>Label <tspan dx=4>span</tspan></text><foreignObject x=150 y=10 width=120 height=40><div>in a drawing</div></foreignObject></svg>`,
    steps: [
      run(`document.querySelectorAll(".bar")[1].setAttribute("height", "100")`),
      run(`const r = document.createElementNS("http://www.w3.org/2000/svg", "rect"); for (const [k, v] of Object.entries({ x: 170, y: 30, width: 30, height: 120, class: "bar hot" })) r.setAttribute(k, v); document.querySelector(".bars").append(r)`),
      run(`document.querySelector("text").firstChild.data = "Changed "; document.querySelector("path").setAttribute("d", "M0 160L300 0")`),
      run(`document.querySelector("#s").insertAdjacentHTML("beforeend", '<a href="/x"><ellipse cx=50 cy=50 rx=20 ry=10 /></a><linearGradient id=g2 gradientTransform="rotate(45)"><stop offset=".5" stop-color=lime /></linearGradient>')`),
      run(`document.querySelector("use").setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", "#cp"); document.querySelector("#s").setAttribute("viewBox", "0 0 200 160")`),
      run(`document.querySelector(".bars").prepend(document.querySelector(".bars").lastElementChild); document.querySelector("foreignObject div").innerHTML = "<b>html</b> again"`),
    ],
  }),
  define("media", {
    // The Replayer shows no canvas, and loses what a script made of sounds and films.
    plays: false,
    body: `<audio id=a controls loop></audio><video id=v width=160 height=90 muted poster="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"><track kind=captions></video><canvas width=40 height=40></canvas>`,
    steps: [
      run(`document.querySelector("#v").volume = .5`),
      run(`document.querySelector("#a").playbackRate = 1.5; document.querySelector("#a").muted = true`),
      run(`document.querySelector("#a").loop = false`),
      run(`document.body.insertAdjacentHTML("beforeend", "<video loop muted width=50 height=20></video>")`),
      run(`document.querySelector("#a").volume = .2`),
      run(`document.querySelector("#v").remove()`),
    ],
  }),
  define("pictures", {
    css: "progress{width:90px}img{border:1px solid teal}",
    body: `<picture><source media="(min-width:10px)" srcset="p.svg"><img src="p.svg" alt=pot width=30 height=30></picture><object width=30 height=30></object><progress value=.4></progress><meter value=.7></meter><figure><img src="p.svg" alt=""><figcaption>Pot</figcaption></figure>`,
    files: { "p.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="teal"/></svg>` },
    steps: [
      run(`document.querySelector("progress").value = .8`),
      run(`document.querySelector("img").width = 60`),
      run(`document.querySelector("meter").setAttribute("value", ".2")`),
      run(`document.querySelector("figure").append(document.querySelector("picture"))`),
      run(`document.body.insertAdjacentHTML("beforeend", "<img src='p.svg' alt=late width=12 height=12>")`),
      run(`document.querySelector("figcaption").remove()`),
    ],
  }),
  define("scrollers", {
    css: "#x{width:200px;height:90px;overflow:auto}#x>div{width:700px;height:900px;background:linear-gradient(red,blue)}.snap{scroll-snap-type:y mandatory;height:80px;overflow:auto}.snap p{scroll-snap-align:start;height:70px}",
    body: `<div id=x><div>inner</div></div><div class=snap><p>one<p>two<p>three</div><div style="height:1600px">tall</div>`,
    steps: [
      run(`document.querySelector("#x").scrollTo(50, 300)`),
      run(`scrollTo(0, 500)`),
      (page) => page.mouse.move(100, 100).then(() => page.mouse.wheel(0, 200)),
      run(`document.querySelector(".snap").scrollTop = 70`),
      run(`document.querySelector("#x>div").style.height = "200px"`),
      run(`document.body.insertAdjacentHTML("afterbegin", "<div id=late style='height:50px;overflow:auto'><div style='height:400px'>late</div></div>"); document.querySelector("#late").scrollTop = 120; scrollTo(0, 80)`),
    ],
  }),
  define("mathematics", {
    // The Replayer makes no elements of MathML.
    plays: false,
    body: `<p>Roots <math><mfrac><mi>a</mi><mn>2</mn></mfrac></math> and <ruby>漢<rt>kan</rt></ruby> H<sub>2</sub>O <kbd>ctrl</kbd></p><dl><dt>term<dd>meaning</dl><pre>pre
  formatted</pre>`,
    steps: [
      run(`document.querySelector("mn").textContent = "3"`),
      run(`document.querySelector("dl").innerHTML += "<dt>two<dd>second"`),
      run(`document.querySelector("pre").textContent += "\\n  more"`),
      run(`document.querySelector("p").insertAdjacentHTML("beforeend", "<math><msqrt><mi>x</mi></msqrt></math>")`),
      run(`document.querySelector("rt").remove()`),
      click("p"),
    ],
  }),
];
