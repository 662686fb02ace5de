/**
 * Style sheets of the page: those of elements as attributes of their elements, large ones by id. What scripts do to
 * sheets is told by a part of its own, which is fetched when they do.
 */
import type { Kind } from "../../guard";
import type { Attributes, Styled } from "../attributes";
import { lazy } from "../lazy";
import type { Observing } from "../observe";
import type { Root } from "../roots";
import { createElements, type Elements } from "./elements";
import { createLibrary, type Library } from "./library";
import { NOTHING, placed, read } from "./text";

/**
 * What a script called: the member, on what, with what, and what came of it. A getter has no arguments. Without a name:
 * the sheet has rules that must be mended.
 */
export type Call = [name: string, self: unknown, args: unknown[], result?: unknown];

/** What the part that watches scripts is given. */
export interface Styling {
  library: Library;
  elements: Elements;
  /** The next flush has something to tell. */
  arm(): void;
  /** Whatever of the browser's interfaces is used inside is not the page's doing. */
  own<T>(then: () => T): T;
  /** Rules of a sheet, and a text, with absolute addresses; secrets may be in them. */
  read(sheet: CSSStyleSheet, base: string): string[] | undefined;
  placed(css: string, base: string): string;
}

/** What that part gives. */
export interface Sheets {
  /** The root was told, maybe again, and may have adopted sheets. */
  enter(root: Root): void;
  leave(root: Root): void;
  /** The sheet is told whole; returns how often it was told after rules of it had been told one by one. */
  whole(sheet: CSSStyleSheet): number;
  /** Rules from this number on, as they really are. */
  mended(sheet: CSSStyleSheet, rules: string[], base: string, start: number): string[];
  /** Tells what is different. `waited`: the changes were held back. */
  flush(waited: boolean): void;
}

export interface Styles {
  /**
   * Attributes that stand for a `<style>` or `<link rel=stylesheet>` element: already scrubbed, and before the
   * element's own of the same name.
   */
  attributesOf(element: Element): Attributes;
  /** The element's sheet may be another: it has loaded, or its text or this attribute has changed. */
  touch: Elements["touch"];
  /**
   * A document or shadow root is observed from now on. Called after its node has an id and before anything in it is
   * judged; again when the node was told anew under another id.
   */
  enter(root: Root): void;
  /** The document of a frame was replaced. */
  leave(root: Root): void;
}

/**
 * Members by which scripts reach into sheets, and the interfaces that have them: which has which differs by browser. A window
 * has over a thousand names, and makes an interface when it is first asked for: so none is looked for.
 */
const CALLED = "insertRule deleteRule addRule removeRule appendRule replace replaceSync selectorText disabled";
/** Those of which a script may keep what it gets. */
const KEPT = "style styleMap adoptedStyleSheets";
const REACHING =
  "CSSStyleRule CSSGroupingRule CSSKeyframesRule CSSKeyframeRule CSSPageRule CSSFontFaceRule CSSMarginRule CSSPositionTryRule " +
  "CSSStyleSheet StyleSheet HTMLStyleElement Document ShadowRoot";

export function createStyles(r: Observing): Styles {
  const { host } = r;
  let armed = false;
  let ours = false;

  const arm = (): void => {
    armed = true;
    r.soon();
  };
  /** Whatever of the interfaces we use here is not the page's doing. */
  const own = <T>(then: () => T): T => {
    const before = ours;
    ours = true;
    try {
      return then();
    } finally {
      ours = before;
    }
  };
  const library = createLibrary(r);
  const elements = createElements(r, library);
  r.styling = {
    library, elements, arm, own,
    read: (sheet, base) => read(sheet, base, r),
    placed: (css, base) => placed(css, base, host),
  };
  const use = (r.reach = lazy<Call>(r, "sheets"));
  const hide = lazy<[it: Styled]>(r, "words");
  r.clean = (css, it) => (host.protection.taints(css) ? (hide(it), NOTHING) : css);
  r.each((waited) => {
    if (!armed) return;
    armed = false;
    r.sheets?.flush(waited);
    elements.flush();
  });

  r.eachWindow((page, watch) => {
    const hear = (owner: object | undefined, names: string, kinds?: Kind[]): void =>
      watch(owner, names, (self, args, result, name) => {
        if (ours) return;
        use(name as string, self, args, result);
        arm();
      }, false, kinds);
    for (const name of REACHING.split(" ")) {
      const { prototype } = (page as unknown as Record<string, { prototype: object } | undefined>)[name] ?? {};
      hear(prototype, CALLED);
      hear(prototype, KEPT, ["get", "set"]);
    }
    if (page !== window) return;
    hear(page, "FontFace");
    hear(Object.getPrototypeOf(document.fonts) as object, "add");
  });

  return {
    attributesOf: elements.attributesOf,
    touch(...what) {
      elements.touch(...what);
      arm();
    },
    enter(root) {
      // The player's document may still have what an earlier one or a later time adopted.
      if (root.nodeType === 9) r.incremental(15, { id: r.id(root), styleIds: [], styles: [] });
      if (r.sheets) r.sheets.enter(root);
      else if (own(() => root.adoptedStyleSheets?.length)) use("adoptedStyleSheets", root, [1]);
    },
    leave: (root) => r.sheets?.leave(root),
  };
}
