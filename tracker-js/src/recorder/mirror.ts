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
  under(node: Node, parent: Node | null | undefined): boolean;
  /** The last id given. */
  last(): number;
}

/** Nodes that may wait for being entered: that takes some two milliseconds. */
const MOST = 1e4;

/** `after`: the last id that an earlier recording of this document gave. */
export function createMirror(after: number): Mirror {
  const ids = new WeakMap<object, number>();
  /**
   * The nodes that have the last ids. They are entered when somebody asks for an id, so not while the page begins, when
   * nobody does: an entry costs as much as finding the node, and the browser looks at all of them whenever it tidies up.
   */
  let fresh: object[] = [];
  /** The last id that was entered. */
  let entered = after;
  const id = (node: Node | null | undefined): number => {
    if (fresh.length) {
      fresh.forEach((one) => ids.set(one, ++entered));
      fresh = [];
    }
    return ids.get(node as Node) ?? 0;
  };
  return {
    id,
    give(node) {
      if (fresh.push(node) > MOST) id(node as Node);
      return ++after;
    },
    share(root) {
      ids.set(root, id(root.host));
    },
    drop: (node) => void ids.delete(node),
    under: (node, parent) => id(node) > id(parent),
    last: () => after,
  };
}
