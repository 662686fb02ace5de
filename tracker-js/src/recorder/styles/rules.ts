/**
 * Single rules that scripts insert, delete and change in the sheet of an element, gathered until the next flush and
 * told in the order of their happening: thousands of insertions are one event.
 */
import type { Recording } from "../recording";
import { cleanCss } from "./text";

/** Of a rule: its numbers from the sheet down. */
type Path = number[];
type Place = number | Path;
interface Change {
  adds?: { rule: string; index: Place }[];
  removes?: { index: Place }[];
}

/** More changes than this at once, and more than half of the rules, are told as a new sheet. */
const MANY = 100;
/** Rules whose declarations a script got hold of and may change at any time. The one held longest is let go. */
const MAX_HELD = 200;

export interface Rules {
  added(sheet: CSSStyleSheet, path: Path, rule: string): void;
  removed(sheet: CSSStyleSheet, path: Path): void;
  /** The rule has changed as a whole. */
  replaced(rule: CSSRule): void;
  /** A script has the rule's declarations in its hands: from now on it is compared. Called before it can change. */
  hold(rule: CSSRule): void;
  /** Whether anything is held. */
  holding(): boolean;
  /** The sheet is told whole. */
  forget(sheet: CSSStyleSheet): void;
  /** Whether there is something to tell. */
  pending(): boolean;
  /** `held`: the changes had to wait, and their number may be that of keys: their sheets are told whole. */
  flush(held: boolean): void;
}

/** What rules do with sheets that are told another way. */
export interface Others {
  /** The element's whole sheet is to be told. */
  touch(element: Element): void;
  /** Rules of the element's sheet were told one by one. */
  changed(element: Element): void;
  /** The sheet is a script's own, and its rules from this number on are others. */
  constructed(sheet: CSSStyleSheet, from: number): void;
  learn(css: string): void;
}

const { indexOf } = Array.prototype;

/** Undefined for a rule that is in no sheet any more. */
export function pathOf(rule: CSSRule): Path | undefined {
  const parent = rule.parentRule as CSSGroupingRule | null;
  const at = indexOf.call((parent ?? rule.parentStyleSheet)?.cssRules ?? [], rule);
  const above = parent ? pathOf(parent) : [];
  return at < 0 ? undefined : above && [...above, at];
}

export function createRules(r: Recording, others: Others): Rules {
  const pending = new Map<CSSStyleSheet, Change[]>();
  const held = new Map<CSSRule, string>();

  /** The list to which a change of this sheet is added; nothing where it is told otherwise or not at all. */
  const changesOf = (sheet: CSSStyleSheet | null, path: Path): Change[] | undefined => {
    if (!sheet) return;
    const above = sheet.ownerRule;
    if (above) {
      // Told as a part of the sheet that imports it.
      rules.replaced(above);
      return;
    }
    const owner = sheet.ownerNode;
    if (!owner) others.constructed(sheet, path[0] as number);
    else if (r.id(owner)) {
      let changes = pending.get(sheet);
      if (!changes) pending.set(sheet, (changes = []));
      return changes;
    }
    return;
  };
  const place = (path: Path): Place => (path.length > 1 ? path : (path[0] as number));

  const compare = (): void => {
    for (const [rule, was] of held) {
      const now = rule.cssText;
      if (!rule.parentStyleSheet) held.delete(rule);
      else if (now !== was) {
        held.set(rule, now);
        rules.replaced(rule);
      }
    }
  };

  const rules: Rules = {
    added(sheet, path, text) {
      others.learn(text);
      const changes = changesOf(sheet, path);
      if (!changes) return;
      const entry = { rule: cleanCss(text, sheet.href ?? sheet.ownerNode?.baseURI ?? "", r.host), index: place(path) };
      const last = changes[changes.length - 1]?.adds;
      if (last) last.push(entry);
      else changes.push({ adds: [entry] });
    },
    removed(sheet, path) {
      const changes = changesOf(sheet, path);
      const last = changes?.[changes.length - 1]?.removes;
      if (last) last.push({ index: place(path) });
      else changes?.push({ removes: [{ index: place(path) }] });
    },
    replaced(rule) {
      const sheet = rule.parentStyleSheet;
      const path = pathOf(rule);
      if (!sheet || !path) return;
      if ((rule as Partial<CSSImportRule>).styleSheet) {
        if (sheet.ownerNode) others.touch(sheet.ownerNode as Element);
        return;
      }
      rules.added(sheet, path, rule.cssText);
      rules.removed(sheet, [...path.slice(0, -1), (path[path.length - 1] as number) + 1]);
    },
    hold(rule) {
      // The nearest that can be replaced: a step of an animation cannot.
      while (rule.parentRule && !("insertRule" in rule.parentRule)) rule = rule.parentRule;
      if (held.has(rule) || !rule.parentStyleSheet) return;
      held.set(rule, rule.cssText);
      if (held.size > MAX_HELD) held.delete(held.keys().next().value as CSSRule);
    },
    holding: () => held.size > 0,
    forget: (sheet) => pending.delete(sheet),
    pending() {
      compare();
      return pending.size > 0;
    },
    flush(held) {
      for (const [sheet, changes] of pending) {
        const owner = sheet.ownerNode as Element | null;
        const id = r.id(owner);
        if (!owner || !id) continue;
        const many = changes.reduce((n, c) => n + (c.adds ?? c.removes ?? []).length, 0);
        if (held || (many > MANY && many > sheet.cssRules.length / 2)) others.touch(owner);
        else {
          others.changed(owner);
          for (const change of changes) r.incremental(8, { id, ...change });
        }
      }
      pending.clear();
    },
  };
  return rules;
}
