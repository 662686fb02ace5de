/** What the core lends: it is in the page already. */
import type { Host } from "./contract";

export let guard: Host["guard"];
export let after: Host["after"];
export let undoAll: Host["undoAll"];

export function borrow(host: Host): void {
  ({ guard, after, undoAll } = host);
}
