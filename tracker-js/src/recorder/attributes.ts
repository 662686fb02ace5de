/**
 * Attributes are kept by list: those that lay the page out. Everything else is
 * dropped, unless a style sheet's selector spells the value out.
 */
import { MASK } from "../privacy/scrub";
import type { Privacy } from "./contract";
import { cleanCss } from "./styles/text";
import { type Flags, showLabel } from "./policy";
import { link, resource, resources } from "./resource";

export type Value = string | number | boolean | null;
export type Attributes = Record<string, Value>;

const words = (list: string): Set<string> => new Set(list.split(" "));

const PLAIN = words(
  "id dir lang role hidden open slot is popover inert " +
    "width height colspan rowspan span align valign bgcolor color face border cellpadding cellspacing nowrap " +
    "size cols rows wrap type disabled readonly multiple required min max step maxlength start reversed " +
    "part exportparts media rel charset name for sizes loading controls autoplay loop muted playsinline shape coords usemap " +
    "scope low high optimum datetime contenteditable",
);
/** Seen by the visitor, so scrubbed like any text. */
const TEXT = words("placeholder alt label");
const RESOURCE = words("src poster background");
/** Attributes of drawings that are neither a style property nor a property of the element's interface; for more see the part `drawn`. */
const DRAWN = /^(xmlns(:xlink)?|d|orient|rotate)$/;
/** Whatever a style sheet or an interface says of these, they may hold what the visitor typed or scripts. */
const NEVER = /^(on|content$|value$|srcdoc$|nonce$|integrity$|data-rr-)/i;
/** Known to interfaces of drawings, too. */
const TYPED = /^(text(content)?$|inner|outer|aria|data)/i;

/** An attribute in a selector, or one whose value is shown; with a namespace none of ours. */
const NAMED = /(?:\[|attr\()\s*([^\])\s=~|^$*,]*)/g;

/** What parts know of attributes. */
export interface Judging {
  /** What of the value a selector asks for, where one names the attribute; set by the part `spelled`. */
  keep?(name: string, value: string): string | undefined;
  /** Whether an attribute of this name draws; set by the part `drawn`. */
  drawn?(name: string): boolean;
}

/** Rules that name an attribute which is kept only as far as they spell it out. */
export function spells(css: string): boolean {
  for (const [, name = ""] of css.matchAll(NAMED)) if (!PLAIN.has(name) && !/^(class|style|href|src)$/.test(name)) return true;
  return false;
}

/** Names of classes, each of which may be a secret. */
function classes(value: string, { taints }: Privacy["protection"]): string {
  return value.replace(/\S+/g, (c) => (taints(c) ? MASK : c));
}

/** Whether the attribute draws: by the interfaces of the browser, which know no attribute of the page's own. */
function draws(element: Element, name: string, r: Judging): boolean {
  if (!element.namespaceURI?.endsWith("svg") || TYPED.test(name)) return false;
  return DRAWN.test(name) || r.drawn?.(name) || name in (element as SVGElement).style || name in (Object.getPrototypeOf(element) as object);
}

/** The value that may be recorded, or undefined. What a field holds is not judged here. */
export function attribute(element: Element, name: string, value: string, flags: Flags, given: Privacy, r: Judging): string | undefined {
  const { protection } = given;
  if (PLAIN.has(name)) return protection.taints(value) ? MASK : value;
  if (name === "style") return cleanCss(value, element.baseURI, given);
  if (name === "class") return protection.taints(value) ? MASK : protection.met() ? classes(value, protection) : value;
  if (TEXT.has(name)) return showLabel(value, flags, given);
  if (name === "srcset") return resources(value, given, element.baseURI);
  const tag = element.localName;
  const refers = /^(xlink:)?href$/.test(name);
  // References inside a drawing must find their target.
  if (refers ? !/^#[\w-]+$/.test(value) : RESOURCE.has(name) && tag !== "iframe")
    return (/^a(rea)?$/.test(tag) && refers ? link : resource)(value, given, element.baseURI);
  if (
    !refers &&
    !(name === "value" && /^(li|progress|meter)$/.test(tag)) &&
    !(name === "content" && element.getAttribute("name") === "viewport")
  ) {
    if (NEVER.test(name)) return;
    if (!draws(element, name, r)) {
      const kept = r.keep?.(name.toLowerCase(), value);
      // Of a secret not even that it contains what a selector asks for.
      return kept && (protection.taints(value) || protection.taints(kept)) ? undefined : kept;
    }
  }
  return protection.taints(value) ? MASK : value;
}
