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

/** The largest prime of 64 bits, and how many hexadecimal digits are divided at once: some browsers have no larger numbers. */
const PRIME = 0xffffffffffffffc5n;
const PIECE = 1e5;

/**
 * At most 24 lower-case hexadecimal digits: 64 bits of hash and the length. Not cryptographic: an id means something within
 * its session only, and the server stores a sheet under a hash of its own. The text is one large number, whose remainder the
 * browser finds by itself: a loop over a text takes longer, since it has run never before.
 */
function sheetId(text: string): string {
  const bytes = new TextEncoder().encode(text) as Uint8Array & { toHex?(): string };
  // Older browsers: any digits will do.
  const digits = bytes.toHex?.() ?? bytes.join("");
  let id = "";
  for (let i = 0; i < digits.length; i += PIECE) id = (BigInt(`0x${id}${digits.slice(i, i + PIECE)}`) % PRIME).toString(16);
  return id + text.length.toString(16);
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
