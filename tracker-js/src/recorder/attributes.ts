/**
 * Attributes are kept by list: those that lay the page out. Everything else is
 * dropped, unless a style sheet's selector spells the value out.
 */
import { MASK } from "../privacy/scrub";
import type { Privacy } from "./contract";
import { scrubCss, type Spelled } from "./css";
import { isField, showField } from "./policy";
import { resource, resources } from "./resource";

export type Value = string | number | boolean | null | Record<string, unknown>;
export type Attributes = Record<string, Value>;

const words = (list: string): Set<string> => new Set(list.split(" "));

const PLAIN = words(
  "id dir lang role hidden open slot is popover inert " +
    "width height colspan rowspan span align valign bgcolor color face border cellpadding cellspacing nowrap " +
    "size cols rows wrap type disabled readonly multiple required min max step maxlength start reversed checked " +
    "media rel charset name for sizes loading controls autoplay loop muted playsinline shape coords usemap " +
    "scope low high optimum datetime contenteditable " +
    "rr_width rr_height rr_open_mode rr_mediaState rr_mediaCurrentTime rr_mediaPlaybackRate rr_mediaMuted rr_mediaLoop rr_mediaVolume",
);
/** Seen by the visitor, so scrubbed like any text. */
const TEXT = words("placeholder alt label");
const RESOURCE = words("src poster background");
const SVG = words(
  "accumulate additive amplitude attributename attributetype azimuth basefrequency baseprofile begin bias by calcmode clip-path clip-rule clippath clippathunits " +
    "color-interpolation color-interpolation-filters cx cy d diffuseconstant direction display divisor dominant-baseline dur dx dy edgemode elevation end exponent fill fill-opacity fill-rule filter filterunits " +
    "flood-color flood-opacity font-family font-size font-style font-weight from fx fy g1 g2 gradienttransform gradientunits in in2 intercept k k1 k2 k3 k4 kernelmatrix keypoints keysplines keytimes " +
    "lengthadjust letter-spacing lighting-color limitingconeangle marker-end marker-mid marker-start markerheight markerunits markerwidth mask maskcontentunits maskunits mode numoctaves offset opacity operator order orient overflow " +
    "paint-order path pathlength patterncontentunits patterntransform patternunits pointer-events points preservealpha preserveaspectratio primitiveunits r radius refx refy repeatcount repeatdur rotate rx ry scale seed shape-rendering " +
    "slope spacing specularconstant specularexponent startoffset stddeviation stitchtiles stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width " +
    "surfacescale tablevalues targetx targety text-anchor text-decoration textlength to transform transform-origin unicode-bidi values vector-effect version viewbox visibility word-spacing writing-mode x x1 x2 xchannelselector xmlns xmlns:xlink y y1 y2 ychannelselector z",
);
/** Whatever a style sheet says of these, they may hold what the visitor typed or scripts. */
const NEVER = /^(on|value$|srcdoc$|nonce$|integrity$|data-rr-)/;

export interface Attribute {
  element: Element;
  privacy: Privacy;
  spelled: Spelled;
}

/** The value that may be recorded, or undefined. */
export function attribute(name: string, value: Value, { element, privacy, spelled }: Attribute): Value | undefined {
  const tag = element.localName;
  const lower = name.toLowerCase();
  const { scrub, protection } = privacy;
  const css = (text: unknown): unknown => (typeof text === "string" ? scrubCss(text, privacy) : text);

  if (isField(element)) {
    const shown = showField(element, privacy);
    if (lower === "value") return fieldValue(element, value, shown === "open", shown === "closed", privacy);
    // How far a field is scrolled tells how long its text is.
    if (shown !== "open" && /^rr_scroll/.test(name)) return;
    if (lower === "checked" && shown === "closed") return;
  }
  if (value === null) return known(lower, spelled) ? null : undefined;
  if (name === "_cssText") return css(value) as string;
  if (lower === "style") {
    if (typeof value !== "object") return css(value) as string;
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [k, Array.isArray(v) ? v.map(css) : css(v)]),
    );
  }
  if (typeof value !== "string") return PLAIN.has(name) || /^rr_scroll/.test(name) ? value : undefined;
  if (lower === "class")
    return value.split(/\s+/).map((c) => (protection.taints(c) ? MASK : c)).join(" ");
  if (lower === "srcset") return resources(value, privacy);
  if (RESOURCE.has(lower) && tag !== "iframe") return resource(value, privacy);
  if (lower === "href" || lower === "xlink:href") return link(tag, value, privacy);
  if (lower === "value" && /^(li|progress|meter)$/.test(tag)) return value;
  if (lower === "content") return element.getAttribute("name") === "viewport" ? value : undefined;
  if (TEXT.has(lower)) return scrub.text(value);
  if (PLAIN.has(name) || (SVG.has(lower) && element.namespaceURI?.endsWith("svg")))
    return protection.taints(value) ? MASK : value;
  if (NEVER.test(lower)) return;
  const kept = spelled.keep(lower, value);
  return kept !== undefined && protection.taints(kept) ? undefined : kept;
}

/** Whether the name may be told when the attribute goes. */
function known(name: string, spelled: Spelled): boolean {
  const lists = [PLAIN, TEXT, RESOURCE, SVG];
  return /^(class|style|href|xlink:href|srcset|value)$/.test(name) || lists.some((l) => l.has(name)) || spelled.names(name);
}

function fieldValue(field: HTMLInputElement, value: Value, open: boolean, closed: boolean, privacy: Privacy): Value | undefined {
  if (closed || !value) return closed ? undefined : value;
  // A masked choice shows the first option; the value of a box or a radio is no text on the page.
  if (/^(select|checkbox|radio)/.test(field.type)) return open && field.localName === "select" ? String(value) : undefined;
  return open && !privacy.protection.taints(String(value)) ? value : MASK;
}

function link(tag: string, value: string, privacy: Privacy): string | undefined {
  // References inside a drawing must find their target.
  if (/^#[\w-]+$/.test(value)) return privacy.protection.taints(value) ? undefined : value;
  return tag === "a" || tag === "area" ? privacy.scrub.url(value) : resource(value, privacy);
}
