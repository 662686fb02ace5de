/**
 * Tells trees node by node: those that are there at the beginning and those that come later, in slices, so that
 * no task of the page becomes long.
 *
 * A node is put in before its nearest following sibling that was told already. So the order comes out right whatever
 * is told, inserted or moved between two slices.
 */
import { raw } from "../raw";
import type { Mirror } from "./mirror";
import { type Flags, flagsOfDocument, IS_HOST, isSealed } from "./policy";
import { SHADOW } from "./kinds";
import type { Branch, Serializer, Told } from "./serialize";
import { OPAQUE, STYLED } from "./tags";

/**
 * Nodes with what lies in them, written short: the parent's id, that of the next sibling or 0, the node's own (less than
 * 0 directly in a shadow root), the node; where it is in a frame, less than 0, the id of the frame's document. Whatever
 * was told in a node at once has the ids after its own, in this order.
 */
export type Adds = (number | Told)[];

/** Children that are still to be told. */
interface Place {
  parent: Node;
  /** The parent's id. */
  id: number;
  at: Node | null;
  /** Whether it ends at the first told sibling: what follows has places of its own. */
  run?: boolean;
  flags: Flags;
  /** Id of the frame's document, 0 in the page's own. */
  frame: number;
  /** The parent in the event that brings it. */
  out?: Branch | undefined;
  /** Nearest told sibling after `at`, once it was looked for. */
  next?: Node | null | undefined;
}

export interface Walk {
  /** Begins a document: the node that a snapshot or a frame shows, filled by the steps that follow; it has the last id. */
  document(doc: Document, flags: Flags): Told;
  /** Tells the children of a parent from this one on, up to one that is told. */
  from(first: Node | null, parent: Node, flags: Flags): void;
  /** Something was taken out of the parent. */
  left(node: Node): void;
  /** Goes on until this time, ms, or until the event holds so many characters. */
  step(until: number, most?: number): void;
  /** Adds since the last call. Whatever follows is added flat. */
  take(): Adds;
  /** Puts a node of another kind between: a frame's document. */
  add(...add: Adds): void;
  /** Forgets what is still to be told. */
  reset(): void;
  /** Whether the event has become so big that another should begin. */
  full(most?: number): boolean;
  pending(): boolean;
  /** After a pause: what the page did meanwhile is taken into account. */
  refresh(): void;
}

/** Characters, roughly, after which another event begins (docs/wire-protocol.md, section 5). */
const PART = 1.6e5;
/** What a node takes more where it is not told inside its parent. */
const FLAT = 90;
/** Nodes between two looks at the clock. */
const STRIDE = 32;
/** How deep in each other elements are told in one go. */
const DEEP = 400;

/** What a walk needs, and what it tells. */
export interface Walked {
  mirror: Mirror;
  serializer: Serializer;
  /** A shadow root whose host was told. */
  enter(root: ShadowRoot): void;
  /** An element of such a tag was told under its id. */
  told(element: Element, kinds: number): void;
}

/** The next sibling in this parent: of a form whose field bears that name, too. */
function following(node: Node, parent: Node): Node | null {
  const { nextSibling } = node;
  return nextSibling && nextSibling.parentNode !== parent ? raw(node, "nextSibling") : nextSibling;
}

export function createWalk(r: Walked): Walk {
  const { mirror, serializer } = r;
  let places: Place[] = [];
  let adds: Adds = [];

  /** When the present step ends, and at how many characters. */
  let until = 0;
  let limit = 0;
  let looks = 0;
  let depth = 0;
  let over = false;
  /** Nothing more is told before whatever is left was put aside, innermost first. */
  let leaving = false;
  const left: Place[] = [];

  const put = (node: Node, place: Place): void => {
    const { parent, out, frame } = place;
    // What is told inside its parent's event was not told since.
    if (!out && mirror.id(node) > place.id) {
      place.next = undefined;
      return;
    }
    const told = serializer.node(node, place.flags);
    if (told === undefined) return;
    const id = mirror.give(node);
    if (out) out.push(told);
    else {
      if (place.next === undefined) {
        let next = following(node, parent);
        while (next && !mirror.under(next, parent)) next = following(next, parent);
        place.next = next;
      }
      serializer.size += FLAT;
      adds.push(place.id, mirror.id(place.next), parent.nodeType === 11 ? -id : id, told);
      if (frame) adds.push(-frame);
    }
    if (typeof told === "string") return;
    const { own: flags, kinds } = serializer;
    const element = node as HTMLElement;
    r.told(element, kinds);
    // One large sheet takes as long as thousands of nodes.
    if (kinds & STYLED) looks = 0;
    if (isSealed(flags) || kinds & OPAQUE) return;
    if (flags & IS_HOST) {
      const parent = element.shadowRoot as ShadowRoot;
      const root: Branch = [SHADOW];
      told.push(root);
      mirror.share(parent);
      r.enter(parent);
      children({ parent, at: parent.firstChild, id, flags, frame, out: root });
    }
    const at = element.firstChild;
    // Most texts are alone: they need no place.
    if (at?.nodeType === 3 && !leaving && !at.nextSibling) {
      told.push(serializer.text(at as Text, flags));
      mirror.give(at);
    } else if (at) children({ parent: element, at, id, flags, frame, out: told });
  };

  /** Tells children as far as time allows. */
  const children = (place: Place): void => {
    for (let at; (at = place.at) && !(place.run && mirror.under(at, place.parent)); ) {
      over ||= serializer.size >= limit || (looks++ % STRIDE === 0 && performance.now() > until);
      if ((leaving ||= over || depth > DEEP)) return void left.push(place);
      place.at = following(at, place.parent);
      depth++;
      put(at, place);
      depth--;
    }
  };

  return {
    add: (...add) => void adds.push(...add),
    reset() {
      places = [];
    },
    document(doc, flags) {
      const told = serializer.node(doc, 0) as Branch;
      const id = mirror.give(doc);
      const frame = doc === document ? 0 : id;
      places.push({ parent: doc, at: doc.firstChild, id, flags: flagsOfDocument(doc, flags), frame, out: told });
      return told;
    },
    from(first, parent, flags) {
      const doc = parent.ownerDocument;
      // Each node that came has a place of its own; of a shadow root that came the first stands for all.
      const run = parent.nodeType !== 11 || first !== parent.firstChild;
      places.push({ parent, id: mirror.id(parent), at: first, run, flags, frame: doc === document ? 0 : mirror.id(doc) });
    },
    left(node) {
      for (const place of places) if (place.at === node) place.at = place.parent.firstChild;
    },
    step(by, most = PART) {
      until = by;
      limit = most;
      looks = 1;
      over = false;
      for (let place; !over && (place = places.pop()); leaving = false) {
        children(place);
        for (let rest; (rest = left.pop()); ) places.push(rest);
      }
    },
    take() {
      const taken = adds;
      adds = [];
      serializer.size = 0;
      for (const place of places) place.out = undefined;
      return taken;
    },
    full: (most = PART) => serializer.size >= most,
    pending: () => places.length > 0,
    refresh() {
      places = places.filter((p) => mirror.id(p.parent));
      for (const place of places) {
        place.id = mirror.id(place.parent);
        place.next = undefined;
        if ((place.parent as Element).shadowRoot?.host) place.flags |= IS_HOST;
        if (place.at && place.at.parentNode !== place.parent) place.at = place.parent.firstChild;
      }
    },
  };
}
