/** For parts that ask every root: what is gone must not be kept alive. In Firefox a document keeps its window when a frame shows another. */
import type { Root } from "./roots";

export function alive(observed: Set<Root>): Root[] {
  for (const root of observed) if (!root.isConnected || !(root.ownerDocument ?? (root as Document)).location) observed.delete(root);
  return [...observed];
}
