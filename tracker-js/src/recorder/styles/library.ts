/** Sheets travel once in a session: a large one is defined by its id, and only named from then on. */
import type { Recording } from "../recording";
import { sheetId } from "./hash";
import { rulesOf } from "./text";

/** Characters below which a sheet stands where it is used: a definition would cost more than it saves. */
const INLINE = 400;
/** A definition above either of these is not taken by the server (docs/wire-protocol.md, section 5). */
const MAX_TEXT = 4 << 20;
const MAX_RULES = 1e5;

export interface Library {
  /** The sheet's rules from `start` on, or undefined where they cannot be read; what their selectors spell is learned. */
  read(sheet: CSSStyleSheet, base: string, start?: number): string[] | undefined;
  /** Reads a sheet ahead of its element, for what it spells. Kept until `renew`, since nothing changes meanwhile. */
  ahead(sheet: CSSStyleSheet, base: string): void;
  renew(): void;
  /** The text that stands for all of these rules: themselves, or the name they are known by. */
  named(rules: string[]): string;
}

export function createLibrary({ host, emit }: Recording, learn: (css: string) => void): Library {
  let known = new Map<CSSStyleSheet, string[] | undefined>();
  const library: Library = {
    read(sheet, base, start) {
      const rules = known.get(sheet) ?? rulesOf(sheet, base, host, start);
      if (!known.has(sheet)) rules?.forEach(learn);
      return rules;
    },
    ahead: (sheet, base) => known.set(sheet, library.read(sheet, base)),
    renew: () => (known = new Map()),
    named(rules) {
      const text = rules.join("");
      if (text.length < INLINE || text.length > MAX_TEXT || rules.length > MAX_RULES) return text;
      const id = sheetId(text);
      if (!host.hasSheet(id)) emit(5, { tag: "hindsight.css", payload: { id, rules } });
      return `hindsight.css:${id}`;
    },
  };
  return library;
}
