/** What two visits told, ids and times aside, in an order that timing does not decide. */
import type { Arrival } from "../support/collector";
import type { ReplayItem } from "../support/frame";

/** Each frame once, in the order of the document. */
export function replayOf(arrivals: Arrival[]): ReplayItem[] {
  const seen = new Map(arrivals.map((a) => [`${a.frame.header.document} ${a.frame.header.sequence}`, a.frame]));
  return [...seen.values()].sort((a, b) => a.header.sequence - b.header.sequence).flatMap((f) => f.replay ?? []);
}

const IDS = /^(id|parentId|rootId|styleId|start|end)$/;
const TIMES = /^(t|ms|to|at|wait|key|vw|vh|dw|dh|ttfb|timestamp|timeOffset|currentTime|positions|nextId|previousId|part)$/;

type Node = Record<string, unknown> & { id: number; childNodes?: Node[] };

/** The same value without times, nodes named by what they are. */
function plain(value: unknown, names: Map<number, string>): unknown {
  if (Array.isArray(value)) return value.map((v) => plain(v, names));
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([k, v]) => {
      if (TIMES.test(k)) return [];
      if (/^[xy]$/.test(k)) return [[k, Math.round(Number(v))]];
      return [[k, IDS.test(k) && typeof v === "number" ? (names.get(v) ?? "?") : plain(v, names)]];
    }),
  );
}

/** A tree as the list of its nodes with their parents, as a snapshot in parts brings it. */
function flat(node: Node, parentId: number): { parentId: number; node: Node }[] {
  const { childNodes = [], ...own } = node;
  return [{ parentId, node: own }, ...childNodes.flatMap((c) => flat(c, node.id))];
}

/** Kinds that say how long or where, not what. */
const TIMED = /^(move|load|vital|attention|scroll|visible|gap|consent|dead)$/;

/**
 * One list for each source of events and each kind of signal. `totals`: typing totals, which differ where an ordinary
 * field is typed into, are left out.
 */
export function told(arrivals: Arrival[], totals: boolean): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  const names = new Map<number, string>();
  const port = /localhost:\d+/g;
  const say = (list: string, value: unknown): void =>
    void (lists[list] ??= []).push(JSON.stringify(plain(value, names)).replace(port, "site"));
  const add = (node: Node, parentId: number): void => {
    for (const one of flat(node, parentId)) {
      const { tagName, attributes, type } = one.node as { tagName?: string; attributes?: { id?: string }; type?: number };
      names.set(one.node.id, `${tagName ?? `type ${type}`}#${attributes?.id ?? ""}`);
      say("adds", one);
    }
  };
  for (const { type, data } of replayOf(arrivals)) {
    const source = Number(data?.source);
    if (type === 2) add(data.node as Node, 0);
    else if (type !== 3) say(`event ${type}`, data);
    else if (source === 0) {
      // How changes are cut into events is a matter of timing; what they say is not.
      for (const part of ["removes", "texts", "attributes"]) for (const change of data[part] as unknown[]) say(part, change);
      for (const { node, parentId } of data.adds as { node: Node; parentId: number }[]) add(node, parentId);
    } else if (source !== 1) say(`source ${source}`, data);
  }
  const once = new Map(arrivals.map((a) => [`${a.frame.header.document} ${a.frame.header.sequence}`, a.frame]));
  for (const frame of [...once.values()].sort((a, b) => a.header.sequence - b.header.sequence))
    for (const s of frame.signals?.signals ?? [])
      if (!TIMED.test(s.k) && !(totals && /^(typing|field)$/.test(s.k))) say(`signal ${s.k}`, { path: frame.signals?.path, ...s });
  // What was held back and what came after it may be told together: then the tree decides the order.
  for (const part of ["adds", "removes", "texts", "attributes"]) lists[part]?.sort();
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
