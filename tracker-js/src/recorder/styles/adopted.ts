/**
 * Sheets that scripts construct and documents and shadow roots adopt. The Replayer, when it seeks, applies changes of
 * such sheets before it has made them; so a change is told as a new sheet too. It replaces only the rules from the
 * first changed one on: a sheet is told as several, each half as long as the one before or less, so that adding rules
 * one at a time stays cheap.
 */
import type { Recording } from "../recording";
import type { Library } from "./library";

type Root = Document | ShadowRoot;
interface Pieces {
  /** The document's when they were defined. */
  epoch: object | undefined;
  list: Piece[];
}
interface Piece {
  id: number;
  /** Number of its rules. */
  size: number;
}

export interface Adopted {
  /** The root was told, maybe again, and may have adopted sheets. */
  enter(root: Root): void;
  /** A script set the root's list of sheets, or asked for it and may change it at any time. */
  touch(root: Root, asked: boolean): void;
  leave(root: Root): void;
  /** The sheet's rules from this number on are others. */
  changed(sheet: CSSStyleSheet, from: number): void;
  /** A sheet was switched on or off. */
  toggled(): void;
  /** Whether scripts hold a list that they may change without notice. */
  holding(): boolean;
  /** Whether there may be something to tell. */
  pending(): boolean;
  flush(): void;
  /** Every root that is told. */
  roots(): Root[];
}

/** Lists that scripts have asked for. The one held longest is let go. */
const MAX_HELD = 200;

export function createAdopted(r: Recording, library: Library): Adopted {
  const pieces = new WeakMap<CSSStyleSheet, Pieces>();
  /** A new one each time a document is told: what was defined in it before is gone with it. */
  const epochs = new WeakMap<Node, object>();
  /** Numbers of the first changed rules. */
  let dirty = new Map<CSSStyleSheet, number>();
  let all = false;
  /** What every root was told: ids, joined. */
  const told = new Map<Root, string>();
  const touched = new Set<Root>();
  const held = new Set<Root>();
  let crowd = 100;
  let last = 0;

  const documentOf = (root: Root): Document => root.ownerDocument ?? (root as Document);
  const piecesOf = (sheet: CSSStyleSheet, root: Root, styles: object[]): Piece[] => {
    const epoch = epochs.get(documentOf(root));
    const before = pieces.get(sheet);
    const old = before?.epoch === epoch ? before?.list : undefined;
    const from = old ? dirty.get(sheet) : 0;
    if (old && from === undefined) return old;
    const now: Piece[] = [];
    let rest = sheet.cssRules.length;
    let start = 0;
    for (const piece of old ?? []) {
      rest -= piece.size;
      if (start + piece.size > (from as number) || piece.size <= rest) break;
      now.push(piece);
      start += piece.size;
    }
    const fresh = library.read(sheet, root.baseURI, start) ?? [];
    const name = library.named(fresh);
    now.push({ id: ++last, size: fresh.length });
    styles.push({
      styleId: last,
      rules: /^hindsight/.test(name) ? [{ rule: name }] : fresh.map((rule, index) => ({ rule, index })),
    });
    pieces.set(sheet, { epoch, list: now });
    dirty.delete(sheet);
    return now;
  };

  const tell = (root: Root): void => {
    const id = r.id(root);
    if (!id) return;
    const styles: object[] = [];
    const styleIds: number[] = [];
    // Absent in browsers older than its invention.
    for (const sheet of root.adoptedStyleSheets ?? [])
      if (!sheet.disabled) for (const piece of piecesOf(sheet, root, styles)) styleIds.push(piece.id);
    const now = styleIds.join();
    if (now === told.get(root)) return;
    told.set(root, now);
    const doc = documentOf(root);
    // Where the player seeks, a shadow root that has been moved since is not there to define anything.
    if (root !== doc && styles.length)
      r.incremental(15, { id: r.id(doc), styleIds: (told.get(doc) ?? "").split(",").filter(Boolean).map(Number), styles: styles.splice(0) });
    r.incremental(15, { id, styleIds, styles });
  };
  const leave = (root: Root): void => {
    for (const list of [told, touched, held]) list.delete(root);
  };
  /** Roots that are gone must not be kept alive. */
  const tidy = (): void => {
    for (const root of [...told.keys()]) if (!r.id(root)) leave(root);
    crowd = 2 * told.size + 100;
  };

  return {
    enter(root) {
      if (told.size > crowd) tidy();
      if (root.nodeType === 9) epochs.set(root, {});
      // The player's document may still have what an earlier one or a later time adopted: there, none is told too.
      told.set(root, root.nodeType === 9 ? "unknown" : "");
      tell(root);
    },
    touch(root, asked) {
      touched.add(root);
      if (!asked || !told.has(root)) return;
      held.add(root);
      if (held.size > MAX_HELD) held.delete([...held][0] as Root);
    },
    leave,
    changed(sheet, from) {
      if (pieces.has(sheet)) dirty.set(sheet, Math.min(from, dirty.get(sheet) ?? from));
    },
    toggled: () => (all = true),
    holding: () => held.size > 0,
    pending: () => all || dirty.size + held.size + touched.size > 0,
    roots() {
      tidy();
      return [...told.keys()];
    },
    flush() {
      if (all || dirty.size) for (const root of [...told.keys()]) tell(root);
      else for (const root of [...held, ...touched]) if (told.has(root)) tell(root);
      // What nobody has adopted now is told whole when somebody does.
      for (const [sheet] of dirty) pieces.delete(sheet);
      dirty = new Map();
      touched.clear();
      all = false;
    },
  };
}
