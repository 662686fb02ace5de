/** Watches what a page's scripts call on the browser's own interfaces. */
import { guard, type Undo } from "../../guard";

/** `result` is there for methods only. */
export type Notice = (self: object, args: unknown[], result?: unknown) => void;

const KINDS = ["get", "set", "value"] as const;
type Wrapped = (this: object, ...args: unknown[]) => unknown;

/**
 * Tells of every use of the named members: of a method once it has run, of an accessor before it runs, so that what a
 * getter hands out is known as it was before the page changes it. What the browser lacks or the page has frozen is
 * left alone. Undone only while ours is still the outermost wrapper; under somebody else's it goes silent.
 */
export function hook(undo: Undo[], owner: object | undefined, names: string, then: Notice): void {
  let live = true;
  undo.push(() => (live = false));
  const notify = guard((...notice: Parameters<Notice>) => {
    if (live) then(...notice);
  });
  for (const name of names.split(" ")) {
    const old = owner && Object.getOwnPropertyDescriptor(owner, name);
    if (!old?.configurable) continue;
    const now = { ...old };
    for (const kind of KINDS) {
      const original = old[kind] as Wrapped | undefined;
      if (!original) continue;
      const wrapped: Wrapped = function (...args) {
        if (kind !== "value") notify(this, args);
        const result = original.apply(this, args);
        if (kind === "value") notify(this, args, result);
        return result;
      };
      now[kind] = wrapped as () => unknown;
    }
    Object.defineProperty(owner, name, now);
    undo.push(() => {
      const last = Object.getOwnPropertyDescriptor(owner, name);
      if (last && KINDS.every((kind) => last[kind] === now[kind])) Object.defineProperty(owner, name, old);
    });
  }
}
