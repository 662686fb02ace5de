/**
 * Attributes are kept by list: those that lay the page out. Everything else is
 * dropped, unless a style sheet's selector spells the value out.
 */
import { MASK } from "../privacy/scrub";
import type { Privacy } from "./contract";
import { placed } from "./styles/text";
import { type Flags, showLabel } from "./policy";
import { link, resource, resources } from "./resource";
import { FRAME, SMALL } from "./tags";

export type Value = string | number | boolean | null;
export type Attributes = Record<string, Value>;

/** What is done with an attribute of a known name. Of what is 0 or not known nothing is kept unless something draws it or names it. */
const REFERS = 1;
const PLAIN = 2;
const CLASS = 3;
const STYLE = 4;
/** Seen by the visitor, so scrubbed like any text. */
const LABEL = 5;
const SRCSET = 6;

/** By number; the first are addresses, of which those of frames are not kept. */
const SORTS = [
  "src poster background",
  "href xlink:href",
  "id dir lang role hidden open slot is popover inert " +
    "width height colspan rowspan span align valign bgcolor color face border cellpadding cellspacing nowrap " +
    "size cols rows wrap type disabled readonly multiple required min max step maxlength start reversed " +
    "part exportparts media rel charset name for sizes loading controls autoplay loop muted playsinline shape coords usemap " +
    "scope low high optimum datetime contenteditable",
  "class",
  "style",
  "placeholder alt label",
  "srcset",
];
/** One look for each attribute, of which a page has thousands. */
const sorts = new Map(([] as [string, number][]).concat(...SORTS.map((list, sort) => list.split(" ").map((name): [string, number] => [name, sort]))));
/** Attributes of drawings that are neither a style property nor a property of the element's interface; for more see the part `drawn`. */
const DRAWN = /^(xmlns(:xlink)?|d|orient|rotate)$/;
/** Whatever a style sheet or an interface says of these, they may hold what the visitor typed or scripts. */
const NEVER = /^(on|content$|value$|srcdoc$|nonce$|integrity$|data-rr-)/i;
/** Known to interfaces of drawings, too. */
const TYPED = /^(text(content)?$|inner|outer|aria|data)/i;

/** An attribute in a selector, or one whose value is shown; with a namespace none of ours. */
const NAMED = /(?:\[|attr\()\s*([^\])\s=~|^$*,]*)/g;

/** What styles are made of: told again as soon as it is known what may be told of it. */
export type Styled = Element | CSSStyleSheet;

/** What parts know of attributes. */
export interface Judging {
  /** Rules or declarations of this element's or sheet's without secrets; as long as the part `words` has not come, none that holds one. */
  clean(css: string, it: Styled): string;
  /** What of the value a selector asks for, where one names the attribute; set by the part `spelled`. */
  keep?(name: string, value: string, element: Element): string | undefined;
  /** Whether an attribute of this name draws; set by the part `drawn`. */
  drawn?(name: string): boolean;
}

/** Rules that name an attribute which is kept only as far as they spell it out. */
export function spells(css: string): boolean {
  for (const [, name = ""] of css.matchAll(NAMED)) if (sorts.get(name) !== PLAIN && !/^(class|style|href|src)$/.test(name)) return true;
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
export function attribute(element: Element, name: string, value: string, flags: Flags, given: Privacy, r: Judging, kinds: number): string | undefined {
  const { protection } = given;
  const sort = sorts.get(name);
  if (sort === LABEL) return showLabel(value, flags, given);
  if (sort === STYLE) return r.clean(placed(value, element.baseURI, given), element);
  if (sort === SRCSET) return resources(value, given, element.baseURI);
  // References inside a drawing must find their target.
  if (sort === REFERS ? !/^#[\w-]+$/.test(value) : sort === 0 && !(kinds & FRAME))
    return (sort && /^a(rea)?$/.test(element.localName) ? link : resource)(value, given, element.baseURI);
  if (
    !sort &&
    !(name === "value" && /^(li|progress|meter)$/.test(element.localName)) &&
    !(name === "content" && element.getAttribute("name") === "viewport")
  ) {
    // Of most of them nothing is kept.
    if ((!r.keep && !(kinds & SMALL)) || NEVER.test(name)) return;
    if (!draws(element, name, r)) {
      const kept = r.keep?.(name, value, element);
      // Of a secret not even that it contains what a selector asks for.
      return kept && (protection.taints(value) || protection.taints(kept)) ? undefined : kept;
    }
  }
  if (!protection.met()) return value;
  return protection.taints(value) ? MASK : sort === CLASS ? classes(value, protection) : value;
}
