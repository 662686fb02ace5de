/**
 * Style sheets: kept as text so that a replay needs no network, their addresses
 * scrubbed; and what their selectors say of attributes.
 */
import { MASK } from "../privacy/scrub";
import type { Privacy } from "./contract";
import { resource } from "./resource";

const NAMED = /\[\s*([\w-]+)\s*(?:([~|^$*]?)=\s*("[^"]*"|'[^']*'|[^\]\s]+))?/g;
const ADDRESS = /url\(\s*(["']?)(?!["']?data:)([^"')]*)\1\s*\)/g;
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|--[\w-]+\s*:\s*[^;}]*/g;

/** A sheet, a rule or an inline style without what may be private. */
export function scrubCss(css: string, privacy: Privacy): string {
  const clean = css.replace(ADDRESS, (_all, quote: string, address: string) =>
    /^#/.test(address) ? `url(${quote}${address}${quote})` : `url(${quote}${resource(address, privacy)}${quote})`,
  );
  // Words of the language itself may look like a part of a secret: only what the page writes counts.
  return privacy.protection.taints(clean)
    ? clean.replace(STRING, (s) => (privacy.protection.taints(s.replace(/^["']|["']$/g, "")) ? `"${MASK}"` : s))
    : clean;
}

/** Which attribute values the selectors of the page's sheets spell out. */
export interface Spelled {
  learn(css: string): void;
  /** The value to keep, or undefined when no selector asks for it. */
  keep(name: string, value: string): string | undefined;
  /** Whether any selector names the attribute. */
  names(name: string): boolean;
}

export function createSpelled(): Spelled {
  const names = new Map<string, { operator: string; value: string }[]>();
  return {
    names: (name) => names.has(name),
    learn(css) {
      for (const [, name = "", operator = "", value = ""] of css.matchAll(NAMED)) {
        const key = name.toLowerCase();
        const list = names.get(key) ?? [];
        list.push({ operator, value: value.replace(/^["']|["']$/g, "") });
        names.set(key, list);
      }
    },
    keep(name, value) {
      const list = names.get(name);
      if (!list) return;
      const spelled = list.filter((s) => s.value && (s.operator ? value.includes(s.value) : value === s.value));
      return spelled.find((s) => s.value === value)?.value ?? spelled[0]?.value ?? (list.some((s) => !s.value) ? "" : undefined);
    },
  };
}
