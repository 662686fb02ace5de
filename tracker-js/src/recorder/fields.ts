/** Which elements hold a state beside their attributes. What it is, is told by the part `inputs`. */

/** Fields, and the options of selects. */
export function isHolder(node: unknown): node is HTMLInputElement & HTMLOptionElement {
  return /^(input|textarea|select|option)$/.test(`${(node as Partial<Element> | null)?.localName}`);
}

/** Whether the element, told just now, holds what its attributes do not tell: a fresh one is empty. */
export function holds(element: Element): boolean {
  return (
    isHolder(element) &&
    (element.checked || element.selected || (/^(input|textarea|select)$/.test(element.localName) && !!element.value && !/^(hidden|checkbox|radio)$/.test(element.type)))
  );
}
