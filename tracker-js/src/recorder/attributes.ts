/**
 * Attributes are kept by list: those that lay the page out. Everything else is
 * dropped, unless a style sheet's selector spells the value out.
 */
import { MASK } from "../privacy/scrub";
import type { Privacy } from "./contract";
import type { Spelled } from "./styles/spelled";
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
    "media rel charset name for sizes loading controls autoplay loop muted playsinline shape coords usemap " +
    "scope low high optimum datetime contenteditable",
);
/** Seen by the visitor, so scrubbed like any text. */
const TEXT = words("placeholder alt label");
const RESOURCE = words("src poster background");
/** Attributes of drawings that are neither a style property nor a property of the element's interface. */
const DRAWN = words(
  "xmlns xmlns:xlink d in order radius orient bias scale seed version baseProfile stdDeviation kernelMatrix kernelUnitLength " +
    "attributeName attributeType begin dur end from to by values calcMode keyTimes keySplines keyPoints repeatCount repeatDur " +
    "restart additive accumulate rotate path",
);
/** Whatever a style sheet or an interface says of these, they may hold what the visitor typed or scripts. */
const NEVER = /^(on|value$|srcdoc$|nonce$|integrity$|data-rr-|text(content)?$|inner|outer|aria|data)/i;

export interface Judging extends Privacy {
  spelled: Spelled;
}

/** Whether the attribute draws: by the interfaces of the browser, which know no attribute of the page's own. */
function draws(element: Element, name: string): boolean {
  if (!element.namespaceURI?.endsWith("svg") || NEVER.test(name)) return false;
  return DRAWN.has(name) || name in (element as SVGElement).style || name in (Object.getPrototypeOf(element) as object);
}

/** The value that may be recorded, or undefined. What a field holds is not judged here. */
export function attribute(element: Element, name: string, value: string, flags: Flags, given: Judging): string | undefined {
  const { protection, spelled } = given;
  const tag = element.localName;
  if (name === "style") return cleanCss(value, element.baseURI, given);
  if (name === "class") return protection.taints(value) ? MASK : value.replace(/\S+/g, (c) => (protection.taints(c) ? MASK : c));
  if (PLAIN.has(name)) return protection.taints(value) ? MASK : value;
  if (TEXT.has(name)) return showLabel(value, flags, given);
  if (name === "srcset") return resources(value, given, element.baseURI);
  if (RESOURCE.has(name) && tag !== "iframe") return resource(value, given, element.baseURI);
  if (name === "href" || name === "xlink:href") {
    // References inside a drawing must find their target.
    if (/^#[\w-]+$/.test(value)) return protection.taints(value) ? undefined : value;
    return (tag === "a" || tag === "area" ? link : resource)(value, given, element.baseURI);
  }
  if (name === "value" && /^(li|progress|meter)$/.test(tag)) return protection.taints(value) ? undefined : value;
  if (name === "content") return element.getAttribute("name") === "viewport" && !protection.taints(value) ? value : undefined;
  if (draws(element, name)) return protection.taints(value) ? MASK : value;
  if (/^(on|value$|srcdoc$|nonce$|integrity$|data-rr-)/i.test(name)) return;
  const kept = spelled.keep(name.toLowerCase(), value);
  // Of a secret not even that it contains what a selector asks for.
  return kept && (protection.taints(value) || protection.taints(kept)) ? undefined : kept;
}
