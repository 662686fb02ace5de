/**
 * `<style>` and `<link rel=stylesheet>`: their rules stand in the attribute `_cssText`, from which a replay makes a
 * `<style>` of either. A sheet that cannot be read (another origin's) stays a link.
 */
import type { Attributes } from "../attributes";
import type { Observing } from "../observe";
import type { Library } from "./library";

export type SheetElement = HTMLElement & { sheet: CSSStyleSheet | null; media: string; disabled?: boolean; rel?: string };

export interface Elements {
  /** What stands for the element's sheet, as it is told now. */
  attributesOf(element: Element): Attributes;
  /** The next flush tells what is different from what was told; `attribute`: this one has changed. */
  touch(element: Element, attribute?: string | null): void;
  /** Tells what is different. */
  flush(): void;
}

export function createElements(r: Observing, library: Library): Elements {
  const told = new WeakMap<Element, Attributes>();
  const touched = new Set<Element>();
  const chosen = new WeakSet<Element>();

  const attributesOf = (element: Element): Attributes => {
    const { sheet, baseURI, localName, disabled, rel } = element as SheetElement;
    const now: Attributes = {};
    if (sheet) {
      const again = r.sheets?.whole(sheet);
      const rules = library.read(sheet, baseURI);
      // Rules were told one by one: the whole text must be another than all before, even where the replay meets one alone.
      if (rules) now._cssText = again ? rules.join("") + " ".repeat(again) : library.named(rules);
    } else if (localName === "style") now._cssText = "";
    // An alternate sheet is not applied, and does not say so, before a script has switched it on.
    if (sheet ? sheet.disabled || (/alternate/i.test(`${rel}`) && !chosen.has(element)) : disabled) now.media = "not all";
    told.set(element, now);
    return now;
  };

  return {
    attributesOf,
    touch(element, attribute) {
      touched.add(element);
      if (attribute === "disabled" && !(element as SheetElement).disabled) chosen.add(element);
    },
    flush() {
      for (const element of touched) {
        const old = told.get(element);
        if (!old || !r.id(element)) continue;
        const { _cssText, media } = attributesOf(element);
        const news = _cssText !== old._cssText && { _cssText };
        // The player makes an element anew whose rules come, of the attributes that it had at first.
        if (news || media || old.media)
          r.incremental(0, 0, 0, 0, [r.id(element), { ...news, media: media ?? r.serializer.attribute(element, "media", (element as SheetElement).media, 0) }]);
      }
      touched.clear();
    },
  };
}
