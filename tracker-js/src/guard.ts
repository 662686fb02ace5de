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

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Calls `then` once a method has run, or for an accessor once its setter has; with `around` before it, too.
 * Undone only while ours is still the outermost wrapper: taking away somebody
 * else's later one would break the page, so then ours stays and goes silent.
 */
export function after(
  undo: Undo[],
  owner: object,
  name: string,
  then: (self: unknown, args: unknown[], result?: unknown) => void,
  around?: boolean,
): void {
  const old = Object.getOwnPropertyDescriptor(owner, name);
  // What the page has frozen cannot be watched, and older browsers lack some of it.
  if (!old?.configurable) return;
  const kind = old.set ? "set" : "value";
  const original = old[kind] as Method;
  let live = true;
  const notify = guard(then);
  const wrapped: Method = function (...args) {
    if (live && around) notify(this, args);
    const result = original.apply(this, args);
    if (live) notify(this, args, result);
    return result;
  };
  Object.defineProperty(owner, name, { ...old, [kind]: wrapped });
  undo.push(() => {
    live = false;
    if (Object.getOwnPropertyDescriptor(owner, name)?.[kind] === wrapped)
      Object.defineProperty(owner, name, old);
  });
}

/** Undoes everything in the list, latest first. */
export function undoAll(undo: Undo[]): void {
  while (undo.length) guard(undo.pop() as Undo)();
}
