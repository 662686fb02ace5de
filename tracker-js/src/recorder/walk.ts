/**
 * Tells trees node by node: those that are there at the beginning and those that come later, in slices, so that
 * no task of the page becomes long.
 *
 * A node is put in before its nearest following sibling that was told already. So the order comes out right whatever
 * is told, inserted or moved between two slices.
 */
import type { Attributes } from "./attributes";
import type { Mirror } from "./mirror";
import { type Flags, flagsOfDocument } from "./policy";
import { SHADOW } from "./kinds";
import { type Branch, isOpaque, type Serializer, type Told } from "./serialize";

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
  /** Whether what follows the first told sibling is told as well. */
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
  /** Goes on until this time, ms, or until the event holds so many bytes. */
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

/** Bytes, roughly and not less, after which another event begins (docs/wire-protocol.md, section 5). */
const PART = 1.6e5;
/** What a node takes more where it is not told inside its parent. */
const FLAT = 90;
/** Nodes between two looks at the clock. */
const STRIDE = 32;

/** What a walk needs, and what it tells. */
export interface Walked {
  mirror: Mirror;
  serializer: Serializer;
  /** A shadow root whose host was told. */
  enter(root: ShadowRoot): void;
  frame(frame: HTMLIFrameElement): void;
  /** An element was told under its id. */
  told(element: Element): void;
}

export function createWalk(r: Walked): Walk {
  const { mirror, serializer } = r;
  let places: Place[] = [];
  let adds: Adds = [];

  const put = (node: Node, place: Place): Told | undefined => {
    const { parent, out, frame } = place;
    if (mirror.id(node) > place.id) {
      place.next = undefined;
      return undefined;
    }
    const told = serializer.node(node, place.flags);
    if (told === undefined) return undefined;
    const flags = serializer.own;
    const id = mirror.give(node);
    if (out) out.push(told);
    else {
      if (place.next === undefined) {
        let next = node.nextSibling;
        while (next && !mirror.under(next, parent)) next = next.nextSibling;
        place.next = next;
      }
      serializer.size += FLAT;
      adds.push(place.id, mirror.id(place.next), parent.nodeType === 11 ? -id : id, told);
      if (frame) adds.push(-frame);
    }
    if (node.nodeType !== 1) return told;
    const element = node as HTMLElement;
    r.told(element);
    if (element.localName === "iframe") r.frame(element as HTMLIFrameElement);
    if (isOpaque(element, flags)) return told;
    const inner = { flags, frame, id };
    const at = element.firstChild;
    if (at) places.push({ ...inner, parent: element, at, out: told as Branch });
    const { shadowRoot } = element;
    if (shadowRoot) {
      const root: Branch = [SHADOW];
      (told as Branch).push(root);
      mirror.share(shadowRoot);
      r.enter(shadowRoot);
      places.push({ ...inner, parent: shadowRoot, at: shadowRoot.firstChild, out: root });
    }
    return told;
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
      places.push({ parent: doc, id, at: doc.firstChild, flags: flagsOfDocument(doc, flags), frame, out: told });
      return told;
    },
    from(first, parent, flags) {
      const doc = parent.ownerDocument;
      places.push({ parent, id: mirror.id(parent), at: first, run: true, flags, frame: doc === document ? 0 : mirror.id(doc) });
    },
    left(node) {
      for (const place of places) if (place.at === node) place.at = place.parent.firstChild;
    },
    step(until, most = PART) {
      for (let n = 1; serializer.size < most; n++) {
        const place = places[places.length - 1];
        if (!place) return;
        const { at } = place;
        let big = false;
        if (!at || (place.run && mirror.under(at, place.parent))) places.pop();
        else {
          place.at = at.nextSibling;
          big = (put(at, place)?.[1] as Attributes | undefined)?._cssText !== undefined;
        }
        // One large sheet takes as long as thousands of nodes.
        if ((big || n % STRIDE === 0) && performance.now() > until) return;
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
        place.run = false;
        place.next = undefined;
        if (place.at && place.at.parentNode !== place.parent) place.at = place.parent.firstChild;
      }
    },
  };
}
