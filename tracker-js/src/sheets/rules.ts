/**
 * Single rules that scripts insert, delete and change in the sheets of elements. They are told in the order of their
 * happening: thousands of insertions are one event.
 */
import type { Observing } from "../recorder/observe";

export type Group = CSSStyleSheet | CSSGroupingRule;

interface Change {
  index: number | number[];
  rule?: string;
}
/** Changes of one kind in a row: one event. */
type Changes = Partial<Record<"adds" | "removes", Change[]>>;

/** More changes than this at once, and more than half of the rules, are told as a new sheet. */
const MANY = 100;

export interface Rules {
  /** The rule at this place in the group is new, or, without text, was taken out. */
  change(group: Group, at: number, rule?: string): void;
  /** What has changed till now is told by whole sheets: nobody has seen it one by one. */
  unseen(): void;
  /** The sheet is told whole; returns how often it was told after rules of it had been told one by one. */
  whole(sheet: CSSStyleSheet): number;
  /** Tells rules. `waited`: the changes were held back, and their number may be that of keys: sheets are told whole. */
  flush(waited: boolean): void;
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
export function createRules(r: Observing, constructed: (sheet: CSSStyleSheet, from: number) => void): Rules {
  const { elements, library, placed } = r.styling;
  const pending = new Map<CSSStyleSheet, Changes[]>();
  /** Elements of whose sheets rules were told one by one: the replay's sheet is no longer the text that was told. */
  const altered = new WeakSet<Element>();
  /** How often that was so. */
  const times = new WeakMap<Element, number>();
  return {
    whole(sheet) {
      pending.delete(sheet);
      const element = sheet.ownerNode as Element;
      const again = (times.get(element) ?? 0) + Number(altered.delete(element));
      times.set(element, again);
      return again;
    },
    unseen() {
      for (const { ownerNode } of pending.keys()) elements.touch(ownerNode as Element);
      pending.clear();
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
      else if (top !== sheet) elements.touch(element);
      else if (r.id(element)) {
        const events = pending.get(sheet) ?? [];
        pending.set(sheet, events);
        const kind = text === undefined ? "removes" : "adds";
        const change: Change = { index: path.length ? [...(path as unknown as number[]), index] : index };
        if (text !== undefined) {
          library.learn(text);
          change.rule = r.clean(placed(text, sheet.href ?? element.baseURI), sheet);
        }
        const last = events[events.length - 1]?.[kind];
        if (last) last.push(change);
        else events.push({ [kind]: [change] });
      }
    },
    flush(waited) {
      for (const [sheet, events] of pending) {
        const element = sheet.ownerNode as Element;
        const id = r.id(element);
        let length = 0;
        for (const { adds, removes } of events) length += (adds ?? removes)?.length ?? 0;
        if (waited || (length > MANY && length > sheet.cssRules.length / 2)) elements.touch(element);
        else if (id) {
          altered.add(element);
          for (const event of events) r.incremental(8, { id, ...event });
        }
      }
      pending.clear();
    },
  };
}
