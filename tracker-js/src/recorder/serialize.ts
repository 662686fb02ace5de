/** One live node as rrweb writes it, judged while it is read. */
import { MASK } from "../privacy/scrub";
import { attribute, type Attributes } from "./attributes";
import { DOCTYPE, DOCUMENT } from "./kinds";
import { guard } from "./lent";
import type { Observing } from "./observe";
import { type Flags, flagsOf, isBlocked, isSealed, showText } from "./policy";
import { CUSTOM, FIELD, isHolder, LAYER, OPAQUE, OPTION, SCRIPT, SMALL, STYLED, type Tag, tagOf } from "./tags";

/**
 * A node, written short (docs/wire-protocol.md, section 5): a text by itself; else what it is (an element's tag, or a
 * number), its attributes, then what lies in it, which the walk puts there. Ids are not in it.
 */
export type Told = string | Branch;
export type Branch = [kind: string | number, ...(Attributes | Told)[]];

/** Longer texts and addresses share no frame with others. */
const MAX_TEXT = 2e5;
/** Characters of an element as JSON, without its tag and its attributes, and what stands around a text. */
const ELEMENT = 10;
const AROUND = 6;

/** What is told of a protected field that holds something. */
const LASTING = /^(type|disabled|readonly|required|hidden|id|class|placeholder)$/;

/** Whether what lies in the element is not told. */
export function isOpaque(node: Node, flags: Flags): boolean {
  return isSealed(flags) || !!(tagOf(node as Element).kinds & OPAQUE);
}

export interface Serializer {
  /** Undefined for what is not told. `flags` are the parent's. */
  node(node: Node, flags: Flags): Told | undefined;
  /** Flags of the element that was serialised last, and the kinds that it is of. */
  own: Flags;
  kinds: number;
  /** Characters of everything that was serialised, as JSON, roughly; whoever sends it sets it back. */
  size: number;
  /** A text as it may be told, by its parent's flags; `data`: what it was. */
  text(text: Text, flags: Flags, data?: string): string;
  /** One attribute as it may be told; undefined where it may not. */
  attribute(element: Element, name: string, value: string, flags: Flags, tag?: Tag): Attributes[string] | undefined;
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
  const one: Serializer["attribute"] = (element, name, value, flags, { kinds } = tagOf(element)) => {
    // Its size may follow what is typed into it.
    if (kinds & FIELD && !LASTING.test(name) && (element as HTMLInputElement).value && host.protection.has(element)) return;
    const kept = bounded(attribute(element, name, value, flags, host, r, kinds));
    return name === "style" ? `${kept}${r.raised?.(element) ?? ""}` : kept;
  };
  const text: Serializer["text"] = (node, flags, data = node.data) => {
    const shown = bounded(flags ? showText(data, node, flags, host) : host.scrub.text(data)) as string;
    serializer.size += AROUND + shown.length;
    return shown;
  };

  /** What cannot be asked is not told: a form whose field bears the name of a method. */
  const element = guard((e: Element, above: Flags): Told => {
    const tag = tagOf(e);
    const { named, kinds } = tag;
    const names = e.getAttributeNames();
    const flags = (serializer.own = flagsOf(e, names, above, host, kinds & CUSTOM));
    serializer.kinds = names.includes("popover") ? kinds | LAYER : kinds;
    const attributes: Attributes = {};
    // Most elements hold one text: where there is no room for it an array grows by seventeen.
    const node: Branch = [named, attributes, ""];
    node.pop();
    serializer.size += ELEMENT + named.length;
    const blocked = isBlocked(flags);
    if (kinds & SCRIPT && !blocked) return node;
    // By its number: who takes each from an iterator pays more for that than for what is done here.
    for (let i = 0, name; (name = names[i++]); ) {
      if (blocked ? name !== "class" : kinds & (FIELD | OPTION) && isState(e, name)) continue;
      const kept = one(e, name, e.getAttribute(name) ?? "", flags, tag);
      if (kept === undefined) continue;
      attributes[name] = kept;
      serializer.size += AROUND + name.length + (kept as string).length;
    }
    if (blocked) {
      const { width, height } = e.getBoundingClientRect();
      node[0] = `b:${named}`;
      attributes.rr_width = `${width}px`;
      attributes.rr_height = `${height}px`;
      return node;
    }
    const style = r.raised?.(e);
    if (style) attributes.style ??= style;
    if (kinds & OPTION && r.chosen?.(e as HTMLOptionElement, flags)) attributes.selected = true;
    if (kinds & STYLED) {
      const sheet = r.styles.attributesOf(e);
      Object.assign(attributes, sheet);
      if ("_cssText" in sheet) {
        delete attributes.href;
        delete attributes.rel;
        serializer.size += (sheet._cssText as string).length;
      }
    }
    if (kinds & SMALL && e.namespaceURI?.endsWith("svg")) node[0] = `s:${named}`;
    else if (kinds & CUSTOM && e.ownerDocument.defaultView?.customElements.get(named)) node[0] = `c:${named}`;
    return node;
  });

  const serializer: Serializer = {
    own: 0,
    kinds: 0,
    size: 0,
    text,
    attribute: one,
    node(node, flags) {
      switch (node.nodeType) {
        case 1:
          return element(node as Element, flags);
        case 3:
        // A section of CDATA, as XHTML and SVG have it.
        case 4:
          return text(node as Text, flags);
        case 9: {
          const { compatMode } = node as Document;
          const attributes: Attributes = (node as Document).documentElement && compatMode !== "CSS1Compat" ? { compatMode } : {};
          return [DOCUMENT, attributes];
        }
        case 10: {
          const { name, publicId, systemId } = node as DocumentType;
          serializer.own = serializer.kinds = 0;
          return [DOCTYPE, name, publicId, systemId];
        }
      }
      return undefined;
    },
  };
  return serializer;
}
