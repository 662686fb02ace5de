/** How the parts of a page are treated: what `preview` outlines and `data-debug` lists. */
import { type Flags, flagsOf, flagsOfDocument, isBlocked, isField, isMasked, showField } from "../recorder/policy";
import type { Host } from "../host";

export type Treatment = "protected" | "blocked" | "masked" | "unmasked";

/** Elements by treatment, in document order, open shadow roots and frames included; inside a blocked or masked one only fields count. */
export function look({ protection }: Pick<Host, "protection">): Map<Element, Treatment> {
  const found = new Map<Element, Treatment>();
  const walk = (root: ParentNode, above: Flags, masked: boolean): void => {
    for (const element of root.children) {
      if (/^hindsight-/.test(element.localName)) continue;
      let within = masked;
      const flags = flagsOf(element, element.getAttributeNames(), above, { protection }, element.localName.includes("-"));
      if (protection.has(element)) found.set(element, "protected");
      else if (isBlocked(flags)) {
        found.set(element, "blocked");
        continue;
      } else if (isField(element)) {
        if (!/^(hidden|submit|button|reset|image)$/.test(element.type))
          found.set(element, showField(element, flags, { protection }) === "open" ? "unmasked" : "masked");
      } else if (!masked && isMasked(element, flags, { protection })) {
        found.set(element, "masked");
        within = true;
      }
      walk(element, flags, within);
      if (element.shadowRoot) walk(element.shadowRoot, flags, within);
      const inner = element.localName === "iframe" && (element as HTMLIFrameElement).contentDocument;
      // One with a tracker of its own shows what that one does.
      if (inner && !inner.defaultView?.hindsight?.own) walk(inner, flagsOfDocument(inner, flags), within);
    }
  };
  walk(document, 0, false);
  return found;
}
