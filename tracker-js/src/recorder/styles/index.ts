/**
 * Style sheets of the page: those of elements as attributes of their elements, adopted ones as events, large ones by
 * id; and whatever scripts change in them. What changes in one task is told together at its end.
 */
import { guard, listen } from "../../guard";
import { type Attributes, attribute, type Judging } from "../attributes";
import type { Recording } from "../recording";
import { createAdopted } from "./adopted";
import { createElements } from "./elements";
import { createLibrary } from "./library";
import { createRules } from "./rules";
import { createSpelled, type Spelled } from "./spelled";
import { createWindows } from "./windows";

export interface Styles {
  /**
   * Attributes that stand for a `<style>` or `<link rel=stylesheet>` element: already scrubbed, and before the
   * element's own of the same name.
   */
  attributesOf(element: HTMLElement): Attributes | undefined;
  /**
   * A document or shadow root is observed from now on. Called after its node has an id and before anything in it is
   * judged; again when the node was told anew under another id.
   */
  enter(root: Document | ShadowRoot): void;
  /** The document of a frame was replaced. */
  leave(root: Document | ShadowRoot): void;
  /** What the selectors of the sheets spell out of attributes. */
  spelled: Spelled;
  stop(): void;
}

/** How often what scripts hold and may change without notice is compared, ms. */
const LOOK = 1000;
/** Soon, while a field is being written of which nothing may be told. */
const LATER = 100;
/** How long sheets are read before the elements of a root are judged, ms. What is read later is made good for. */
const AHEAD = 8;
/** Names that are common in selectors, and are kept whatever these say. */
const LISTED = /^(class|id|style|href|src|type|role|hidden|disabled|dir|lang|width|height)$/;

export function createStyles(r: Recording): Styles {
  const { host } = r;
  /** Attributes that a selector has spelled since elements were judged. */
  let learned = new Set<string>();
  /** Hosts, judged before the sheets of their shadow roots spelled out what these ask of them and of what is slotted. */
  const hosts: [Element, Set<string>][] = [];
  let timer = 0;
  let armed = false;
  let held = false;
  let ours = false;

  const wait = (ms: number): void => {
    clearTimeout(timer);
    timer = window.setTimeout(flush, ms);
  };
  const soon = (): void => {
    if (!armed) queueMicrotask(flush);
    armed = true;
  };
  /** Something may have changed, unless it is us who use the browser's interfaces. */
  const arm = (): boolean => {
    if (!ours) soon();
    return !ours;
  };
  const spelled = createSpelled((name) => {
    learned.add(name);
    soon();
  });
  const library = createLibrary(r, spelled.learn);
  const elements = createElements(r, library, (sheet) => rules.forget(sheet), soon);
  const adopted = createAdopted(r, library);
  const rules = createRules(r, { ...elements, constructed: adopted.changed, learn: spelled.learn });
  const windows = createWindows({ rules, adopted, elements, arm });
  const watched = new WeakSet<Document | ShadowRoot>();

  /** Elements were judged before a sheet spelled out what is in their attributes. */
  const judgeAgain = (elements: Iterable<Element>, name: string): void => {
    const listed = { ...host, spelled: { ...spelled, keep: () => undefined } };
    for (const element of elements) {
      const value = element.getAttribute(name);
      if (value === null) continue;
      const judge = (judging: Judging): string | undefined => attribute(element, name, value, 0, judging);
      const kept = r.id(element) && judge(listed) === undefined && judge({ ...host, spelled });
      if (kept || kept === "") r.changed(element, { [name]: kept });
    }
  };
  /** Whatever of the interfaces we use here is not the page's doing. */
  const own = <A extends unknown[], R>(then: (...args: A) => R) => (...args: A): R => {
    const before = ours;
    ours = true;
    try {
      return then(...args);
    } finally {
      ours = before;
    }
  };
  const flush = guard(own(() => {
    armed = false;
    library.renew();
    // The page may change a sheet with each key.
    if (host.protection.holding?.()) {
      held = true;
      return wait(LATER);
    }
    // Elements that are told by this are told with their sheets as they are now.
    if (rules.pending() || adopted.pending()) host.flush?.();
    rules.flush(held);
    held = false;
    elements.flush();
    adopted.flush();
    const names = [...learned].filter((name) => !LISTED.test(name));
    learned = new Set();
    for (const root of names.length ? adopted.roots() : []) for (const name of names) judgeAgain(root.querySelectorAll(`[${CSS.escape(name)}]`), name);
    for (const [element, asked] of hosts.splice(0)) for (const name of asked) judgeAgain([element, ...element.children], name);
    if (rules.holding() || adopted.holding()) wait(LOOK);
  }));

  return {
    spelled,
    attributesOf: own(elements.attributesOf),
    enter: own((root) => {
      const page = (root.ownerDocument ?? root as Document).defaultView;
      if (page) windows.enter(page);
      if (!watched.has(root)) {
        watched.add(root);
        listen(r.undo, root, "load", ({ target }) => {
          if (/^(link|style)$/.test((target as Partial<Element>).localName ?? "")) elements.touch(target as Element);
        });
      }
      const before = learned;
      learned = new Set();
      const until = performance.now() + AHEAD;
      for (const sheet of root.styleSheets) if (performance.now() < until) library.ahead(sheet, root.baseURI);
      adopted.enter(root);
      // Nothing in this root was judged yet, but what stands around it.
      if ("host" in root && learned.size) hosts.push([root.host, learned]);
      learned = before;
      soon();
    }),
    leave: adopted.leave,
    stop() {
      clearTimeout(timer);
      windows.stop();
    },
  };
}
