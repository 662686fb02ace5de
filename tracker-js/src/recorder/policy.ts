/**
 * What may be shown of an element: by our own attributes, by the mask names of
 * other tools (so that existing markup keeps protecting), and by what the core
 * knows of protected fields, which nothing overrides.
 */
import { BLOCKED, MASKED } from "../privacy/marks";
import { raw } from "../raw";
import { MASK } from "../privacy/scrub";
import type { Privacy } from "./contract";

/** Fields of which not even emptiness is told. */
const IGNORED = ".rr-ignore,.ph-ignore-input";

/** Attributes, and classes, of which one occurs in each selector above: most elements have none. */
const DECIDES = /^(data-(hind|priv|hj|dd|open|clar|mat)|contentedi)/;
const CLASS = /(^|\s)(rr|ph|sentry|highlight|fs)-/;

/** What holds for an element, carried down the tree: masked, unmasked, editable; and, for itself alone, blocked. */
export type Flags = number;
const IN_MASK = 1;
const IN_UNMASK = 2;
const EDITABLE = 4;
const IS_BLOCKED = 8;
/** A protected element other than a field: what lies in it would tell of lengths. */
const IS_SEALED = 16;
/** Has an open shadow root: what lies in it is shown by slots, or not at all. */
export const IS_HOST = 32;
/** Stands for the flags of a place that is not told. */
export const UNTOLD = -1;
/** What a document inherits from the frame that shows it. */
const IN_FRAME = IN_MASK;

/** `closed`: nothing is told. `masked`: empty or not. `open`: as the visitor typed it. */
export type Shown = "closed" | "masked" | "open";

/** Whether this attribute, by its name and value, may decide what is shown. */
export function decides(name: string, value: string | null | undefined): boolean {
  return name === "class" ? CLASS.test(`${value}`) : DECIDES.test(name);
}

/** What holds for a node by the marks around the slot that shows it, which are in its host's shadow tree. */
export function inSlot(node: Element | Text, flags: Flags): Flags {
  if (!(flags & IS_HOST)) return flags;
  flags ^= IS_HOST;
  for (
    let at: Element | null = node.assignedSlot;
    at && at !== node.parentNode;
    at = at.assignedSlot ?? raw(at, "parentElement") ?? (at.parentNode as Partial<ShadowRoot>).host ?? null
  ) {
    if (at.matches(MASKED)) flags |= IN_MASK;
    if (at.matches(BLOCKED)) flags |= IN_MASK | IS_BLOCKED;
  }
  return flags;
}

/** `custom`: whether the element may be one of the page's own making. */
export function flagsOf(
  element: Element,
  names: string[],
  above: Flags,
  { protection }: Pick<Privacy, "protection">,
  custom: unknown,
): Flags {
  let flags = inSlot(element, above & ~(IS_BLOCKED | IS_SEALED));
  if (element.shadowRoot?.host) flags |= IS_HOST;
  if (custom && protection.has(element)) flags |= IS_SEALED;
  let decided = false;
  for (let i = 0, name; (name = names[i++]); ) decided ||= decides(name, name === "class" ? element.getAttribute(name) : null);
  if (decided) {
    const editable = element.getAttribute("contenteditable");
    if (editable !== null) flags = editable === "false" ? flags & ~EDITABLE : flags | EDITABLE;
    if (isEditable(flags) && protection.has(element)) flags |= IS_SEALED;
    if (element.matches(MASKED)) flags |= IN_MASK;
    if (element.matches("[data-hindsight-unmask]")) flags |= IN_UNMASK;
    if (element.matches(BLOCKED)) flags |= IS_BLOCKED;
  }
  return flags;
}

export function flagsOfDocument(doc: Document, above: Flags): Flags {
  return (above & IN_FRAME) | (doc.designMode === "on" ? EDITABLE : 0);
}

export function isBlocked(flags: Flags): boolean {
  return !!(flags & IS_BLOCKED);
}

/** Whether nothing that lies in the element may be told. */
export function isSealed(flags: Flags): boolean {
  return !!(flags & (IS_BLOCKED | IS_SEALED));
}

export function isEditable(flags: Flags): boolean {
  return !!(flags & EDITABLE);
}

function isOpen(flags: Flags): boolean {
  return (flags & (IN_MASK | IN_UNMASK)) === IN_UNMASK;
}

export function isField(node: unknown): node is HTMLInputElement {
  return /^(input|textarea|select)$/.test(`${(node as Partial<Element> | null)?.localName}`);
}

export function showField(field: HTMLInputElement, flags: Flags, privacy: Pick<Privacy, "protection">): Shown {
  // Names of chosen files and values no visitor sees are nobody's business.
  if (privacy.protection.has(field) || field.matches(IGNORED) || /^(hidden|file)$/.test(field.type)) return "closed";
  return isOpen(flags) ? "open" : "masked";
}

/** Whether texts inside this element are masked. What the visitor writes into the page is input like any other. */
export function isMasked(element: Element, flags: Flags, { protection }: Pick<Privacy, "protection">): boolean {
  return isEditable(flags) ? !isOpen(flags) || protection.has(element) : !!(flags & IN_MASK);
}

/** A text as it may be shown where this node stands. */
export function showText(text: string, node: Text, flags: Flags, privacy: Privacy): string {
  if (!/\S/.test(text)) return text;
  flags = inSlot(node, flags);
  const masked = isEditable(flags) ? isMasked(node.parentElement ?? (node.parentNode as ShadowRoot).host, flags, privacy) : flags & IN_MASK;
  return masked ? MASK : privacy.scrub.text(text);
}

/** The same for an attribute that the visitor sees as text. */
export function showLabel(text: string, flags: Flags, privacy: Privacy): string {
  return flags & IN_MASK ? MASK : privacy.scrub.text(text);
}
