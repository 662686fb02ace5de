/** Pages that frameworks and libraries build. */
import { click, define, type FidelityPage, run, type as keys } from "../define";

export const built: FidelityPage[] = [
  define("react", {
    app: "react.jsx", body: "<div id=root></div><div id=modal></div>",
    steps: [
      keys("#new", "write tests"), click("#add"), click("#sort"), click("li:nth-child(2) input"), click("#modal-open"), click("#theme"),
    ],
  }),
  define("preact", {
    app: "preact.jsx", body: "<div id=root></div>",
    steps: [click("#next"), click("#next"), click("#shuffle"), click("#tab-2"), keys("#filter", "1"), click("#tab-1")],
  }),
  define("vue", {
    app: "vue.ts", body: "<div id=root></div><div id=side></div>",
    steps: [click("#add"), click("#add"), keys("#word", "hello"), click("#toggle"), click("#reverse"), click("#teleport")],
  }),
  define("svelte", {
    app: "svelte.ts", body: "<div id=root></div>",
    steps: [click("#add"), click("#swap"), keys("#title", "Board"), click("#drop"), click("#show"), click("#swap")],
  }),
  define("lit", {
    app: "lit.ts", body: "<lit-list></lit-list>",
    steps: [
      click("#more"), click("#more"), click("#flip"),
      run(`document.querySelector("lit-list").append(Object.assign(document.createElement("span"), { textContent: "light" }))`),
      click("#drop"), click("#flip"),
    ],
  }),
  define("css-in-js", {
    app: "emotion.ts", body: "<div id=root></div>",
    steps: [click("#tone"), click("#tone"), click("#many"), click("#global"), click("#tone"), click("#many")],
  }),
  define("virtual-list", {
    app: "virtual.ts", body: "<div id=list style='height:260px;overflow:auto;width:300px'></div>",
    steps: [
      run(`document.querySelector("#list").scrollTop = 3000`), run(`document.querySelector("#list").scrollTop = 3400`),
      run(`document.querySelector("#list").scrollTop = 90000`), run(`document.querySelector("#list").scrollTop = 12`),
      click("#list [data-index='3']"), run(`document.querySelector("#list").scrollTop = 500`),
    ],
  }),
  define("chart", {
    app: "chart.jsx", body: "<div id=root></div>",
    steps: [click("#next"), click("#stack"), click("#next"), click("#stack"), click("#next"), click("#legend")],
  }),
];
