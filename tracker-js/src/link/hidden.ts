/** Of which events nothing is told: of those in blocked regions, and of a pointer where its place is the secret itself. */
import { BLOCKED, SECRET } from "../privacy/marks";
import type { Protection } from "../privacy/protect";
import { raw } from "../raw";
import { holder } from "./selector";

/** Fields that a pointer sets: which of them, where in it and how often is what they hold. */
const SET = "select,input:is([type=radio],[type=checkbox],[type=range],[type=number])";
/** The same, and what pages make of their own. Around one of these a mark hides all that it stands on: a row is a choice, too. */
const CHOICES = `${SET},:is([role=radio],[role=checkbox],[role=switch],[role=option],[role=slider])`;

/** Whether this holds for something of the path, or for the frame that it happened in. */
function within(path: EventTarget[], holds: (e: Element) => unknown): boolean {
  const elements = (path as Element[]).filter((node) => node.nodeType === 1);
  for (let at: Element | null | undefined = elements[0]; at; at = raw(at, "parentElement") ?? holder(at)) if (holds(at)) return true;
  // What the page has moved or removed since was there when it happened.
  return elements.some(holds);
}

const isBlocked = (e: Element): boolean => raw(e, "matches").call(e, BLOCKED);

export function inBlocked(path: EventTarget[]): boolean {
  return within(path, isBlocked);
}

/** The same for the pointer, the focus and clicks, also those that the browser makes of keys. */
export function unseen(path: EventTarget[], protection: Protection): boolean {
  const chooses = (e: Element): unknown => {
    const field = raw(e, "localName") === "label" ? (e as HTMLLabelElement).control : e;
    if (field && raw(field, "matches").call(field, SET) && protection.has(field)) return true;
    if (!raw(e, "matches").call(e, `[${SECRET}]`)) return false;
    return raw(e, "matches").call(e, CHOICES) || raw(e, "querySelector").call(e, CHOICES) || raw(e, "shadowRoot")?.querySelector(CHOICES);
  };
  return within(path, (e) => isBlocked(e) || chooses(e));
}
