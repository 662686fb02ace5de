/** Where two walks differ. */
import type { Seen } from "./browser/walk";

export interface Difference {
  /** Elements from the document down, each with its place among the recorded children. */
  path: string;
  /** The fact that differs, `inner` where the children do. */
  kind: string;
  live: string;
  replayed: string;
}

const outline = (nodes: Seen[]): string => nodes.map((n) => n.name + (n.facts["@id"] ? `#${n.facts["@id"]}` : "")).join(" ");

/**
 * All differences; under children that do not match none is looked for. Documents in quirks mode are compared without
 * doctype, mode, sizes and computed styles: where the Replayer gathers changes it makes such a document by
 * script, and only a parser puts one into that mode.
 */
export function compare(live: Seen, replayed: Seen, path = "", quirks = false): Difference[] {
  quirks &&= live.name !== "#document";
  if (live.facts.mode === "BackCompat") {
    quirks = true;
    live = { ...live, facts: { ...live.facts, mode: "any" } };
    const root = (s: Seen): Seen[] => s.inner.filter((n) => n.name !== "#doctype");
    replayed = { ...replayed, facts: { ...replayed.facts, mode: "any" }, inner: root(replayed) };
    live.inner = root(live);
  }
  const here = `${path}/${live.name}${live.facts["@id"] ? `#${live.facts["@id"]}` : ""}`;
  const out: Difference[] = [];
  for (const kind of new Set([...Object.keys(live.facts), ...Object.keys(replayed.facts)])) {
    const a = live.facts[kind] ?? "(none)";
    const b = replayed.facts[kind] ?? "(none)";
    if (quirks && /^(width|height|scroll|css:.*)$/.test(kind)) continue;
    // Only the live page shows where a masked text stands for another.
    if (live.facts.unsized && /^(width|height|scroll|unsized)$/.test(kind)) continue;
    if (!same(kind, a, b)) out.push({ path: here, kind, live: a, replayed: b });
  }
  const names = (s: Seen): string => s.inner.map((n) => n.name).join(" ");
  if (names(live) !== names(replayed))
    return [...out, { path: here, kind: "inner", live: outline(live.inner), replayed: outline(replayed.inner) }];
  live.inner.forEach((child, i) => out.push(...compare(child, replayed.inner[i] as Seen, `${here}[${i}]`, quirks)));
  return out;
}

/** Boxes and offsets may be rounded to the neighbouring pixel. */
function same(kind: string, a: string, b: string): boolean {
  if (a === b) return true;
  if (!/^(width|height|scroll)$/.test(kind)) return false;
  const numbers = (s: string): number[] => s.split(",").map(Number);
  return numbers(a).every((n, i) => Math.abs(n - (numbers(b)[i] ?? NaN)) <= 1);
}
