/** Style sheets of the page, as attributes of their elements. */
import { after } from "../../guard";
import type { Attributes } from "../attributes";
import { createSpelled, scrubCss, type Spelled } from "../css";
import type { Recording } from "../recording";

export interface Styles {
  /** Attributes that stand for a `<style>` or `<link rel=stylesheet>` element: its rules, or nothing. */
  attributesOf(element: HTMLElement): Attributes | undefined;
  /**
   * A document or shadow root is observed from now on. Called after its node has an id and before anything in it is
   * judged; again when the node was told anew under another id.
   */
  enter(root: Document | ShadowRoot): void;
  /** The document of a frame was replaced. */
  leave(root: Document | ShadowRoot): void;
  /** What the selectors of the sheets spell out of attributes. */
  spelled: Spelled;
  stop(): void;
}

/** Rules of a sheet; nothing where another origin's sheet cannot be read. */
function rules(sheet: CSSStyleSheet | null | undefined): string | undefined {
  try {
    let text = "";
    for (const rule of sheet?.cssRules ?? []) text += rule.cssText;
    return sheet ? text : undefined;
  } catch {
    return;
  }
}

export function createStyles(r: Recording): Styles {
  const spelled = createSpelled();
  const pages = new WeakSet<Window>();
  return {
    spelled,
    attributesOf(element) {
      const text = rules((element as HTMLStyleElement).sheet);
      if (text === undefined) return element.localName === "style" ? { _cssText: "" } : undefined;
      spelled.learn(text);
      return { _cssText: scrubCss(text, r.host) };
    },
    enter(root) {
      const page = root.ownerDocument ? null : ((root as Document).defaultView as (Window & typeof globalThis) | null);
      // Until the hooks are all here: rules that are inserted by script.
      if (page && !pages.has(page)) {
        pages.add(page);
        after(r.undo, page.CSSStyleSheet.prototype, "insertRule", (sheet, [rule, index]) => {
          const id = r.id((sheet as CSSStyleSheet).ownerNode);
          spelled.learn(String(rule));
          if (id) r.incremental(8, { id, adds: [{ rule: scrubCss(String(rule), r.host), index: Number(index ?? 0) }] });
        });
      }
      for (const list of [root.styleSheets, root.adoptedStyleSheets]) for (const s of list) spelled.learn(rules(s) ?? "");
    },
    leave() {},
    stop() {},
  };
}
