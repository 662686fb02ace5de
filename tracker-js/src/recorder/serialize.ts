/** One live node as rrweb writes it, judged while it is read. */
import { MASK } from "../privacy/scrub";
import { attribute, type Attributes, type Judging } from "./attributes";
import type { Host } from "./contract";
import type { Fields } from "./fields";
import { type Flags, flagsOf, isBlocked, isField, isSealed, showText } from "./policy";
import type { Styles } from "./styles/index";

/** A node of a snapshot, without its id. */
export interface Told {
  type: number;
  id?: number;
  rootId?: number;
  isShadow?: true;
  isShadowHost?: true;
  tagName?: string;
  attributes?: Attributes;
  childNodes?: Told[];
  isSVG?: true;
  isCustom?: true;
  needBlock?: true;
  textContent?: string;
  name?: string;
  publicId?: string;
  systemId?: string;
  compatMode?: string;
}

/** Longer texts and addresses share no frame with others. */
const MAX_TEXT = 2e5;
/** What lies in them is not drawn, or belongs to the element itself. */
const OPAQUE = /^(script|noscript|template|textarea|style)$/;

/** What is told of a protected field that holds something. */
const LASTING = /^(type|disabled|readonly|required|hidden|id|class|placeholder)$/;

/** Whether what lies in the element is not told. */
export function isOpaque(node: Node, flags: Flags): boolean {
  return isSealed(flags) || OPAQUE.test(`${(node as Partial<Element>).localName}`);
}

export interface Serializer {
  /** Undefined for what is not told. `flags` are the parent's; `own` is told what the element's are. */
  node(node: Node, flags: Flags, own: (flags: Flags) => void): Told | undefined;
  /** A text as it may be told. */
  text(text: string, parent: Node, flags: Flags): string;
  /** One attribute as it may be told; undefined where it may not. */
  attribute(element: Element, name: string, value: string, flags: Flags): Attributes[string] | undefined;
}

/** Whether the element is a popover that is shown; where popovers are unknown, none is. */
function isShown(element: Element): boolean {
  try {
    return element.hasAttribute("popover") && element.matches(":popover-open");
  } catch {
    return false;
  }
}

/** An attribute's value. What is shown as a popover has a style even without the attribute. */
export function read(element: Element, name: string): string | null {
  return element.getAttribute(name) ?? (name === "style" && isShown(element) ? "" : null);
}

/** How a dialog is open: the player shows it the same way. */
export function openMode(element: Element): Attributes {
  if (element.localName !== "dialog" || !(element as HTMLDialogElement).open) return {};
  return { rr_open_mode: element.matches(":modal") ? "modal" : "non-modal" };
}

export function createSerializer(host: Host, styles: Styles, fields: Fields): Serializer {
  const judging: Judging = { ...host, spelled: styles.spelled };
  const bounded = (text: string | undefined): string | undefined => {
    if (!text || text.length < MAX_TEXT) return text;
    host.gap("too_large", performance.now());
    return MASK;
  };
  const one: Serializer["attribute"] = (element, name, value, flags) => {
    // Its size may follow what is typed into it.
    if (!LASTING.test(name) && isField(element) && element.value && host.protection.has(element)) return;
    const kept = bounded(attribute(element, name, value, flags, judging));
    // The player opens no popover: one that is open is drawn as a box on top.
    if (name !== "style" || !isShown(element)) return kept;
    return `${kept};display:${getComputedStyle(element).display};z-index:2147483647`;
  };
  const text: Serializer["text"] = (data, parent, flags) => bounded(showText(data, (parent as Partial<ShadowRoot>).host ?? parent, flags, host)) as string;

  const element = (e: Element, names: string[], flags: Flags): Told => {
    const tag = e.localName.toLowerCase();
    const attributes: Attributes = {};
    const node: Told = {
      type: 2,
      // A name that only a parser accepts would end the whole replay.
      tagName: /^[a-z][\w.-]*$/.test(tag) ? tag : "div",
      attributes,
      childNodes: [],
    };
    const keep = (name: string): void => {
      const kept = one(e, name, e.getAttribute(name) ?? "", flags);
      if (kept !== undefined) attributes[name] = kept;
    };
    if (isBlocked(flags)) {
      const { width, height } = e.getBoundingClientRect();
      keep("class");
      node.needBlock = true;
      attributes.rr_width = `${width}px`;
      attributes.rr_height = `${height}px`;
      return node;
    }
    if (tag === "script" || tag === "noscript") return node;
    const held = fields.attributesOf(e, flags);
    for (const name of names) if (!held || !/^(value|checked|selected)$/.test(name)) keep(name);
    if (isShown(e)) keep("style");
    Object.assign(attributes, held, openMode(e));
    if (tag === "style" || tag === "link") {
      const sheet = styles.attributesOf(e as HTMLElement);
      if (sheet) Object.assign(attributes, sheet);
      if (sheet && "_cssText" in sheet) {
        delete attributes.href;
        delete attributes.rel;
      }
    }
    if (e.namespaceURI?.endsWith("svg")) node.isSVG = true;
    else if (tag.includes("-") && e.ownerDocument.defaultView?.customElements.get(tag)) node.isCustom = true;
    return node;
  };

  return {
    text,
    attribute: one,
    node(node, flags, own) {
      switch (node.nodeType) {
        case 1: {
          const names = (node as Element).getAttributeNames();
          const now = flagsOf(node as Element, names, flags, host);
          own(now);
          return element(node as Element, names, now);
        }
        case 3:
          return { type: 3, textContent: text((node as Text).data, node.parentNode as Node, flags) };
        case 9: {
          const { compatMode } = node as Document;
          return { type: 0, childNodes: [], ...((node as Document).documentElement && compatMode !== "CSS1Compat" ? { compatMode } : {}) };
        }
        case 10: {
          const { name, publicId, systemId } = node as DocumentType;
          return { type: 1, name, publicId, systemId };
        }
      }
      return undefined;
    },
  };
}
