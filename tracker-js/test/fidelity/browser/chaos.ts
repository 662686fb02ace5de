/**
 * Random changes to whatever page it runs in: to the document, to its open
 * shadow roots and to its same-origin frames, and moves across these.
 */
import { type Dice, dice } from "./dice";
import { settle } from "./look";
import { FRAME_PAGES, SNIPPETS } from "./snippets";

type Root = Document | ShadowRoot;

/** Elements that a change must not take for an ordinary one. */
const APART = "html,head,body,script,style,link,meta,title,base,noscript,template,template *,option,head *";
/** No shadow root can be attached to others, save custom elements. */
const HOSTS = /^(article|aside|blockquote|div|footer|h[1-6]|header|main|nav|p|section|span)$/;
/** Elements in one root, beyond which more is removed than inserted. */
const CROWD = 160;
/** Frames in all; each is a document of its own. */
const MOST_FRAMES = 8;

/** What was done, for a report when a replay differs. */
export const done: string[] = [];

let serial = 0;
const fill = (markup: string): string => markup.replace(/#/g, () => String(++serial % 250));
const view = (node: Node): Window & typeof globalThis => (node.ownerDocument ?? (node as Document)).defaultView as Window & typeof globalThis;

/** The document, its open shadow roots and frames, in the order of the tree. */
function roots(from: Root = document): Root[] {
  const out: Root[] = [from];
  for (const e of Array.from(from.querySelectorAll("*"))) {
    if (e.shadowRoot) out.push(...roots(e.shadowRoot));
    const inner = (e as Partial<HTMLIFrameElement>).contentDocument;
    if (inner?.body) out.push(...roots(inner));
  }
  return out;
}

const elements = (root: Root): Element[] => Array.from(root.querySelectorAll("*")).filter((e) => !e.matches(APART));
/** Where children may be put: elements that take any, or the root itself. */
const parents = (root: Root): (Element | ShadowRoot)[] => [
  "body" in root ? root.body : root,
  ...elements(root).filter((e) => !/^(input|textarea|select|br|hr|img|iframe|video|audio|canvas|svg|math|object|x-void)$/.test(e.localName) && !e.closest("svg,math")),
];

/** A random place between a parent's children. */
function place(parent: Node, d: Dice): Node | null {
  const at = d.below(parent.childNodes.length + 1);
  return parent.childNodes[at] ?? null;
}

function make(doc: Document, d: Dice): Node[] {
  const holder = doc.createElement("div");
  holder.innerHTML = fill(d.one(SNIPPETS) ?? "");
  return Array.from(holder.childNodes);
}

type Act = (d: Dice, root: Root, stash: Node[]) => unknown;

const ACTS: Record<string, Act> = {
  insert(d, root) {
    const parent = d.one(parents(root));
    if (parent) for (const node of make(view(root).document, d)) parent.insertBefore(node, place(parent, d));
  },
  insertText(d, root) {
    const parent = d.one(parents(root));
    parent?.insertBefore(new (view(root).Text)(fill("loose # ")), place(parent, d));
  },
  remove(d, root, stash) {
    const e = d.one(elements(root));
    e?.remove();
    // It may come back, changed meanwhile.
    if (e && stash.length < 8 && !e.querySelector("iframe")) stash.push(e);
  },
  removeText(d, root) {
    d.one(texts(root))?.remove();
  },
  changeStashed(d, _root, stash) {
    const e = d.one(stash) as Element | undefined;
    // A style inside a text area holds on the page; no page has any there.
    if (!e || e.localName === "textarea") return;
    // In the document of a frame that is gone the browser makes elements without their style.
    const made = make(e.ownerDocument.defaultView ? e.ownerDocument : document, d);
    // Nor one inside a frame's own element, whose children nobody sees and the Replayer cannot have.
    if (e.localName !== "iframe") e.append(...made);
    e.classList.toggle("c4");
    if (d.below(2)) e.firstChild?.remove();
  },
  bringBack(d, root, stash) {
    const e = stash.splice(d.below(stash.length || 1), 1)[0];
    const parent = d.one(parents(root));
    if (e && parent && !e.contains(parent)) parent.insertBefore(e, place(parent, d));
  },
  move(d, root) {
    const e = d.one(elements(root));
    const parent = d.one(parents(root));
    if (e && parent && !e.contains(parent)) parent.insertBefore(e, place(parent, d));
  },
  moveAcross(d, root) {
    const e = d.one(elements(root));
    const other = d.one(roots());
    const parent = other && d.one(parents(other));
    if (e && parent && !includes(e, parent)) parent.insertBefore(e, place(parent, d));
  },
  moveText(d, root) {
    const text = d.one(texts(root));
    const parent = d.one(parents(root));
    if (text) parent?.insertBefore(text, place(parent, d));
  },
  moveAndChange(d, root) {
    const e = d.one(elements(root));
    const parent = d.one(parents(root));
    if (!e || !parent || e.contains(parent)) return;
    const text = Array.from(e.childNodes).find((n) => n.nodeType === 3);
    if (text) text.nodeValue = fill("before # ");
    parent.insertBefore(e, place(parent, d));
    if (text) text.nodeValue = fill("after # ");
    e.classList.toggle("c1");
  },
  replace(d, root) {
    const e = d.one(elements(root));
    e?.replaceWith(...make(e.ownerDocument, d));
  },
  wrap(d, root) {
    const e = d.one(elements(root));
    if (!e) return;
    const box = e.ownerDocument.createElement("div");
    box.className = "c2";
    e.replaceWith(box);
    box.append(e);
  },
  unwrap(d, root) {
    const e = d.one(elements(root).filter((x) => !x.shadowRoot));
    e?.replaceWith(...Array.from(e.childNodes));
  },
  reorder(d, root) {
    const parent = d.one(parents(root));
    if (!parent) return;
    const children = Array.from(parent.childNodes).filter((n) => n.nodeType !== 1 || !(n as Element).matches("script,style"));
    for (const c of children) if (d.below(2)) parent.appendChild(c);
  },
  reverse(d, root) {
    const parent = d.one(parents(root));
    for (const e of Array.from(parent?.children ?? []).reverse()) if (!e.matches(APART)) parent?.append(e);
  },
  inner(d, root) {
    const e = d.one(parents(root).filter((p) => !("body" in p) && p.childElementCount < 6));
    if (e && e.nodeName !== "BODY") e.innerHTML = fill(d.one(SNIPPETS) ?? "");
  },
  clear(d, root) {
    const e = d.one(elements(root).filter((p) => p.childElementCount < 4 && p.localName !== "select"));
    if (e) e.textContent = "";
  },
  setText(d, root) {
    const e = d.one(elements(root).filter((p) => p.childElementCount < 3 && !/^(select|iframe|svg|textarea)$/.test(p.localName)));
    if (e) e.textContent = fill("set #");
  },
  changeText(d, root) {
    const t = d.one(texts(root));
    if (t) t.data = fill("data #");
  },
  changeTextTwice(d, root) {
    const t = d.one(texts(root));
    if (!t) return;
    t.data = fill("once #");
    t.parentNode?.insertBefore(t, t.parentNode.firstChild);
    t.data = fill("twice #");
  },
  split(d, root) {
    const t = d.one(texts(root));
    if (t && t.data.length > 2) t.splitText(1);
  },
  normalize(d, root) {
    d.one(parents(root))?.normalize();
  },
  toggleClass(d, root) {
    d.one(elements(root))?.classList.toggle(`c${1 + d.below(4)}`);
  },
  setStyle(d, root) {
    const e = d.one(elements(root)) as HTMLElement | undefined;
    if (e?.style) e.style.setProperty(d.one(["color", "background-color", "--own"]) ?? "", `rgb(${d.below(250)}, 9, 9)`, d.below(3) ? "" : "important");
  },
  dropStyle(d, root) {
    const e = d.one(elements(root));
    if (d.below(2)) e?.removeAttribute("style");
    else (e as HTMLElement | undefined)?.style?.removeProperty("color");
  },
  setAttribute(d, root) {
    const e = d.one(elements(root));
    const [name = "", value = ""] = d.one([["dir", "rtl"], ["lang", "de"], ["align", "right"], ["width", "77"], ["data-on", "yes"]]) ?? [];
    if (e?.hasAttribute(name)) e.removeAttribute(name);
    else e?.setAttribute(name, value);
  },
  hide(d, root) {
    d.one(elements(root).filter((e) => !e.querySelector("iframe")))?.toggleAttribute("hidden");
  },
  attach(d, root) {
    const host = d.one(elements(root).filter((e) => HOSTS.test(e.localName) && !e.shadowRoot && !e.querySelector("iframe")));
    if (!host) return;
    const shadow = host.attachShadow({ mode: "open" });
    shadow.innerHTML = fill(`<style>p{color:rgb(0,#,0)}</style><p>shade #</p><slot></slot>`);
    if (d.below(2)) shadow.append(...make(host.ownerDocument, d));
  },
  insertHost(d, root) {
    const parent = d.one(parents(root));
    const doc = view(root).document;
    const host = doc.createElement("div");
    const early = d.below(2);
    if (early) host.attachShadow({ mode: "open" }).append(...make(doc, d));
    parent?.insertBefore(host, place(parent, d));
    if (!early) host.attachShadow({ mode: "open" }).append(...make(doc, d));
    host.append(...make(doc, d));
  },
  addFrame(d, root) {
    if (roots().length > 24 || frames() >= MOST_FRAMES) return;
    const parent = d.one(parents(root));
    const frame = view(root).document.createElement("iframe");
    frame.width = "200";
    frame.height = "80";
    const kind = d.below(3);
    if (kind === 0) frame.srcdoc = fill(d.one(FRAME_PAGES) ?? "");
    parent?.insertBefore(frame, place(parent, d));
    const inner = frame.contentDocument;
    if (kind === 1 && inner) {
      inner.open();
      inner.write(fill(d.one(FRAME_PAGES) ?? ""));
      inner.close();
    } else if (kind === 2 && inner?.body) inner.body.append(...make(inner, d));
  },
  writeFrame(d) {
    const inner = d.one(roots().filter((r): r is Document => "body" in r && r !== document));
    if (!inner?.body || (inner.readyState as string) === "loading") return;
    if (d.below(2)) {
      inner.open();
      inner.write(fill(d.one(FRAME_PAGES) ?? ""));
      inner.close();
    } else inner.body.innerHTML = fill(d.one(SNIPPETS) ?? "");
  },
  reloadFrame(d) {
    const inner = d.one(roots().filter((r): r is Document => "body" in r && r !== document));
    const frame = inner?.defaultView?.frameElement as HTMLIFrameElement | null;
    if (frame) frame.srcdoc = fill(d.one(FRAME_PAGES) ?? "");
  },
  insertRule(d, root) {
    const sheets = [...Array.from(root.styleSheets), ...root.adoptedStyleSheets];
    const rule = fill(d.one([".c1{color:rgb(#,1,1)}", ".c2{background-color:rgb(2,#,2)}", "@media all{.c3{opacity:.5}}", "[data-on=yes]{color:rgb(3,3,#)}"]) ?? "");
    const sheet = d.one(sheets.filter(changeable));
    sheet?.insertRule(rule, d.below(sheet.cssRules.length + 1));
  },
  deleteRule(d, root) {
    const sheet = d.one(Array.from(root.styleSheets).filter((s) => changeable(s) && s.cssRules.length > 1));
    sheet?.deleteRule(d.below(sheet.cssRules.length));
  },
  adopt(_d, root) {
    if (orphaned(root)) return;
    if (root.adoptedStyleSheets.length > 3) return void (root.adoptedStyleSheets = root.adoptedStyleSheets.slice(1));
    const sheet = new (view(root).CSSStyleSheet)();
    sheet.replaceSync(fill(".c4{color:rgb(4,#,4)}p{font-weight:700}"));
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  },
  changeSheet(d, root) {
    const style = d.one(Array.from(root.querySelectorAll("style")));
    if (style) style.textContent = fill(".c1{font-size:15px}.c2{color:rgb(5,5,#)}");
  },
};

const KINDS = Object.keys(ACTS);
/** Kinds that make fewer, for a root that is full. */
const SHRINKING = ["remove", "clear", "setText", "removeText", "deleteRule", "move", "reorder"];

/**
 * Whether a frame made it that shows another document by now: nobody watches the interfaces of a document that is gone,
 * though what was moved out of it still has them.
 */
const orphaned = (made: object): boolean =>
  !roots().some((r) => [view(r).CSSStyleSheet, view(r).ShadowRoot, view(r).Document, view(r).HTMLDocument].some((c) => Object.getPrototypeOf(made) === c.prototype));

/** Whether rules of `<style>` elements outside a head change as well. */
let anywhere = false;

const changeable = (sheet: CSSStyleSheet): boolean => {
  try {
    return sheet.cssRules.length >= 0 && !orphaned(sheet) && (anywhere || !(sheet.ownerNode as Element | null)?.closest("body") && sheet.ownerNode?.getRootNode().nodeType !== 11);
  } catch {
    return false;
  }
};

function texts(root: Root): Text[] {
  const out: Text[] = [];
  const walk = (node: Node): void => {
    for (const c of Array.from(node.childNodes)) {
      if (c.nodeType === 3) out.push(c as Text);
      else if (c.nodeType !== 1 || !/^(script|style|textarea|option|template|noscript|iframe)$/.test((c as Element).localName)) walk(c);
    }
  };
  walk("body" in root ? root.body : root);
  return out.filter((t) => !(t.parentNode as Element).closest?.("select"));
}

const frames = (): number => roots().filter((r) => "body" in r).length - 1;

/** Whether the element holds the other across shadow roots and frames. */
function includes(e: Element, other: Node): boolean {
  for (let n: Node | null | undefined = other; n; ) {
    if (e.contains(n)) return true;
    const root = n.getRootNode();
    n = (root as Partial<ShadowRoot>).host ?? (root as Partial<Document>).defaultView?.frameElement;
  }
  return false;
}

const stash: Node[] = [];

/** Makes `count` changes in tasks of one to eight, some of them with a pause between. */
export async function run(seed: number, count: number, rulesAnywhere: boolean): Promise<void> {
  anywhere = rulesAnywhere;
  const d = dice(seed);
  for (let n = 0; n < count; ) {
    for (let left = 1 + d.below(8); left > 0 && n < count; left--, n++) {
      const root = d.one(roots()) ?? document;
      const kind = d.one(elements(root).length > CROWD ? SHRINKING : KINDS) ?? "";
      done.push(kind);
      try {
        (ACTS[kind] as Act)(d, root, stash);
      } catch (error) {
        // A place that the browser does not allow; any other fault is the test's own. Frames have errors of their own.
        if (!/^(HierarchyRequest|NotSupported|NotAllowed|InvalidState|Syntax)Error$/.test((error as Error).name)) throw error;
      }
    }
    const rest = d.below(4);
    if (rest === 1) await Promise.resolve();
    if (rest === 2) await new Promise((go) => setTimeout(go));
    if (rest === 3) await new Promise(requestAnimationFrame);
    // Which documents there are must not depend on how fast frames load: the seed alone decides.
    await settle();
  }
}
