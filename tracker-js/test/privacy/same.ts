/** What two visits told, ids and times aside, in an order that timing does not decide. */
import type { Arrival } from "../support/collector";
import type { ReplayItem } from "../support/frame";

/** Each frame once, in the order of the document. */
export function replayOf(arrivals: Arrival[]): ReplayItem[] {
  const seen = new Map(arrivals.map((a) => [`${a.frame.header.document} ${a.frame.header.sequence}`, a.frame]));
  return [...seen.values()].sort((a, b) => a.header.sequence - b.header.sequence).flatMap((f) => f.replay ?? []);
}

const IDS = /^(id|parentId|nextId|previousId|rootId|styleId|start|end|x|y)$/;
const TIMES = /^(t|ms|to|at|wait|key|vw|vh|dw|dh|ttfb|timestamp|timeOffset|currentTime|positions)$/;

/** The same value with ids numbered by their first appearance, and without times. */
function plain(value: unknown, ids: Map<string, number>): unknown {
  if (Array.isArray(value)) return value.map((v) => plain(v, ids));
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([k, v]) => {
      if (TIMES.test(k)) return [];
      if (!IDS.test(k) || typeof v !== "number") return [[k, plain(v, ids)]];
      if (/^(start|end|x|y)$/.test(k)) return [[k, Math.round(v)]];
      const name = String(v);
      if (!ids.has(name)) ids.set(name, ids.size);
      return [[k, ids.get(name)]];
    }),
  );
}

/** Kinds that say how long or where, not what. */
const TIMED = /^(move|load|vital|attention|scroll|visible|gap|consent)$/;

/**
 * One list for each source of events and each kind of signal. `totals`: typing totals, which differ where an ordinary
 * field is typed into, are left out.
 */
export function told(arrivals: Arrival[], totals: boolean): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  const port = /localhost:\d+/g;
  const ids = new Map<string, number>();
  const say = (name: string, value: unknown): void => void (lists[name] ??= []).push(JSON.stringify(plain(value, ids)).replace(port, "site"));
  for (const { type, data } of replayOf(arrivals)) {
    const source = Number(data?.source);
    if (type !== 3) say(`event ${type}`, data);
    else if (source === 0)
      // How changes are cut into events is a matter of timing; what they say is not.
      for (const part of ["removes", "adds", "texts", "attributes"]) for (const change of data[part] as unknown[]) say(part, change);
    else if (source !== 1) say(`source ${source}`, data);
  }
  const once = new Map(arrivals.map((a) => [`${a.frame.header.document} ${a.frame.header.sequence}`, a.frame]));
  for (const frame of [...once.values()].sort((a, b) => a.header.sequence - b.header.sequence))
    for (const s of frame.signals?.signals ?? [])
      if (!TIMED.test(s.k) && !(totals && /^(typing|field)$/.test(s.k))) say(`signal ${s.k}`, { path: frame.signals?.path, ...s });
  return lists;
}

/** Where two visits differ, list by list: the first difference of each. */
export function differences(one: Record<string, string[]>, other: Record<string, string[]>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((name) => {
    const [a, b] = [one[name] ?? [], other[name] ?? []];
    const at = a.findIndex((v, i) => v !== b[i]);
    if (at < 0 && a.length === b.length) return [];
    const i = at < 0 ? a.length : at;
    return [`${name}, ${a.length} and ${b.length} in all, number ${i}:\n  ${a[i]?.slice(0, 4000)}\n  ${b[i]?.slice(0, 4000)}`];
  });
}
