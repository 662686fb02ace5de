/**
 * What the selectors of the page's style sheets spell out of attributes: only such values may be kept of an attribute
 * that is on no list, and they are what the page's look depends on. Of one whose value is shown, `content: attr(name)`, the
 * mask stands for any other, as it does for masked texts.
 */
import { MASK } from "../privacy/scrub";

/** `attr(name`, `[name]`, or `[name operator value]`; of the value's quotes one group holds. */
const NAMED = /attr\(\s*([\w-]+)|\[\s*(?:[\w-]*\|)?([\w-]+)\s*(?:([~|^$*]?)=\s*(?:"([^"]*)"|'([^']*)'|([^\]\s]+)))?/g;

/** In the place of an operator: the value is shown. */
const SHOWN = "(";
/** Signs of the page's own font say nothing. */
const SIGNS = /^[\uE000-\uF8FF\s]*$/;

export interface Spelled {
  /** Reads rules; those that name no attribute cost next to nothing. */
  learn(css: string): void;
  /** The value to keep, or undefined when no selector asks for it. */
  keep(name: string, value: string): string | undefined;
}

/** `learned` is told every attribute of which something new was learned. */
export function createSpelled(learned: (name: string) => void): Spelled {
  /** By attribute: operators and values, one after the other, each once. */
  const known = new Map<string, Map<string, [string, string]>>();
  return {
    learn(css) {
      if (!/\[|attr\(/.test(css)) return;
      for (const [, shown, name = shown ?? "", operator = shown ? SHOWN : "", double, single, bare] of css.matchAll(NAMED)) {
        const value = double ?? single ?? bare ?? "";
        const key = name.toLowerCase();
        let spelled = known.get(key);
        if (!spelled) known.set(key, (spelled = new Map<string, [string, string]>()));
        if (spelled.has(operator + value)) continue;
        spelled.set(operator + value, [operator, value]);
        learned(key);
      }
    },
    keep(name, value) {
      const spelled = known.get(name);
      if (!spelled) return;
      let start = "";
      let end = "";
      let bare: string | undefined;
      const parts: string[] = [];
      for (const [operator, part] of spelled.values()) {
        if (operator === SHOWN) bare = SIGNS.test(value) ? value : MASK;
        else if (!part) bare ??= "";
        else if (part === value) return value;
        else if (operator === "^" || operator === "|") {
          if (part.length > start.length && value.startsWith(part)) start = part;
        } else if (operator === "$") {
          if (part.length > end.length && value.endsWith(part)) end = part;
        } else if (operator === "~" ? ` ${value} `.includes(` ${part} `) : operator && value.includes(part)) parts.push(part);
      }
      return [start, ...parts, end].filter(Boolean).join(" ") || bare;
    },
  };
}
