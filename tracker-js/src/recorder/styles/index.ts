/**
 * Style sheets of the page: those of elements as attributes of their elements, adopted ones as events, large ones by
 * id; and whatever scripts change in them. What changes in one task is told together at its end.
 */
import { type Attributes, attribute } from "../attributes";
import type { Observing } from "../observe";
import { createAdopted, type Root } from "./adopted";
import { createElements, type Elements, type Group, pathOf } from "./elements";
import { hook } from "./hooks";
import { createLibrary } from "./library";
import { createSpelled, type Spelled } from "./spelled";

export interface Styles {
  /**
   * Attributes that stand for a `<style>` or `<link rel=stylesheet>` element: already scrubbed, and before the
   * element's own of the same name.
   */
  attributesOf(element: Element): Attributes;
  /** The element's sheet may be another: it has loaded, or its text or this attribute has changed. */
  touch: Elements["touch"];
  /**
   * A document or shadow root is observed from now on. Called after its node has an id and before anything in it is
   * judged; again when the node was told anew under another id.
   */
  enter(root: Root): void;
  /** The document of a frame was replaced. */
  leave(root: Root): void;
  /** What the selectors of the sheets spell out of attributes. */
  spelled: Spelled;
}

/** How often what scripts hold and may change without notice is compared, ms. */
const LOOK = 1000;
/** Rules and lists of sheets that scripts hold. The one held longest is let go. */
const MAX_HELD = 200;
/** How long sheets are read before the elements of a root are judged, ms. What is read later is made good for. */
const AHEAD = 8;
/** Names that are common in selectors, and are kept whatever these say. */
const LISTED = /^(class|id|style|href|src|type)$/;

