/** A page of thousands of nodes: made, changed while it is told, and written down; and the replay of what was told. */
import { Replayer } from "@rrweb/replay";
import { type Dice, dice } from "./dice";

/** Each row: 10 nodes. */
const row = (i: number): string => `<li class="r${i % 9}"><a href="#r${i}">row ${i}</a><b>of ${i % 7}</b><i><u>deep</u> ${i % 5}</i></li>`;
/** Rows of a list. */
const ROWS = 100;

export function fill(lists: number): void {
  document.body.innerHTML = Array.from({ length: lists }, (_, l) => `<ul>${Array.from({ length: ROWS }, (_r, i) => row(l * ROWS + i)).join("")}</ul>`).join("");
}

const make = (d: Dice): Element => {
  const box = document.createElement("div");
  box.innerHTML = `<p class="n${d.below(9)}">new <em>${d.below(99)}</em></p>`;
  return box.firstChild as Element;
};

/** Elements from all over the page, which the walk comes to sooner or later. */
function sample(d: Dice): Element[] {
  const all = document.body.querySelectorAll("ul,li,a,b,i,u,p,em");
  return Array.from({ length: 400 }, () => all[d.below(all.length)] as Element);
}

const ACTS: ((d: Dice, e: Element, other: Element) => unknown)[] = [
  (d, e) => e.before(make(d)),
  (d, e) => e.append(make(d)),
  (_d, e) => e.remove(),
  (_d, e, other) => e.contains(other) || other.append(e),
  (_d, e, other) => e.contains(other) || other.before(e),
  (_d, e, other) => e.contains(other) || other.prepend(e),
  (d, e) => (e.className = `c${d.below(99)}`),
  (d, e) => e.firstChild?.nodeType === 3 && (e.firstChild.nodeValue = `text ${d.below(99)}`),
  (d, e) => e.localName !== "ul" && (e.innerHTML = `<s>inner ${d.below(99)}</s>`),
  (d, e) => e.replaceWith(make(d)),
  (_d, e) => {
    const box = document.createElement("section");
    e.replaceWith(box);
    box.append(e);
  },
  (_d, e) => e.append(...Array.from(e.childNodes).reverse()),
  (_d, e) => e.localName === "li" && e.replaceWith(...e.childNodes),
  (d, e) => {
    if (e.localName !== "section" && e.localName !== "p") return;
    const root = e.shadowRoot ?? e.attachShadow({ mode: "open" });
    root.append(make(d));
  },
  (d, e, other) => {
    // There and back, changed meanwhile.
    const { parentNode, nextSibling } = e;
    if (e.contains(other) || !parentNode) return;
    other.append(e);
    e.prepend(`gone ${d.below(99)}`);
    parentNode.insertBefore(e, nextSibling?.parentNode === parentNode ? nextSibling : null);
  },
];

/** Makes so many changes, a few in each task, and gives how many tasks they took. */
export async function change(seed: number, count: number): Promise<number> {
  const d = dice(seed);
  let tasks = 0;
  let some = sample(d);
  for (let n = 0; n < count; tasks++) {
    for (let left = 1 + d.below(4); left > 0 && n < count; left--, n++) {
      const pick = (): Element => {
        const e = d.one(some) as Element;
        return e.isConnected ? e : pick();
      };
      (ACTS[d.below(ACTS.length)] as (typeof ACTS)[0])(d, pick(), pick());
    }
    if (tasks % 20 === 19) some = sample(d);
    await new Promise((go) => setTimeout(go));
  }
  return tasks;
}

/** Every element and text below the body, one on each line, deeper ones further in; texts side by side are one. */
export function outline(doc: Document = document): string {
  const lines: string[] = [];
  const walk = (node: Node, deep: string): void => {
    const { shadowRoot } = node as Partial<Element>;
    if (shadowRoot) {
      lines.push(`${deep}#shadow`);
      walk(shadowRoot, `${deep} `);
    }
    let text = "";
    for (let at = node.firstChild; at; at = at.nextSibling) {
      if (at.nodeType === 3) text += at.nodeValue;
      else {
        if (text) lines.push(deep + text);
        text = "";
        lines.push(`${deep}<${(at as Element).localName} ${(at as Element).className}>`);
        walk(at, `${deep} `);
      }
    }
    if (text) lines.push(deep + text);
  };
  walk(doc.body, "");
  return lines.join("\n");
}

/** In another page: what these events show in the end. */
export async function rebuild(events: { timestamp: number }[], useVirtualDom: boolean): Promise<string> {
  document.body.replaceChildren();
  const replayer = new Replayer(events as ConstructorParameters<typeof Replayer>[0], { root: document.body, useVirtualDom, showWarning: false, mouseTail: false, triggerFocus: false });
  await new Promise((built) => setTimeout(built, 10));
  replayer.pause((events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0) + 1);
  await new Promise((built) => setTimeout(built, 50));
  const shown = outline(replayer.iframe.contentDocument as Document);
  replayer.destroy();
  return shown;
}
