/** Addresses in the page: of links, images, fonts, media. A replay loads the latter. */
import type { Privacy } from "./contract";

/** Longest `data:` address kept, characters. */
const MAX_DATA = 64 * 1024;
const FILE = /\.\w{2,5}$/;
/** Absolute, or below the page's own folder or host, with nothing that a parser would change. */
const SIMPLE = /^(https?:\/\/[\w.:-]+)?(\/|^)[\w,-][\w.,-]*(\/[\w,-][\w.,-]*)*\/?$/;
/** Origin and folder of a page, taken from its scrubbed address when that is another one than before. */
const PLACE = /^(https?:\/\/[^/?#]*)([^?#]*\/)/;
let place: RegExpExecArray | null;
let known: string;

/** The address itself, made absolute, where it needs neither a parser nor scrubbing: most do not, and parsing is slow. */
function simple(address: string, { scrub, protection }: Privacy, base: string): string | undefined {
  if (known !== base) place = PLACE.exec(scrub.url((known = base)));
  if (!place || !SIMPLE.test(address) || scrub.text(address) !== address) return;
  const whole = address.includes(":") ? address : (place[1] as string) + (address[0] === "/" ? "" : place[2]) + address;
  // A part may be a secret where the whole holds none that is long enough; the folder's may have become one since.
  return whole.split("/").some((part) => protection.taints(part)) ? undefined : whole;
}

function absolute(address: string, base: string): string {
  try {
    return new URL(address, base).href;
  } catch {
    return "";
  }
}

/** Where a link leads. */
export function link(address: string, privacy: Privacy, base: string): string {
  return simple(address, privacy, base) ?? privacy.scrub.url(absolute(address, base));
}

/**
 * Like a page's address, but the name of a file stays whole: builds put content
 * hashes into it, which look like tokens. Empty when it cannot be kept.
 */
export function resource(address: string, privacy: Privacy, base: string): string {
  const { scrub, protection } = privacy;
  if (/^data:/i.test(address)) return address.length > MAX_DATA || protection.taints(address) ? "" : address;
  const quick = simple(address, privacy, base);
  if (quick) return quick;
  const whole = absolute(address, base);
  const clean = scrub.url(whole);
  if (!/^https?:/.test(clean)) return "";
  const name = new URL(whole).pathname.split("/").pop() ?? "";
  if (!FILE.test(name) || /@|%40/.test(name) || protection.taints(name)) return clean;
  return clean.replace(/[^/?#]*(\?[^#]*)?(#.*)?$/, (_all, query: string | undefined) => name + (query ?? ""));
}

/** The candidates of a `srcset`. */
export function resources(list: string, privacy: Privacy, base: string): string {
  // Whatever stands behind an address may be anything.
  if (list.includes("data:") || privacy.protection.taints(list)) return "";
  return list
    .split(/,\s+/)
    .map((candidate) => candidate.replace(/\S+/, (address) => resource(address, privacy, base)))
    .join(", ");
}
