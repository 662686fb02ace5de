/** Of which events nothing is told: of those in blocked regions, and of a pointer where its place is the secret itself. */
import { listen } from "../guard";
import type { Context } from "../observe/context";
import { BLOCKED, SECRET } from "../privacy/marks";
import type { Protection } from "../privacy/protect";
import { raw } from "../raw";
import { holder } from "./selector";

/** Fields that a pointer sets: which of them, where in it and how often is what they hold. */
const SET = "select,input:is([type=radio],[type=checkbox],[type=range],[type=number])";
/** The same, and what pages make of their own. Around one of these a mark hides all that it stands on: a row is a choice, too. */
const CHOICES = `${SET},:is([role=radio],[role=checkbox],[role=switch],[role=option],[role=slider])`;

/** Whether this holds for something of the path, or for the frame that it happened in; of what a slot shows also for what is around that. */
function within(path: EventTarget[], holds: (e: Element) => unknown): boolean {
  const elements = (path as Element[]).filter((node) => node.nodeType === 1);
  for (let at: Element | null | undefined = elements[0]; at; at = raw(at, "assignedSlot") ?? raw(at, "parentElement") ?? holder(at)) if (holds(at)) return true;
  // What the page has moved or removed since was there when it happened.
  return elements.some(holds);
}

const matches = (e: Element, selector: string): boolean => raw(e, "matches").call(e, selector);
const isBlocked = (e: Element): boolean => matches(e, BLOCKED);

export function inBlocked(path: EventTarget[]): boolean {
  return within(path, isBlocked);
}

/** Whether there is a choice of which this holds in an element or a root: also in shadow roots and frames there, and in what slots there show. */
function find(root: Element | ShadowRoot | Document, { roots }: Protection, holds: (choice: Element) => unknown): boolean {
  const search = (root: Element | ShadowRoot | Document): boolean => {
    const all = (root.nodeType > 1 ? root.querySelectorAll : raw(root, "querySelectorAll")) as ParentNode["querySelectorAll"];
    if ([...all.call(root, CHOICES)].some(holds)) return true;
    const walker = document.createTreeWalker(root, 1);
    // A root has neither a shadow nor a slot of its own.
    for (let at = root.nodeType > 1 ? walker.nextNode() : root; at; at = walker.nextNode()) {
      const e = at as HTMLIFrameElement & HTMLSlotElement;
      const inner = raw(e, "shadowRoot") ?? roots.get(e) ?? e.contentDocument;
      if (inner?.nodeType && search(inner)) return true;
      if (raw(e, "localName") === "slot" && e.assignedElements().some((shown) => (matches(shown, CHOICES) && holds(shown)) || search(shown))) return true;
    }
    return false;
  };
  return search(root);
}

/** The same for the pointer, the focus and clicks, also those that the browser makes of keys. */
export function unseen(path: EventTarget[], protection: Protection): boolean {
  const chooses = (e: Element): unknown => {
    const label = raw(e, "localName") === "label";
    const field = label ? (e as HTMLLabelElement).control : e;
    // What else has a label than fields is of the page's own making, and does not say what it is.
    if (field && (matches(field, SET) || (label && raw(field, "localName").includes("-"))) && protection.has(field)) return true;
    return matches(e, `[${SECRET}]`) && (matches(e, CHOICES) || find(e, protection, () => true));
  };
  const hides = (e: Element): unknown => isBlocked(e) || chooses(e);
  if (within(path, hides)) return true;
  // A closed shadow root keeps to itself where in it something happened: one protected choice in it stands for all that lies there.
  const root = protection.roots.get(path[0] as Node);
  return root?.mode === "closed" && find(root, protection, (choice) => within([choice], hides));
}

/**
 * Gives the same for what happens in a recording: from the moment that a pointer goes down on a choice nothing is told of
 * pointers until it has come up, wherever it is drawn, and nothing of what comes of that. `rests`: for what no pointer does.
 */
export function hide({ undo, protection, eachDocument }: Context): (path: EventTarget[], rests?: boolean) => boolean {
  /** 1: it is down, 2: it has come up, and may still make a click. */
  let held = 0;
  eachDocument(undo, (doc) =>
    listen(undo, doc.defaultView as Window, "pointerdown pointermove pointerup pointercancel keydown", (e) => {
      const down = (e as PointerEvent).buttons;
      if (e.type === "pointerdown") held = unseen(e.composedPath(), protection) ? 1 : 0;
      else if (/[lp]$/.test(e.type)) held &&= 2;
      else if (held > 1 || down === 0) held = 0;
    }));
  return (path, rests) => (!rests && !!held) || unseen(path, protection);
}
