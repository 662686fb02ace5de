/**
 * The text of a sheet, rule by rule, as the browser itself tells it: so the rules' numbers are those that scripts use,
 * what CSSOM changed is in it, and comments are not. Addresses are absolute and scrubbed.
 */
import type { Privacy } from "../contract";
import type { Observing } from "../observe";
import { resource } from "../resource";

const ADDRESS = /url\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^)"']*)\s*\)/g;
/** Stands for a rule, so that those after it keep their numbers, or for declarations, of which nothing can be told. */
export const NOTHING = "@media{}";
/** Rules that CSSOM does not tell as they are: imports, and shorthands with `var()` (see `mended` in the part `sheets`). */
const ODD = /^@import|[{;] ?(?!--)[\w-]+: ;/;

/** Addresses made absolute and scrubbed; those inside the text itself (`data:`, `#id`) stay. */
export function placed(css: string, base: string, privacy: Privacy): string {
  if (!css.includes("url(")) return css;
  return css.replace(ADDRESS, (all, quoted: string) => {
    const address = quoted.replace(/^["']|["']$/g, "").trim();
    if (!address || /^(#|data:)/i.test(address)) return all;
    return `url("${resource(address.replace(/\\(.)/g, "$1"), privacy, base)}")`;
  });
}

/** The rules' texts from number `start` on, or undefined where the browser does not let them be read: another origin's, or not there yet. */
export function rulesOf(sheet: CSSStyleSheet, base: string, r: Observing, start = 0): string[] | undefined {
  const texts = read(sheet, base, r, start);
  // Asked once for all of them: that is the rule, and secrets are few.
  return texts && r.host.protection.taints(texts.join("")) ? texts.map((t) => r.clean(t, sheet)) : texts;
}

/** The same before secrets are taken out. */
export function read(sheet: CSSStyleSheet, base: string, r: Observing, start = 0): string[] | undefined {
  let rules: CSSRuleList;
  try {
    rules = sheet.cssRules;
  } catch {
    return;
  }
  const from = sheet.href ?? base;
  const texts: string[] = [];
  let odd = false;
  for (let i = start; i < rules.length; i++) {
    const { cssText } = rules[i] as CSSRule;
    odd ||= (cssText[0] === "@" || cssText.includes(": ;")) && ODD.test(cssText);
    texts.push(placed(cssText, from, r.host));
  }
  if (!odd) return texts;
  if (!r.sheets) r.reach("", sheet, []);
  return r.sheets?.mended(sheet, texts, from, start) ?? texts;
}
