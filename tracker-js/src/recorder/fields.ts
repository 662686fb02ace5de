/** Which elements hold a state beside their attributes. What it is, is told by the part `inputs`. */

/** Fields, and the options of selects. */
export function isHolder(node: unknown): node is HTMLInputElement & HTMLOptionElement & Pick<HTMLSelectElement, "options" | "selectedIndex"> {
  return /^(input|textarea|select|option)$/.test(`${(node as Partial<Element> | null)?.localName}`);
}

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
