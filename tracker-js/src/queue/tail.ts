/**
 * What a page could not send before it went, kept for the next page of the same
 * tab. Sending a frame twice is harmless: its identity names one content.
 */
import { read, write } from "../storage";
import type { Entry } from "./batch";

/** Bytes kept; the browser's own limit is about ten times as much. */
const MAX_TAIL = 5e5;

const key = (site: string): string => `hindsight.${site}.tail`;

export function keepTail(site: string, frames: Uint8Array[]): void {
  let bytes = 0;
  const kept = frames
    .filter((f) => (bytes += f.length) <= MAX_TAIL)
    .map((f) => btoa(Array.from(f, (b) => String.fromCharCode(b)).join("")));
  write("sessionStorage", key(site), kept.length ? kept : undefined);
}

export function takeTail(site: string): Entry[] {
  const kept = read<string[]>("sessionStorage", key(site));
  if (!Array.isArray(kept)) return [];
  write("sessionStorage", key(site), undefined);
  return (kept as string[]).map((text) => ({
    frame: Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
    size: text.length,
    n: 0,
    seal() {},
  }));
}
