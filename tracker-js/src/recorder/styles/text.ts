/**
 * The text of a sheet, rule by rule, as the browser itself tells it: so the rules' numbers are those that scripts use,
 * what CSSOM changed is in it, and comments are not. Addresses are absolute and scrubbed.
 */
import { MASK } from "../../privacy/scrub";
import type { Privacy } from "../contract";
import { resource } from "../resource";

const ADDRESS = /url\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^)"']*)\s*\)/g;
/** What the page's author writes freely; words of the language itself may look like a part of a secret. */
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|--[\w-]+\s*:\s*[^;}"']*/g;
/**
 * How browsers tell a shorthand with `var()` of which a later declaration overrides a part: `padding-top: ;`. What it
 * was is lost in CSSOM (Chromium 156 and Firefox 153 alike).
 */
const LOST = /[{;] ?(?!--)[\w-]+: ;/;

/** Addresses made absolute and scrubbed; those inside the text itself (`data:`, `#id`) stay. */
function placed(css: string, base: string, privacy: Privacy): string {
  if (!css.includes("url(")) return css;
  return css.replace(ADDRESS, (all, quoted: string) => {
    const address = quoted.replace(/^["']|["']$/g, "").trim();
    if (!address || /^(#|data:)/i.test(address)) return all;
    return `url("${resource(address.replace(/\\(.)/g, "$1"), privacy, base)}")`;
  });
}

function untainted(css: string, { protection }: Privacy): string {
  return css.replace(STRING, (s) => (protection.taints(s.replace(/^["']|["']$/g, "")) ? `"${MASK}"` : s));
}

/** Rules or declarations whose addresses are relative to `base`, without what may be private. */
export function cleanCss(css: string, base: string, privacy: Privacy): string {
  const text = placed(css, base, privacy);
  return privacy.protection.taints(text) ? untainted(text, privacy) : text;
}

/** Whatever conditions an import has, its rules become one rule: the numbers of those after it stay. */
function inlined(rule: CSSImportRule, rules: string[]): string {
  const media = rule.media.mediaText || "all";
  const { layerName, supportsText } = rule;
  let text = rules.join("");
  // Absent in older browsers, where it is null otherwise.
  if (typeof layerName === "string") text = `@layer ${layerName}{${text}}`;
  if (supportsText) text = `@supports (${supportsText}){${text}}`;
  return `@media ${media}{${text}}`;
}

/** The rules' texts from number `start` on, or undefined where the browser does not let them be read: another origin's, or not there yet. */
export function rulesOf(sheet: CSSStyleSheet, base: string, privacy: Privacy, start = 0): string[] | undefined {
  const texts = read(sheet, base, privacy, start);
  // Asked once for all of them: that is the rule, and secrets are few.
  return texts && privacy.protection.taints(texts.join("")) ? texts.map((t) => untainted(t, privacy)) : texts;
}

function read(sheet: CSSStyleSheet, base: string, privacy: Privacy, start = 0): string[] | undefined {
  let rules: CSSRuleList;
  try {
    rules = sheet.cssRules;
  } catch {
    return;
  }
  const texts: string[] = [];
  const from = sheet.href ?? base;
  for (let i = start; i < rules.length; i++) {
    const rule = rules[i] as CSSRule & Partial<CSSImportRule>;
    const imported = rule.styleSheet && read(rule.styleSheet, from, privacy);
    texts.push(imported ? inlined(rule as CSSImportRule, imported) : placed(rule.cssText, from, privacy));
  }
  return mended(sheet, texts, from, privacy) ?? texts;
}

/** The text inside the element where CSSOM has lost a part of it, provided that nothing was changed through CSSOM. */
function mended(sheet: CSSStyleSheet, texts: string[], base: string, privacy: Privacy): string[] | undefined {
  const written = sheet.ownerNode?.textContent;
  if (!written || !texts.some((t) => t.includes(": ;") && LOST.test(t))) return;
  const again = new CSSStyleSheet();
  again.replaceSync(written);
  if (read(again, base, privacy)?.join("") === texts.join("")) return [placed(written, base, privacy)];
}
