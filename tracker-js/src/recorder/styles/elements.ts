/**
 * `<style>` and `<link rel=stylesheet>`: their rules stand in the attribute `_cssText`, from which a replay makes a
 * `<style>` of either. A sheet that cannot be read (another origin's) stays a link. Single rules that scripts insert,
 * delete and change are told in the order of their happening: thousands of insertions are one event.
 */
import type { Attributes } from "../attributes";
import type { Recording } from "../recording";
import type { Library } from "./library";
import { cleanCss } from "./text";

export type SheetElement = HTMLElement & { sheet: CSSStyleSheet | null; disabled?: boolean; rel?: string };
export type Group = CSSStyleSheet | CSSGroupingRule;

interface Change {
  index: number | number[];
  rule?: string;
}
/** Changes of one kind in a row: one event. */
type Changes = Partial<Record<"adds" | "removes", Change[]>>;

/** More changes than this at once, and more than half of the rules, are told as a new sheet. */
const MANY = 100;

export interface Elements {
  /** What stands for the element's sheet, as it is told now. */
  attributesOf(element: Element): Attributes;
  /** The next flush tells what is different from what was told; `attribute`: this one has changed. */
  touch(element: Element, attribute?: string | null): void;
  /** The rule at this place in the group is new, or, without text, was taken out. */
  change(group: Group, at: number, rule?: string): void;
  /**
   * Tells rules, and hands over what is different in attributes. `waited`: the changes were held back, and their number
   * may be that of keys: their sheets are told whole.
   */
  flush(tell: (element: Element, attributes: Attributes) => void, waited: boolean): void;
}

/** The sheet, and the rule's numbers from the sheet down; undefined for a rule that is in no sheet any more. */
export function pathOf(node: Group | CSSRule | null): [CSSStyleSheet, ...number[]] | undefined {
  if (!node || !("parentRule" in node)) return node ? [node] : undefined;
  const parent = (node.parentRule ?? node.parentStyleSheet) as Group | null;
  const above = pathOf(parent);
  const at = above ? [].indexOf.call(parent?.cssRules, node as never) : -1;
  return at < 0 ? undefined : [...(above as [CSSStyleSheet]), at];
}

/** `constructed` is told of a sheet that is a script's own: its rules from this number on are others. */
export function createElements(r: Recording, library: Library, constructed: (sheet: CSSStyleSheet, from: number) => void): Elements {
  const told = new WeakMap<Element, Attributes>();
  const touched = new Set<Element>();
  const chosen = new WeakSet<Element>();
  /** Rules were told one by one: the replay's sheet is no longer the text that was told. */
  const altered = new WeakSet<Element>();
  /** How often that was so: the next whole text must be another than all before, even where the replay meets one alone. */
  const times = new WeakMap<Element, number>();
  const pending = new Map<CSSStyleSheet, Changes[]>();

  const attributesOf = (element: Element): Attributes => {
    const { sheet, baseURI, localName, disabled, rel } = element as SheetElement;
    const now: Attributes = {};
    if (sheet) {
      pending.delete(sheet);
      const rules = library.read(sheet, baseURI);
      if (rules) {
        const again = (times.get(element) ?? 0) + (altered.delete(element) ? 1 : 0);
        times.set(element, again);
        now._cssText = again ? rules.join("") + " ".repeat(again) : library.named(rules);
      }
    } else if (localName === "style") now._cssText = "";
    // An alternate sheet is not applied, and does not say so, before a script has switched it on.
    if (sheet ? sheet.disabled || (/alternate/i.test(`${rel}`) && !chosen.has(element)) : disabled) now.media = "not all";
    told.set(element, now);
    return now;
  };

  return {
    attributesOf,
    touch(element, attribute) {
      touched.add(element);
      if (attribute === "disabled" && !(element as SheetElement).disabled) chosen.add(element);
    },
    change(group, index, text) {
      const path = pathOf(group);
      if (!path) return;
      const sheet = path.shift() as CSSStyleSheet;
      let top = sheet;
      while (top.parentStyleSheet) top = top.parentStyleSheet;
      const element = top.ownerNode as Element | null;
      if (!element) constructed(sheet, (path as number[])[0] ?? index);
      // An import is told as a part of the sheet that imports it.
      else if (top !== sheet) touched.add(element);
      else if (r.id(element)) {
        const events = pending.get(sheet) ?? [];
        pending.set(sheet, events);
        const kind = text === undefined ? "removes" : "adds";
        const change: Change = { index: path.length ? [...(path as unknown as number[]), index] : index };
        if (text !== undefined) {
          library.learn(text);
          change.rule = cleanCss(text, sheet.href ?? element.baseURI, r.host);
        }
        const last = events[events.length - 1]?.[kind];
        if (last) last.push(change);
        else events.push({ [kind]: [change] });
      }
    },
    flush(tell, waited) {
      for (const [sheet, events] of pending) {
        const element = sheet.ownerNode as Element;
        const id = r.id(element);
        const { length } = events.flatMap((e) => e.adds ?? e.removes);
        if (waited || (length > MANY && length > sheet.cssRules.length / 2)) touched.add(element);
        else if (id) {
          altered.add(element);
          for (const event of events) r.incremental(8, { id, ...event });
        }
      }
      pending.clear();
      for (const element of touched) {
        const old = told.get(element);
        if (!old || !r.id(element)) continue;
        const { _cssText, media } = attributesOf(element);
        const news: Attributes = {};
        if (_cssText !== undefined && _cssText !== old._cssText) news._cssText = _cssText;
        if (media !== old.media) news.media = media ?? element.getAttribute("media");
        if (Object.keys(news).length) tell(element, news);
      }
      touched.clear();
    },
  };
}
