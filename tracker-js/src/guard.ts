/**
 * The tracker is a guest in the page: nothing it registers may throw into it,
 * and everything it registers or wraps is undone by `stop`.
 */

export interface Undo {
  (): void;
  /** Of a listener: listens again, after `document.open` took it away. Where it still listens, nothing happens. */
  again?: () => void;
}

let report: (error: unknown) => void = () => {};

/** Where caught errors go; only `data-debug` sets it. */
export function onError(handler: (error: unknown) => void): void {
  report = handler;
}

/** The same function, but what it throws stays inside. */
export function guard<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R | undefined {
  return (...args) => {
    try {
      return fn(...args);
    } catch (error) {
      report(error);
      return undefined;
    }
  };
}

/** Listens in the capture phase, passively, to events named in one string. */
export function listen(
  undo: Undo[],
  target: EventTarget,
  types: string,
  handler: (event: Event) => void,
): void {
  const guarded = guard(handler);
  for (const type of types.split(" ")) {
    const again = (): void => target.addEventListener(type, guarded, { capture: true, passive: true });
    again();
    undo.push(Object.assign(() => target.removeEventListener(type, guarded, true), { again }));
  }
}

export type Kind = "get" | "set" | "value";
interface Method {
  (this: unknown, ...args: unknown[]): unknown;
  /** Of a wrapper of ours that was undone: what it had wrapped. */
  old?: PropertyDescriptor;
}
type Member = Partial<Record<Kind, Method>>;
/** Called without a result and a name where it is called before, too. */
export type Then = (self: unknown, args: unknown[], result?: unknown, name?: string) => void;

/**
 * Calls `then` once one of the named members has run: methods, constructors and setters, with `kinds` getters too; with
 * `around` before it, too. Undone only while ours is the outermost wrapper: taking away somebody else's later one would
 * break the page, so then ours stays and goes silent. Where that one is a tracker's of a page around, ours goes with it.
 */
export function after(
  undo: Undo[],
  owner: object | undefined,
  names: string,
  then: Then,
  around?: boolean,
  kinds: Kind[] = ["set", "value"],
): void {
  const notify = guard((...notice: Parameters<Then>) => undo.length && then(...notice));
  for (const name of names.split(" ")) {
    const old = owner && Object.getOwnPropertyDescriptor(owner, name);
    // What the page has frozen cannot be watched, and older browsers lack some of it.
    if (!old?.configurable) continue;
    const now = { ...old } as Member;
    const ours = kinds.filter((kind) => old[kind]);
    for (const kind of ours) {
      const original = old[kind] as Method;
      const wrapped: Method = function (...args) {
        if (around) notify(this, args);
        const result: unknown = new.target ? Reflect.construct(original, args, new.target) : original.apply(this, args);
        notify(this, args, result, name);
        return result;
      };
      // What was made by the one is an instance of the other.
      wrapped.prototype = original.prototype as unknown;
      now[kind] = wrapped;
    }
    Object.defineProperty(owner, name, now);
    undo.push(() => {
      for (const kind of ours) (now[kind] as Method).old = old;
      // What is outermost, be it another tracker's, goes as long as all of it is undone.
      for (let before = old as PropertyDescriptor | undefined; before; ) {
        const last = Object.getOwnPropertyDescriptor(owner, name) as Member;
        if (ours.every((kind) => (before = last[kind]?.old))) Object.defineProperty(owner, name, before as PropertyDescriptor);
      }
    });
  }
}

/** Undoes everything in the list, latest first. */
export function undoAll(undo: Undo[]): void {
  while (undo.length) guard(undo.pop() as Undo)();
}
