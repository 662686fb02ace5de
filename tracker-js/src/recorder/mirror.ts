/**
 * Ids of the nodes that were told.
 *
 * A node counts as told where its id is greater than its parent's: whatever is moved or inserted again gets a new id,
 * and with it all that lies below, whose old ids are smaller. So nothing has to be forgotten when a tree is removed,
 * and the player never meets an id under which it still keeps another place's node.
 */

export interface Mirror {
  /** 0 for what has no id. A shadow root has its host's. */
  id(node: Node | null | undefined): number;
  /** A new id. */
  give(node: object): number;
  /** Lets the shadow root share its host's id. */
  share(root: ShadowRoot): void;
  drop(node: Node): void;
  /** Whether the node was told as this parent's child. */
  under(node: Node, parent: Node | null): boolean;
  /** The last id given. */
  last(): number;
}

/** `after`: the last id that an earlier recording of this document gave. */
export function createMirror(after: number): Mirror {
  const ids = new WeakMap<object, number>();
  const id = (node: Node | null | undefined): number => ids.get(node as Node) ?? 0;
  return {
    id,
    give(node) {
      ids.set(node, ++after);
      return after;
    },
    share(root) {
      ids.set(root, id(root.host));
    },
    drop: (node) => void ids.delete(node),
    under: (node, parent) => id(node) > id(parent),
    last: () => after,
  };
}
