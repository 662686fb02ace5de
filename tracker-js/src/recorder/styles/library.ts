/** Sheets travel once in a session: a large one is defined by its id, and only named from then on. */
import { spells } from "../attributes";
import { lazy } from "../lazy";
import type { Observing } from "../observe";
import { rulesOf } from "./text";

/** Characters below which a sheet stands where it is used: a definition would cost more than it saves. */
const INLINE = 400;
/** A definition above either of these is not taken by the server (docs/wire-protocol.md, section 5). */
const MAX_TEXT = 4 << 20;
const MAX_RULES = 1e5;

export interface Library {
  /** The sheet's rules from `start` on, or undefined where they cannot be read. What their selectors ask for is learned. */
  read(sheet: CSSStyleSheet, base: string, start?: number): string[] | undefined;
  learn(css: string): void;
  /** The text that stands for all of these rules: themselves, or the name they are known by. */
  named(rules: string[]): string;
}

/**
 * At most 24 lower-case hexadecimal digits: 64 bits of hash and the length. Not cryptographic: an id means something within
 * its session only, and the server stores a sheet under a hash of its own.
 */
function sheetId(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x2f0b4c47;
  // Four bytes at once; what stands behind the text sees to it that none of its own is left over.
  const { buffer } = new TextEncoder().encode(`${text}   `);
  const words = new Int32Array(buffer, 0, buffer.byteLength >> 2);
  for (let i = words.length; i--; ) {
    const c = words[i] as number;
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul((b << 15) | (b >>> 17), 0x9e3779b1) + c;
  }
  // The upper bits of a product know more than the lower: fold them down.
  return [a ^ (a >>> 15), b ^ (b >>> 13), text.length].map((n) => (n >>> 0).toString(16)).join("");
}

export function createLibrary(r: Observing): Library {
  const { host } = r;
  const spell = lazy<[string]>(r, "spelled");
  const learn = (css: string): void => {
    if ((css.includes("[") || css.includes("attr(")) && spells(css)) spell(css);
  };
  return {
    learn,
    read(sheet, base, start) {
      const rules = rulesOf(sheet, base, r, start);
      rules?.forEach(learn);
      return rules;
    },
    named(rules) {
      const text = rules.join("");
      if (text.length < INLINE || text.length > MAX_TEXT || rules.length > MAX_RULES) return text;
      const id = sheetId(text);
      if (!host.hasSheet(id)) r.emit(5, { tag: "hindsight.css", payload: { id, rules } });
      return `hindsight.css:${id}`;
    },
  };
}
