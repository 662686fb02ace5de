/** Serialised nodes: what of a snapshot's tree may leave the page. */
import type { serializedNodeWithId } from "@rrweb/types";
import { MASK } from "../privacy/scrub";
import { attribute, type Attributes, type Value } from "./attributes";
import type { Privacy } from "./contract";
import { scrubCss, type Spelled } from "./css";
import { showText } from "./policy";

/** Where the live node of a serialised one is found. */
export interface Live {
  getNode(id: number): Node | null;
}

export interface Scrubbing {
  live: Live;
  privacy: Privacy;
  spelled: Spelled;
}

const DOCUMENT = 0;
const ELEMENT = 2;
const TEXT = 3;

/** Their text is never drawn, or belongs to a field. */
const SILENT = /^(script|noscript|template|textarea)$/;

/** A text node's content, judged by its parent; the mask where the parent is unknown. */
export function scrubText(text: string, parent: Element | null | undefined, { privacy }: Scrubbing): string {
  const tag = parent?.localName ?? "";
  if (tag === "style") return scrubCss(text, privacy);
  if (SILENT.test(tag)) return "";
  if (!text.trim()) return text;
  return parent && showText(parent, privacy) ? privacy.scrub.text(text) : MASK;
}

export function parentOf(node: Node | null): Element | null {
  return node?.parentElement ?? (node?.parentNode as ShadowRoot | null)?.host ?? null;
}

export function scrubAttributes(given: Attributes, element: Element, s: Scrubbing): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(given)) {
    const v: Value | undefined = attribute(name, value, { element, ...s });
    if (v !== undefined) kept[name] = v;
  }
  return kept;
}

/**
 * The same for a change. A value that no selector spells takes the place of one that may have been told: then the
 * attribute goes, or the replay would keep the old value.
 */
export function scrubChange(given: Attributes, element: Element, s: Scrubbing): Attributes {
  const kept = scrubAttributes(given, element, s);
  for (const name of Object.keys(given)) if (!(name in kept) && s.spelled.names(name.toLowerCase())) kept[name] = null;
  return kept;
}

/** Learns what the tree's own sheets say of attributes, before any attribute is judged. */
export function learnFrom(node: serializedNodeWithId, s: Scrubbing): void {
  if (node.type === ELEMENT && typeof node.attributes._cssText === "string") s.spelled.learn(node.attributes._cssText);
  if (node.type === ELEMENT && node.tagName === "style")
    for (const c of node.childNodes) if (c.type === TEXT) s.spelled.learn(c.textContent);
  if ("childNodes" in node) for (const child of node.childNodes) learnFrom(child, s);
}

/** Scrubs a tree in place. A node whose live element is gone keeps its place and nothing else. */
export function scrubNode(node: serializedNodeWithId, s: Scrubbing): void {
  const live = s.live.getNode(node.id);
  if (node.type === ELEMENT) {
    const element = live as Element | null;
    node.attributes = (element ? scrubAttributes(node.attributes as Attributes, element, s) : {}) as typeof node.attributes;
  } else if (node.type === TEXT) node.textContent = scrubText(node.textContent, parentOf(live), s);
  else if (node.type !== DOCUMENT && "textContent" in node) node.textContent = "";
  if ("childNodes" in node) for (const child of node.childNodes) scrubNode(child, s);
}
