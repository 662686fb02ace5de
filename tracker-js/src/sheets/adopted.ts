/**
 * Sheets that scripts construct and documents and shadow roots adopt. The Replayer, when it seeks, applies changes of
 * such sheets before it has made them; so a change is told as a new sheet too. It replaces only the rules from the
 * first changed one on: a sheet is told as several, each half as long as the one before or less, so that adding rules
 * one at a time stays cheap.
 */
import { alive } from "../recorder/alive";
import type { Observing } from "../recorder/observe";
import type { Root } from "../recorder/roots";
import type { Library } from "../recorder/styles/library";

interface Piece {
  id: number;
  /** Number of its rules. */
  size: number;
}

export interface Adopted {
  /** The root was told, maybe again, and may have adopted sheets. */
  enter(root: Root): void;
  leave(root: Root): void;
  /** The root's list of sheets may have changed. */
  touch(root: Root): void;
  /** The sheet's rules from this number on are others; infinite: it was switched on or off. */
  constructed(sheet: CSSStyleSheet, from: number): void;
  /** Tells what is different. */
  flush(): void;
}

/** `listOf` reads a root's list, unseen by our own hooks. */
export function createAdopted(r: Observing, library: Library, listOf: (root: Root) => readonly CSSStyleSheet[]): Adopted {
  const pieces = new WeakMap<CSSStyleSheet, Piece[]>();
  /** The last piece before a document was told: what was defined in it till then is gone with it. */
  const before = new WeakMap<Document, number>();
  /** Numbers of the first changed rules. */
  const dirty = new Map<CSSStyleSheet, number>();
  /** What every root was told: ids, joined. */
  const told = new WeakMap<Root, string>();
  const touched = new Set<Root>();
  /** Whether a changed sheet was told while roots that show it may not have been: at once with a root that came. */
  let spread = false;
  let last = 0;

  const documentOf = (root: Root): Document => root.ownerDocument ?? (root as Document);
  const piecesOf = (sheet: CSSStyleSheet, root: Root, styles: object[]): Piece[] => {
    const gone = before.get(documentOf(root)) ?? 0;
    const now = (pieces.get(sheet) ?? []).filter(({ id }) => id > gone);
    const from = dirty.get(sheet) ?? Infinity;
    const { length } = sheet.cssRules;
    // Old libraries replace `reduce`.
    let end = 0;
    for (const { size } of now) end += size;
    for (let piece; (piece = now[now.length - 1]) && (end > from || piece.size <= length - end); now.pop())
      end -= piece.size;
    if (end < length) {
      const rules = library.read(sheet, root.baseURI, end) ?? [];
      const name = library.named(rules);
      now.push({ id: ++last, size: length - end });
      styles.push({ styleId: last, rules: /^hindsight/.test(name) ? [{ rule: name }] : rules.map((rule, index) => ({ rule, index })) });
    }
    pieces.set(sheet, now);
    spread = dirty.delete(sheet) || spread;
    return now;
  };

  const tell = (root: Root): void => {
    const id = r.id(root);
    if (!id) return;
    const styles: object[] = [];
    const styleIds: number[] = [];
    for (const sheet of listOf(root))
      if (!sheet.disabled) for (const piece of piecesOf(sheet, root, styles)) styleIds.push(piece.id);
    const now = styleIds.join();
    if (now === (told.get(root) ?? "")) return;
    told.set(root, now);
    const doc = documentOf(root);
    // Where the player seeks, a shadow root that has been moved since is not there to define anything.
    if (root !== doc && styles.length)
      r.incremental(15, { id: r.id(doc), styleIds: (told.get(doc) ?? "").split(",").filter(Boolean).map(Number), styles: styles.splice(0) });
    r.incremental(15, { id, styleIds, styles });
  };

  return {
    enter(root) {
      if (root.nodeType === 9) before.set(root as Document, last);
      told.set(root, "");
      tell(root);
    },
    leave: (root) => told.delete(root),
    touch: (root) => touched.add(root),
    constructed(sheet, from) {
      dirty.set(sheet, Math.min(from, dirty.get(sheet) ?? from));
    },
    flush() {
      const all = dirty.size || spread;
      for (const root of alive(r.roots)) if (all || touched.has(root)) tell(root);
      spread = false;
      // What nobody has adopted now is told whole when somebody does.
      for (const sheet of dirty.keys()) pieces.delete(sheet);
      dirty.clear();
      touched.clear();
    },
  };
}
