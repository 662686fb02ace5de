/** Which fields hold more than their attributes tell. */
import { isHolder } from "./tags";

/** Whether the element, told just now, holds what its attributes do not tell. A fresh one is empty, or shows the first option that can be chosen. */
export function holds(element: Element): boolean {
  // Each has but some of these properties.
  return (
    isHolder(element) &&
    !!(
      element.checked ||
      (element.selected && element.index) ||
      element.selectedIndex > 0 ||
      (element.options
        ? element.multiple || element.size || element.options[0]?.disabled
        : element.value && !/^(hidden|checkbox|radio)$/.test(element.type ?? "hidden"))
    )
  );
}
