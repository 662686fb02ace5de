/** Documents and shadow roots: each is observed and listened to from the moment it is told. */
import type { Kind, Then, Undo } from "../guard";
import type { Timed } from "./budget";
import { after, guard, undoAll } from "./lent";
import type { Recording } from "./recording";

export type Page = Window & typeof globalThis;
/** What a listener is told: the event and its innermost target. */
export type Heard = (event: Event, target: Node) => void;
/** Tells of every use of the owner's named members once they have run; see `after`. */
export type Watching = (owner: object | undefined, names: string, then: Then, around?: boolean, kinds?: Kind[]) => void;
type Hook = (page: Page, watch: Watching) => void;
export type Root = Document | ShadowRoot;

export interface Roots {
  /** Hears events of these types, named in one string, wherever in the recorded page. */
  on(types: string, heard: Heard): void;
  /** Calls the hook for the window of each document that is recorded: frames have prototypes of their own. */
  eachWindow(hook: Hook): void;
  /** Calls the hooks for the document's window: nodes made there may come into a document that is told before it is told itself. */
  realm(doc: Document | null): void;
  /** Observes a root; again after its document was written anew, which takes its listeners away. */
  attend(root: Root): void;
  /** Every root that is observed, some of which may be gone. */
  roots: Set<Root>;
}

const WATCHED: MutationObserverInit = {
  subtree: true, childList: true,
  // With the old value, what changes is told too.
  attributeOldValue: true, characterDataOldValue: true,
};

export function createRoots(r: Recording, observer: MutationObserver, timed: Timed): Roots {
  const listeners = new Map<string, Heard>();
  const hooks: Hook[] = [];
  const observed = new Set<Root>();
  /** By one of their interfaces: a frame that shows another document has the same window, and new prototypes. */
  const pages = new Map<unknown, [Page, Undo[]]>();
  let latest: Event | undefined;

  const handle = guard((event: Event): void => {
    // An event inside a shadow root may be heard in each root on its way.
    if (event === latest) return;
    latest = event;
    timed(() => listeners.get(event.type)?.(event, event.composedPath()[0] as Node));
  });
  const listen = (root: Root): void => {
    // The same listener twice is one. Only the window is resized; `document.open` takes its listeners away, too.
    for (const type of listeners.keys())
      (type === "resize" ? window : root).addEventListener(type, handle, { capture: true, passive: true, signal: r.signal });
  };
  r.undo.push(() => {
    for (const [, undo] of pages.values()) undoAll(undo);
  });
  const realm: Roots["realm"] = (doc) => {
    const page = doc?.defaultView as Page | null | undefined;
    if (!page || pages.has(page.Element)) return;
    // Windows that are gone must not be kept alive. What was made in them lives on in others, and is watched.
    for (const [realm, [page]] of pages) if (page.closed || page.Element !== realm) pages.delete(realm);
    const undo: Undo[] = [];
    pages.set(page.Element, [page, undo]);
    for (const each of hooks) guard(each)(page, (...what) => after(undo, ...what));
  };
  return {
    realm,
    roots: observed,
    on(types, heard) {
      for (const type of types.split(" ")) listeners.set(type, heard);
      observed.forEach(listen);
    },
    eachWindow: (hook) => void hooks.push(hook),
    attend(root) {
      observer.observe(root, WATCHED);
      observed.add(root);
      listen(root);
      realm(root as Document);
    },
  };
}
