/** One live node as rrweb writes it, judged while it is read. */
import { MASK } from "../privacy/scrub";
import { attribute, type Attributes } from "./attributes";
import { isHolder } from "./fields";
import { DOCTYPE, DOCUMENT } from "./kinds";
import type { Observing } from "./observe";
import { type Flags, flagsOf, inSlot, isBlocked, isField, isSealed, showText } from "./policy";

/**
 * A node, written short (docs/wire-protocol.md, section 5): a text by itself; else what it is (an element's tag, or a
 * number), its attributes, then what lies in it, which the walk puts there. Ids are not in it.
 */
export type Told = string | Branch;
export type Branch = [kind: string | number, ...(Attributes | Told)[]];

/** Longer texts and addresses share no frame with others. */
const MAX_TEXT = 2e5;
/** What lies in them is not drawn, or belongs to the element itself; the player takes any child of a frame for its document. */
const OPAQUE = /^(script|noscript|template|textarea|style|iframe)$/;

/** Elements of which more is told than their attributes. */
const SPECIAL = /^((no)?script|style|link)$/;
const NAME = /^[a-z][\w.-]*$/;
/** Bytes of an element as JSON, without its tag and its attributes. */
const ELEMENT = 10;

/** Bytes of a text as JSON, roughly and not less. */
function bytes(text: string): number {
  return 6 + text.length * (/[^\0-\x7f]/.test(text) ? 3 : 1);
}

/** What is told of a protected field that holds something. */
const LASTING = /^(type|disabled|readonly|required|hidden|id|class|placeholder)$/;

/** Whether what lies in the element is not told. */
export function isOpaque(node: Node, flags: Flags): boolean {
  return isSealed(flags) || OPAQUE.test(`${(node as Partial<Element>).localName}`);
}

export interface Serializer {
  /** Undefined for what is not told. `flags` are the parent's. */
  node(node: Node, flags: Flags): Told | undefined;
  /** Flags of the element that was serialised last. */
  own: Flags;
  /** Bytes of everything that was serialised, as JSON, roughly; whoever sends it sets it back. */
  size: number;
  /** A text as it may be told, by its parent's flags; `data`: what it was. */
  text(text: Text, flags: Flags, data?: string): string;
  /** One attribute as it may be told; undefined where it may not. */
  attribute(element: Element, name: string, value: string, flags: Flags): Attributes[string] | undefined;
}

/** Whether the attribute is a part of what a field holds. */
export function isState(element: Element, name: string): boolean {
  return /^(value|checked|selected)$/.test(name) && isHolder(element);
}

export function createSerializer(r: Observing): Serializer {
  const { host } = r;
  const bounded = (text: string | undefined): string | undefined => {
    if (!text || text.length < MAX_TEXT) return text;
    host.gap("too_large", performance.now());
    return MASK;
  };
  const one: Serializer["attribute"] = (element, name, value, flags) => {
    // Its size may follow what is typed into it.
    if (isField(element) && !LASTING.test(name) && element.value && host.protection.has(element)) return;
    const kept = bounded(attribute(element, name, value, flags, host, r));
    return name === "style" ? `${kept}${r.raised?.(element) ?? ""}` : kept;
  };
  const text: Serializer["text"] = (node, flags, data = node.data) =>
    bounded(showText(data, node.parentElement ?? (node.parentNode as ShadowRoot).host, inSlot(node, flags), host)) as string;

  const element = (e: Element, names: string[], flags: Flags): Told => {
    const tag = e.localName.toLowerCase();
    const attributes: Attributes = {};
    // A name that only a parser accepts would end the whole replay.
    const name = NAME.test(tag) ? tag : "div";
    const node: Branch = [name, attributes];
    serializer.size += ELEMENT + name.length;
    const keep = (name: string): void => {
      const kept = one(e, name, e.getAttribute(name) ?? "", flags);
      if (kept === undefined) return;
      attributes[name] = kept;
      serializer.size += name.length + bytes(kept as string);
    };
    if (isBlocked(flags)) {
      const { width, height } = e.getBoundingClientRect();
      keep("class");
      node[0] = `b:${name}`;
      attributes.rr_width = `${width}px`;
      attributes.rr_height = `${height}px`;
      return node;
    }
    const special = SPECIAL.test(tag);
    if (special && tag.endsWith("script")) return node;
    for (const name of names) {
      if (!isState(e, name)) keep(name);
      if (name === "popover" && r.raised?.(e)) keep("style");
    }
    if (isHolder(e) && r.chosen?.(e, flags)) attributes.selected = true;
    if (special) {
      const sheet = r.styles.attributesOf(e);
      Object.assign(attributes, sheet);
      if ("_cssText" in sheet) {
        delete attributes.href;
        delete attributes.rel;
        serializer.size += bytes(sheet._cssText as string);
      }
    }
    if (e.namespaceURI?.endsWith("svg")) node[0] = `s:${name}`;
    else if (tag.includes("-") && e.ownerDocument.defaultView?.customElements.get(tag)) node[0] = `c:${name}`;
    return node;
  };

  const serializer: Serializer = {
    own: 0,
    size: 0,
    text,
    attribute: one,
    node(node, flags) {
      switch (node.nodeType) {
        case 1: {
          const names = (node as Element).getAttributeNames();
          serializer.own = flagsOf(node as Element, names, flags, host);
          return element(node as Element, names, serializer.own);
        }
        case 3: {
          const textContent = text(node as Text, flags);
          serializer.size += bytes(textContent);
          return textContent;
        }
        case 9: {
          const { compatMode } = node as Document;
          const attributes: Attributes = (node as Document).documentElement && compatMode !== "CSS1Compat" ? { compatMode } : {};
          return [DOCUMENT, attributes];
        }
        case 10: {
          const { name, publicId, systemId } = node as DocumentType;
          return [DOCTYPE, name, publicId, systemId];
        }
      }
      return undefined;
    },
  };
  return serializer;
}
