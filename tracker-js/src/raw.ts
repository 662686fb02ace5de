/**
 * What an element has by its interface. A form shows its fields under their names before that: its `parentElement` may be
 * an input, and whoever goes up by it comes round for ever. And a page may call a class of its own `Element`.
 */
export function raw<K extends keyof Element>(node: Node, member: K): Element[K] {
  return Reflect.get(window.Element.prototype, member, node) as Element[K];
}
