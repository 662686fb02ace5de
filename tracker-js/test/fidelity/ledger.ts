/**
 * The list of what may differ, `differences.json`. It can only shrink: what it
 * does not list fails the test, and what it lists and does not occur, too.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Found } from "./judge";

declare const ROOT: string;

export interface Entry {
  page: string;
  /** The difference is at this path or below it. */
  under: string;
  /** Facts that differ, as in {@link Found}; each occurs. */
  kinds: string[];
  /** Thirds of the interaction after which it is seen; each is. */
  moments: number[];
  /** `oracle`: the oracle's recording differs there as well. `privacy`: the recording must not hold it. */
  allowed: "oracle" | "privacy";
  reason: string;
}

export const readLedger = (): Entry[] => JSON.parse(readFileSync(join(ROOT, "test/fidelity/differences.json"), "utf8")) as Entry[];

const covers = (e: Entry, f: Found): boolean =>
  e.page === f.page && e.moments.includes(f.moment) && e.kinds.includes(f.kind) && (f.path === e.under || f.path.startsWith(`${e.under}/`) || f.path.startsWith(`${e.under}[`));

export const unlisted = (found: Found[], ledger: Entry[]): Found[] => found.filter((f) => !ledger.some((e) => covers(e, f)));

/** What an entry claims and does not hold: kinds and moments that were not found. */
export function unfounded(entry: Entry, found: Found[]): string[] {
  const covered = found.filter((f) => covers(entry, f));
  return [
    ...entry.kinds.filter((k) => !covered.some((f) => f.kind === k)),
    ...entry.moments.filter((m) => !covered.some((f) => f.moment === m)).map((m) => `moment ${m}`),
  ];
}
