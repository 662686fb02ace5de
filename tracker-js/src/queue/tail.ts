/**
 * What a page could not send before it went, kept for the next page of the same
 * tab. Sending a frame twice is harmless: its identity names one content.
 */
import { read, write } from "../storage";
import type { Entry } from "./batch";

/** Bytes kept; the browser's own limit is about ten times as much. */
const MAX_TAIL = 5e5;

const key = (site: string): string => `hindsight.${site}.tail`;

export function keepTail(site: string, entries: Entry[]): void {
  let bytes = 0;
  const kept = entries
    .map((e) => Array.from(e.frame as Uint8Array, (b) => String.fromCharCode(b)).join(""))
    .filter((f) => (bytes += f.length) <= MAX_TAIL);
  write("sessionStorage", key(site), kept.length ? kept.map(btoa) : undefined);
}

export function takeTail(site: string): Entry[] {
  const kept = read<string[]>("sessionStorage", key(site));
  write("sessionStorage", key(site), undefined);
  return Array.from((kept ?? []) as string[], (text) => ({
    frame: Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
    size: 0,
    n: 0,
    seal() {},
  }));
}
