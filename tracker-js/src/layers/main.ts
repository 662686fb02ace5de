/**
 * What lies above the page: dialogs that are open, popovers that are shown. The player opens neither by itself. Fetched
 * when one of the kind is told.
 */
import type { Lazy } from "../recorder/lazy";

/** Whether it is a popover that is shown; where popovers are unknown, none is. */
function isShown(element: Element): boolean {
  try {
    return element.hasAttribute("popover") && element.matches(":popover-open");
  } catch {
    return false;
  }
}

/** Takes the elements of the kind, told just now or changed. */
export const start: Lazy<[Element]>["start"] = (r) => {
  // Drawn as a box on top.
  r.raised = (element) => (isShown(element) ? `;display:${getComputedStyle(element).display};z-index:2147483647` : "");
  r.on("toggle", (_event, target) => {
    if ((target as Element).hasAttribute("popover")) r.again(target as Element, "style");
  });
  return (element) => {
    const id = r.id(element);
    if (isShown(element)) r.again(element, "style");
    else if (id && element.localName === "dialog" && (element as HTMLDialogElement).open) {
      const attributes = { open: element.getAttribute("open"), rr_open_mode: element.matches(":modal") ? "modal" : "non-modal" };
      r.incremental(0, 0, 0, 0, [id, attributes]);
    }
  };
};
