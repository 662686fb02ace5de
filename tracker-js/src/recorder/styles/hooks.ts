/** Watches what a page's scripts call on the browser's own interfaces. */
import { guard, type Undo } from "../../guard";

export type Kind = "get" | "set" | "value";
type Wrapped = (this: unknown, ...args: unknown[]) => unknown;

export type Then = (self: unknown, args: unknown[], result: unknown, name: string) => void;

/**
 * Tells of every use of the named members once they have run: of methods, constructors and setters, with `kinds` of
 * getters too. What the browser lacks or the page has frozen is left alone. Undone only while ours is still the
 * outermost wrapper; under somebody else's it goes silent with the signal.
 */
export function hook(
  undo: Undo[],
  signal: AbortSignal,
  owner: object | undefined,
  names: string,
  then: Then,
  kinds: Kind[] = ["set", "value"],
): void {
  const notify = guard((...notice: Parameters<Then>) => {
    if (!signal.aborted) then(...notice);
  });
  for (const name of names.split(" ")) {
    const old = owner && Object.getOwnPropertyDescriptor(owner, name);
    if (!old?.configurable) continue;
    const now = { ...old };
    for (const kind of kinds) {
      const original = old[kind] as Wrapped | undefined;
      if (!original) continue;
      const wrapped: Wrapped = function (...args) {
        const result: unknown = new.target ? Reflect.construct(original, args, new.target) : original.apply(this, args);
        notify(this, args, result, name);
        return result;
      };
      // What was made by the one is an instance of the other.
      wrapped.prototype = original.prototype as unknown;
      now[kind] = wrapped as () => unknown;
    }
    Object.defineProperty(owner, name, now);
    undo.push(() => {
      const last = Object.getOwnPropertyDescriptor(owner, name);
      if (kinds.every((kind) => last?.[kind] === now[kind])) Object.defineProperty(owner, name, old);
    });
  }
}
