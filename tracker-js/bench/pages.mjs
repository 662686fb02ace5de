/** The pages that are measured, and what happens on them. Everything random is seeded: each run sees the same. */
import { TAGS } from "./stand.mjs";

/** mulberry32: small, fast, the same everywhere. */
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS = "tea pot leaf green black cup water steam spring garden market price order basket river stone light morning paper field".split(" ");

/** A style sheet of `rules` rules, of which every seventh is used. */
function sheet(rules, rng) {
  let css = "body{font:16px sans-serif;margin:0}#inner{height:200px;overflow:auto}";
  for (let i = 0; i < rules; i++)
    css += `.c${i}${i % 5 ? "" : ":hover"} .x${i % 9}{color:rgb(${(rng() * 255) | 0},${(rng() * 255) | 0},${(rng() * 255) | 0});padding:${(rng() * 20) | 0}px ${(rng() * 20) | 0}px}`;
  return css;
}

/** Cards of five elements each, which hold four texts. */
function cards(elements, rng) {
  const some = (n) => Array.from({ length: n }, () => WORDS[(rng() * WORDS.length) | 0]).join(" ");
  let html = "";
  for (let i = 0; i < elements / 5; i++)
    html += `<div class="card c${(rng() * 40) | 0}" id="card-${i}"><h3 class="x${i % 9}">${some(3)}</h3><p>${some(8)}</p><a href="/item/${i}">${some(1)}</a><span title="${some(2)}">${(rng() * 1000) | 0}</span></div>`;
  return html;
}

/** `nodes` of `n` elements and as many texts but a fifth; `lazy`: the same, of which the browser lays out what is in view. */
export function page(name, query, stand) {
  const rng = random(1);
  const n = Number(query.get("n"));
  const tag = query.get("with");
  const script = tag ? `<script defer ${Object.entries(TAGS[tag](stand.files)).map(([k, v]) => `${k}="${v}"`).join(" ")}></script>` : "";
  const lazy = name === "lazy" ? ".card{content-visibility:auto;contain-intrinsic-size:auto 120px}" : "";
  if (name !== "nodes" && name !== "lazy") return undefined;
  return `<!doctype html><html lang="en"><head><title>Bench</title><style>${lazy}${sheet(300, rng)}</style>${script}</head><body><input id="name">` +
    `<div id="inner">${cards(200, rng)}</div><main>${cards(n - 200, rng)}</main></body></html>`;
}

/**
 * Runs in the page: so many changes, pointer moves and scrolls, spread over `ms`. Returns when all are done.
 * Changes are a third texts, a third classes and attributes, a third nodes that come, go and move.
 */
export async function workload({ mutations, moves, scrolls, ms, steps }) {
  let seed = 7;
  const rnd = (n) => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8) % n;
  const main = document.querySelector("main");
  const inner = document.getElementById("inner");
  const list = [...main.children];
  let added = [];
  const change = (i) => {
    const card = list[rnd(list.length)];
    if (i % 3 === 0) card.children[1].firstChild.data = `text ${rnd(1e6)} of ${i}`;
    else if (i % 3 === 1) {
      if (i % 2) card.className = `card c${rnd(40)}`;
      else card.children[3].title = `title ${rnd(1e6)}`;
    } else if (i % 4 === 0 && added.length) added.splice(rnd(added.length), 1)[0].remove();
    else if (i % 4 === 1) card.after(list[rnd(list.length)]);
    else {
      const made = document.createElement("div");
      made.className = `card c${rnd(40)}`;
      made.innerHTML = `<h3>new ${i}</h3><p>a paragraph with <b>${rnd(1e6)}</b></p>`;
      card.before(made);
      added.push(made);
    }
  };
  const done = { mutations: 0, moves: 0, scrolls: 0 };
  const began = performance.now();
  for (let step = 1; step <= steps; step++) {
    for (; done.mutations < (mutations * step) / steps; done.mutations++) change(done.mutations);
    for (; done.moves < (moves * step) / steps; done.moves++)
      list[rnd(100)].dispatchEvent(new MouseEvent("mousemove", { bubbles: true, clientX: (done.moves * 7) % 1200, clientY: rnd(700) }));
    for (; done.scrolls < (scrolls * step) / steps; done.scrolls++)
      if (done.scrolls % 2) inner.scrollTop = rnd(2000);
      else scrollTo(0, rnd(5000));
    await new Promise((next) => setTimeout(next, Math.max(0, began + (ms * step) / steps - performance.now())));
  }
}
