/**
 * What scripts do to style sheets by CSSOM: rules inserted, deleted and changed, sheets that they construct and adopt,
 * fonts that they load. Fetched when a page first does so; what changed till then is told by whole sheets.
 */
import { alive } from "../recorder/alive";
import type { Lazy } from "../recorder/lazy";
import type { Root } from "../recorder/roots";
import type { Call } from "../recorder/styles/index";
import { createAdopted } from "./adopted";
import { createFonts } from "./fonts";
import { mended } from "./mend";
import { createRules, type Group, pathOf } from "./rules";

/** How often what scripts hold and may change without notice is compared, ms. */
const LOOK = 1000;
/** Rules and lists of sheets that scripts hold. The one held longest is let go. */
const MAX_HELD = 200;

export const start: Lazy<Call>["start"] = (r) => {
  const { arm, elements, library, own } = r.styling;
  /** Rules as they were when a script got hold of their declarations, and roots whose lists it holds. */
  const held = new Map<CSSRule | Root, string>();
  const look = r.later(arm, LOOK);
  const adopted = createAdopted(r, library, (root) => own(() => root.adoptedStyleSheets));
  const rules = createRules(r, adopted.constructed);
  const font = createFonts(r);
  /** Whether calls are heard that were made before this part had come. */
  let early = true;

  const groupOf = (rule: CSSRule): Group => (rule.parentRule ?? rule.parentStyleSheet) as Group;
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
        rules.change(groupOf(it), at, it.cssText);
        rules.change(groupOf(it), at + 1);
      }
    }
  };
  const declared = (rule: CSSRule, set: boolean): void => {
    // The nearest that can be replaced: a step of an animation cannot.
    while (rule.parentRule && !("insertRule" in rule.parentRule)) rule = rule.parentRule;
    // Set, it is another already.
    if (set) held.set(rule, "");
    hold(rule, rule.cssText);
    if (early) rules.change(groupOf(rule), 0);
  };

  r.sheets = {
    enter: adopted.enter,
    leave: adopted.leave,
    whole: rules.whole,
    mended: (...what) => mended(r, ...what),
    flush(waited) {
      compare();
      rules.flush(waited);
      adopted.flush();
      if (held.size) look();
    },
  };
  // Not at once: a protected field may be being typed into.
  alive(r.roots).forEach(adopted.touch);
  queueMicrotask(() => {
    rules.unseen();
    early = false;
    arm();
  });

  return (name, self, args, result) => {
    const [first, second] = args as string[];
    const { length } = args;
    const sheet = self as CSSStyleSheet;
    if (!name) rules.change(sheet, 0);
    else if (/^(FontFace|add)$/.test(name)) font(self, args, result);
    else if (name === "insertRule") rules.change(sheet, result as number, `${first}`);
    else if (name === "addRule") {
      const [, , at = sheet.cssRules.length - 1] = args;
      rules.change(sheet, at as number, `${first}{${second}}`);
    } else if (/^replace/.test(name)) {
      const then = (): void => {
        adopted.constructed(sheet, 0);
        arm();
      };
      void Promise.resolve(result).then(then, then);
    } else if (name === "disabled") {
      const { ownerNode = self } = self as { ownerNode?: unknown };
      if (length)
        if (ownerNode) elements.touch(ownerNode as Element);
        else adopted.constructed(sheet, Infinity);
    } else if (name === "adoptedStyleSheets") {
      adopted.touch(self as Root);
      if (!length) hold(self as Root, "");
      // Style rules hold others by nesting; those of an animation are one with it.
    } else if (/^(delete|remove)Rule/.test(name) && !("appendRule" in sheet)) rules.change(sheet, Number(first) || 0);
    else declared(self as CSSRule, length > 0);
  };
};