export function createStyles(r: Observing): Styles {
  const { host } = r;
  /** Attributes that a selector has spelled since elements were judged. */
  const learned = new Set<string>();
  /** The same, learned while a root is entered of which no element was judged yet. */
  const early = new Set<string>();
  /** Hosts, judged before the sheets of their shadow roots spelled out what these ask of them and of what is slotted. */
  const hosts: [Element, string[]][] = [];
  /** Rules as they were when a script got hold of their declarations, and roots whose lists it holds. */
  const held = new Map<CSSRule | Root, string>();
  let armed = false;
  let ours = false;

  const arm = (): void => {
    armed = true;
    r.soon();
  };
  const look = r.later(arm, LOOK);
  const spelled = createSpelled((name) => {
    (ours ? early : learned).add(name);
    // Not at once: what is being told would begin again within itself.
    queueMicrotask(arm);
  });
  /** Whatever of the interfaces we use here is not the page's doing. */
  const own = <T>(then: () => T): T => {
    const before = ours;
    ours = true;
    try {
      return then();
    } finally {
      ours = before;
    }
  };
  const library = createLibrary(r, spelled.learn);
  const adopted = createAdopted(r, library, (root) => own(() => root.adoptedStyleSheets));
  const elements = createElements(r, library, adopted.constructed);

  const hold = (it: CSSRule | Root, now: string): void => {
    held.set(it, held.get(it) ?? now);
    if (held.size > MAX_HELD) held.delete(held.keys().next().value as CSSRule);
  };
  const compare = (): void => {
    for (const [it, was] of held) {
      if (!("cssText" in it)) adopted.touch(it);
      else if (!it.parentStyleSheet) held.delete(it);
      else if (was !== it.cssText) {
        held.set(it, it.cssText);
        const at = pathOf(it)?.pop() as number | undefined;
        if (at === undefined) continue;
        const group = (it.parentRule ?? it.parentStyleSheet) as Group;
        elements.change(group, at, it.cssText);
        elements.change(group, at + 1);
      }
    }
  };
  /** Elements were judged before a sheet spelled out what is in their attributes. */
  const judgeAgain = (elements: Iterable<Element>, names: Iterable<string>, tell: (element: Element, attributes: Attributes) => void): void => {
    for (const element of elements)
      for (const name of names) {
        const value = LISTED.test(name) ? null : element.getAttribute(name);
        if (value === null || !r.id(element)) continue;
        const judge = (by: Spelled): string | undefined => attribute(element, name, value, 0, { ...host, spelled: by });
        const kept = judge(spelled);
        if (kept !== undefined && judge({ ...spelled, keep: () => undefined }) === undefined) tell(element, { [name]: kept });
      }
  };
  r.each((waited) => {
    if (!armed) return;
    armed = false;
    library.renew();
    compare();
    const attributes: object[] = [];
    const tell = (element: Element, news: Attributes): void => void attributes.push({ id: r.id(element), attributes: news });
    elements.flush(tell, waited);
    adopted.flush();
    for (const root of learned.size ? adopted.roots() : [])
      judgeAgain(root.querySelectorAll([...learned].map((name) => `[${CSS.escape(name)}]`).join()), learned, tell);
    learned.clear();
    for (const [element, names] of hosts.splice(0)) judgeAgain([element, ...element.children], names, tell);
    if (attributes.length) r.incremental(0, { texts: [], removes: [], adds: [], attributes });
    if (held.size) look();
  });

  r.eachWindow((page, undo) => {
    const on = <T, A extends unknown[]>(
      owners: ({ prototype: object } | undefined)[],
      names: string,
      then: (self: T, args: A, result: unknown) => void,
      getters?: "get",
    ): void => {
      for (const owner of owners)
        hook<T, A>(undo, owner?.prototype, names, (...notice) => {
          if (ours) return;
          then(...notice);
          arm();
        }, getters && [getters, "set"]);
    };
    const { CSSStyleSheet: Sheet, CSSStyleRule: Rule, CSSKeyframesRule: Frames } = page;
    // Style rules hold others by nesting; in some browsers each kind of rule has methods of its own.
    const groups = [Sheet, page.CSSGroupingRule, Rule];
    on<Group, [string]>(groups, "insertRule", (group, [rule], at) => elements.change(group, at as number, `${rule}`));
    on<Group, [unknown]>(groups, "deleteRule removeRule", (group, [at]) => elements.change(group, Number(at) || 0));
    on<CSSStyleSheet, [string, string, number?]>([Sheet], "addRule", (sheet, [selector, style, at = sheet.cssRules.length - 1]) =>
      elements.change(sheet, at, `${selector}{${style}}`));
    on<CSSStyleSheet, []>([Sheet], "replace replaceSync", (sheet, _, done) => {
      const then = (): void => {
        adopted.constructed(sheet, 0);
        arm();
      };
      Promise.resolve(done).then(then, then);
    });
    const declared = (rule: CSSRule, { length }: unknown[]): void => {
      // The nearest that can be replaced: a step of an animation cannot.
      while (rule.parentRule && !("insertRule" in rule.parentRule)) rule = rule.parentRule;
      // Set, it is another already.
      if (length) held.set(rule, "");
      hold(rule, rule.cssText);
    };
    on([Rule, page.CSSKeyframeRule, page.CSSFontFaceRule], "style styleMap", declared, "get");
    on([Rule], "selectorText", declared);
    on<CSSRule, []>([Frames], "appendRule deleteRule", (rule) => declared(rule, [rule]));
    on<StyleSheet & Element, []>([page.StyleSheet, page.HTMLStyleElement], "disabled", (self) => {
      const { ownerNode = self } = self as { ownerNode?: Node | null };
      if (ownerNode) elements.touch(ownerNode as Element);
      else adopted.constructed(self as unknown as CSSStyleSheet, Infinity);
    });
    on<Root, unknown[]>([page.Document, page.ShadowRoot], "adoptedStyleSheets", (root, { length }) => {
      adopted.touch(root);
      if (!length) hold(root, "");
    }, "get");
  });

  return {
    spelled,
    attributesOf: elements.attributesOf,
    touch(...what) {
      elements.touch(...what);
      arm();
    },
    enter: (root) =>
      own(() => {
        const until = performance.now() + AHEAD;
        for (const sheet of root.styleSheets) if (performance.now() < until) library.ahead(sheet, root.baseURI);
        adopted.enter(root);
        // Nothing in this root was judged yet, but what stands around it.
        if ("host" in root) hosts.push([root.host, [...early]]);
        early.clear();
        arm();
      }),
    leave: adopted.leave,
  };
}
