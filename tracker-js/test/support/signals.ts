/** The signals in what a collector took. */
import type { Arrival } from "./collector";

export type S = { k: string; t: number } & Record<string, unknown>;

/** Each batch once: a frame may come twice, by websocket and by beacon, and its identity names one content. */
export function once(list: Arrival[]): Arrival[] {
  return [...new Map(list.map((a) => [[a.frame.header.session, a.frame.header.document, a.frame.header.sequence].join(), a])).values()];
}

/** Every signal in order, or those of one kind. */
export function signals(list: Arrival[], k?: string): S[] {
  return once(list).flatMap((a) => a.frame.signals?.signals ?? []).filter((s) => !k || s.k === k);
}

/** The same, each with the path of its page view. */
export function withPaths(list: Arrival[], k: string): (S & { path: string })[] {
  return once(list).flatMap((a) => (a.frame.signals?.signals ?? []).map((s) => ({ ...s, path: String(a.frame.signals?.path) }))).filter((s) => s.k === k);
}

/** A signal without its kind and time. */
export function bare(signal: S | undefined): object {
  return Object.fromEntries(Object.entries(signal ?? {}).filter(([name]) => name !== "k" && name !== "t"));
}
