/** Addresses that a replay loads: images, fonts, media. */
import { MASK } from "../privacy/scrub";
import type { Privacy } from "./contract";

/** Longest `data:` address kept, characters. */
const MAX_DATA = 64 * 1024;
const FILE = /\.\w{2,5}$/;

/**
 * Like a page's address, but the name of a file stays whole: builds put content
 * hashes into it, which look like tokens. Empty when it cannot be kept.
 */
export function resource(address: string, privacy: Privacy): string {
  const { scrub, protection } = privacy;
  if (/^data:/i.test(address)) return address.length > MAX_DATA || protection.taints(address) ? "" : address;
  const clean = scrub.url(address);
  if (!/^https?:/.test(clean)) return "";
  const name = new URL(address, location.href).pathname.split("/").pop() ?? "";
  const kept = new URL(clean);
  if (!FILE.test(name) || /@|%40/.test(name) || protection.taints(name)) return clean;
  return kept.origin + kept.pathname.split(encodeURI(MASK)).join(MASK).replace(/[^/]*$/, name) + kept.search;
}

/** The candidates of a `srcset`. */
export function resources(list: string, privacy: Privacy): string {
  if (list.includes("data:")) return "";
  return list
    .split(/,\s+/)
    .map((candidate) => {
      const [address = "", ...size] = candidate.trim().split(/\s+/);
      return [resource(address, privacy), ...size].join(" ");
    })
    .join(", ");
}
