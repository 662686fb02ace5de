/** Whether changes of the page have to wait, since they could tell of a secret's keys (hold/main.ts). */
import type { Host } from "./contract";

/** Until that part has come they wait. */
export function createHolding({ protection, load }: Pick<Host, "protection" | "load">): () => boolean {
  let hold: (() => boolean) | undefined;
  let asked = false;
  return () => {
    if (!protection.hot) return false;
    if (hold) return hold();
    if (!asked) {
      asked = true;
      load<typeof import("../hold/main")>("hold", (part) => (hold = part.start(protection)), () => (asked = false));
    }
    return true;
  };
}
