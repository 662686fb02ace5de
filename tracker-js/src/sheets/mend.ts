/** Rules whose texts are not all of what they are. */
import type { Observing } from "../recorder/observe";

/**
 * How browsers tell a shorthand with `var()` of which a later declaration overrides a part: `padding-top: ;`. What it
 * was is lost in CSSOM (Chromium 156 and Firefox 153 alike).
 */
const LOST = /[{;] ?(?!--)[\w-]+: ;/;

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

/** The texts with the rules of imported sheets in them. */
export function mended(r: Observing, sheet: CSSStyleSheet, texts: string[], base: string, start: number): string[] {
  const { read, placed, own } = r.styling;
  texts.forEach((_, i) => {
    const rule = sheet.cssRules[start + i] as CSSImportRule;
    const rules = (rule as Partial<CSSImportRule>).styleSheet && read(rule.styleSheet as CSSStyleSheet, base);
    if (rules) texts[i] = inlined(rule, rules);
  });
  // The text inside the element where CSSOM has lost a part of it, provided that nothing was changed through CSSOM.
  const written = sheet.ownerNode?.textContent;
  if (!written || !texts.some((t) => t.includes(": ;") && LOST.test(t))) return texts;
  return own(() => {
    const again = new CSSStyleSheet();
    again.replaceSync(written);
    return read(again, base)?.join("") === texts.join("") ? [placed(written, base)] : texts;
  });
}
