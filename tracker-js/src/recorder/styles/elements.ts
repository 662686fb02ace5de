/**
 * `<style>` and `<link rel=stylesheet>`: their rules stand in the attribute `_cssText`, from which a replay makes a
 * `<style>` of either. A sheet that cannot be read (another origin's) stays a link.
 */
import type { Attributes } from "../attributes";
import { guard } from "../../guard";
import type { Recording } from "../recording";
import type { Library } from "./library";

export type SheetElement = HTMLElement & { sheet: CSSStyleSheet | null; disabled?: boolean };

interface Told {
  text?: string | undefined;
  media?: string | undefined;
  /** Rules were told one by one since: the replay's sheet is no longer this text. */
  changed?: boolean;
  /** How often that was so: the next whole text must be another than all before, even where the replay meets one alone. */
  times: number;
}

export interface Elements {
  /** What stands for the element's sheet, as it is told now. */
  attributesOf(element: HTMLElement): Attributes | undefined;
  /** The next flush tells what is different from what was told. */
  touch(element: Element): void;
  /** Rules of the element's sheet were told one by one. */
  changed(element: Element): void;
  flush(): void;
}

/** `whole` is told that a sheet was told whole; `arm` that a flush is wanted. */
export function createElements(r: Recording, library: Library, whole: (sheet: CSSStyleSheet) => void, arm: () => void): Elements {
  const told = new WeakMap<Element, Told>();
  const touched = new Set<Element>();
  const chosen = new WeakSet<Node>();
  const touch = (element: Element): void => {
    touched.add(element);
    arm();
  };
  // A link that is switched off loses its sheet; in the replay the attribute would do nothing.
  const observer = new MutationObserver(
    guard((records) => {
      for (const { target } of records) {
        touch(target as Element);
        // An alternate sheet is not applied, and does not say so, before a script has switched it on.
        if (!(target as SheetElement).disabled) chosen.add(target);
      }
    }),
  );
  r.undo.push(() => observer.disconnect());

  const judge = (element: SheetElement): Told => {
    const { sheet } = element;
    const old = told.get(element);
    const now: Told = { times: (old?.times ?? 0) + (old?.changed ? 1 : 0) };
    if (sheet) {
      whole(sheet);
      const rules = library.read(sheet, element.baseURI);
      now.text = rules && library.named(rules);
      if (rules && now.times) now.text = rules.join("") + " ".repeat(now.times);
    } else if (element.localName === "style") now.text = "";
    const alternate = /alternate/i.test(element.getAttribute("rel") ?? "") && !chosen.has(element);
    if (sheet ? sheet.disabled || alternate : old?.text && element.disabled) now.media = "not all";
    told.set(element, now);
    return now;
  };
  const refresh = (element: Element): void => {
    const old = told.get(element);
    if (!old || !r.id(element)) return;
    const { text, media } = judge(element as SheetElement);
    const attributes: Attributes = {};
    if (text !== undefined && text !== old.text) attributes._cssText = text;
    if (media !== old.media) attributes.media = media ?? element.getAttribute("media");
    if (Object.keys(attributes).length) r.changed(element, attributes);
  };

  return {
    touch,
    attributesOf(element) {
      if (element.localName === "link") observer.observe(element, { attributeFilter: ["disabled"] });
      const { text, media } = judge(element as SheetElement);
      const attributes: Attributes = {};
      if (text !== undefined) attributes._cssText = text;
      if (media) attributes.media = media;
      return attributes;
    },
    changed(element) {
      const t = told.get(element);
      if (t) t.changed = true;
    },
    flush() {
      touched.forEach(refresh);
      touched.clear();
    },
  };
}
