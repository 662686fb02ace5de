/** What arrived, told once: repeated frames must agree, and no sequence number may be missing. */
import assert from "node:assert/strict";
import type { Arrival } from "./collector";

export type Fact = { k: string; t: number } & Record<string, unknown>;

const identity = ({ frame: { header: h } }: Arrival): string => `${h.session}/${h.document}/${h.sequence}`;

/** Frames by identity, each once. One that came twice says the same both times, whatever its form. */
export function once(arrivals: Arrival[]): Arrival[] {
  const seen = new Map<string, Arrival>();
  for (const a of arrivals) {
    const first = seen.get(identity(a));
    if (first) assert.deepEqual([a.frame.signals, a.frame.replay], [first.frame.signals, first.frame.replay], `two contents of ${identity(a)}`);
    else seen.set(identity(a), a);
  }
  return [...seen.values()];
}

export function facts(arrivals: Arrival[], k?: string): Fact[] {
  return once(arrivals).flatMap((a) => a.frame.signals?.signals ?? []).filter((s) => !k || s.k === k);
}

/** Names of custom events, in the order of the documents' batches. */
export function names(arrivals: Arrival[]): unknown[] {
  return facts([...arrivals].sort((a, b) => a.frame.header.sequence - b.frame.header.sequence), "event").map((s) => s.name);
}

/** By document, in order of first arrival; asserts that none of its batches is missing. */
export function documents(arrivals: Arrival[]): Map<string, Arrival[]> {
  const all = new Map<string, Arrival[]>();
  for (const a of once(arrivals)) {
    const { document } = a.frame.header;
    all.set(document, [...(all.get(document) ?? []), a]);
  }
  for (const [document, list] of all) {
    list.sort((a, b) => a.frame.header.sequence - b.frame.header.sequence);
    assert.deepEqual(list.map((a) => a.frame.header.sequence), list.map((_, i) => i + 1), `batches of document ${document}`);
  }
  return all;
}
