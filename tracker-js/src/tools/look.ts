/** How the parts of a page are treated: what `preview` outlines and `data-debug` lists. */
import { BLOCKED, isField, showField, showText } from "../recorder/policy";
import type { Host } from "./main";

export type Treatment = "protected" | "blocked" | "masked" | "unmasked";

/** Elements by treatment, in document order, open shadow roots included; inside a blocked or masked one only fields count. */
export function look({ protection }: Pick<Host, "protection">): Map<Element, Treatment> {
  const found = new Map<Element, Treatment>();
  const privacy = { protection } as Parameters<typeof showField>[1];
  const walk = (root: ParentNode, masked: boolean): void => {
    for (const element of root.children) {
      if (/^hindsight-/.test(element.localName)) continue;
      let within = masked;
      if (protection.has(element)) found.set(element, "protected");
      else if (element.matches(BLOCKED)) {
        found.set(element, "blocked");
        continue;
      } else if (isField(element)) {
        if (!/^(hidden|submit|button|reset|image)$/.test(element.type))
          found.set(element, showField(element, privacy) === "open" ? "unmasked" : "masked");
      } else if (!masked && !showText(element, privacy)) {
        found.set(element, "masked");
        within = true;
      }
      walk(element, within);
      if (element.shadowRoot) walk(element.shadowRoot, within);
    }
  };
  walk(document, false);
  return found;
}
