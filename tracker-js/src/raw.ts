/**
 * What an element has by its interface. A form shows its fields under their names before that: its `parentElement` may be
 * an input, and whoever goes up by it comes round for ever.
 */
export function raw<K extends keyof Element>(node: Node, member: K): Element[K] {
  return Reflect.get(Element.prototype, member, node) as Element[K];
}
