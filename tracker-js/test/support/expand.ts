/** Events written short (docs/wire-protocol.md, section 5) as rrweb writes them: what the server makes of them, for tests. */
import type { ReplayItem } from "./frame";

type Attributes = Record<string, unknown>;
type Short = string | [string | number, ...(Attributes | Short)[]];
interface Add {
  parentId: number;
  nextId: number | null;
  id: number;
  rootId?: number;
  isShadow?: true;
  node: Short | Attributes;
}
type Long = Record<string, unknown> & { id: number };

const isShort = (node: unknown): node is Short => typeof node === "string" || Array.isArray(node);
const PREFIXES: Record<string, string> = { s: "isSVG", c: "isCustom", b: "needBlock" };

/** One tree; `told` hears each node with the id of its parent, before what lies in it. */
function grow(top: Short, first: number, inFrame: boolean, root: number | undefined, told: (node: Long, parent: number | undefined) => void): Long {
  let next = first;
  const one = (short: Short, rootId: number | undefined, isShadow: boolean, parent: number | undefined): Long => {
    const node: Long = { type: 3, id: next++ };
    if (rootId) node.rootId = rootId;
    if (isShadow) node.isShadow = true;
    if (typeof short === "string") {
      node.textContent = short;
      told(node, parent);
      return node;
    }
    const [kind, attributes, ...inside] = short as [string | number, Attributes, ...Short[]];
    if (kind === 1) {
      const [, name, publicId, systemId] = short;
      Object.assign(node, { type: 1, name, publicId, systemId });
      told(node, parent);
      return node;
    }
    const childNodes: Long[] = [];
    let below = rootId;
    if (kind === 0) {
      Object.assign(node, { type: 0, ...attributes, childNodes });
      // A frame's document is the root of all that lies in it.
      if (inFrame) below = node.id;
    } else {
      const [, prefix, tagName] = /^(?:([bcs]):)?(.*)$/.exec(String(kind)) as unknown as [string, string | undefined, string];
      Object.assign(node, { type: 2, tagName, attributes, childNodes });
      if (prefix) node[PREFIXES[prefix] ?? "unknown"] = true;
    }
    const shadow = Array.isArray(inside[0]) && inside[0][0] === 2 ? (inside.shift() as unknown as [2, ...Short[]]) : undefined;
    if (shadow) node.isShadowHost = true;
    told(node, parent);
    for (const child of shadow?.slice(1) ?? []) childNodes.push(one(child as Short, below, true, node.id));
    for (const child of inside) childNodes.push(one(child, below, false, node.id));
    return node;
  };
  return one(top, root, false, undefined);
}

/** Members of events by their source, in the order in which they are written. */
const PLACED: Record<number, string[]> = { 2: ["type", "id", "x", "y", "pointerType"], 3: ["id", "x", "y"], 4: ["width", "height"] };

function pairs<T>(flat: unknown, two: (first: number, second: unknown) => T): T[] {
  const list = (flat || []) as unknown[];
  return list.flatMap((first, i) => (i % 2 ? [] : [two(first as number, list[i + 1])]));
}

function addsOf(flat: unknown): Add[] {
  const adds: Add[] = [];
  const left = [...((flat || []) as (number | Short)[])];
  while (left.length) {
    const [parentId, nextId, id, node] = left.splice(0, 4) as [number, number, number, Short];
    const add: Add = { parentId, nextId: nextId || null, id: Math.abs(id), node };
    if (id < 0) add.isShadow = true;
    if ((left[0] as number) < 0) add.rootId = -(left.shift() as number);
    adds.push(add);
  }
  return adds;
}

function positionsOf(flat: number[]): object[] {
  const positions: object[] = [];
  let [x, y, timeOffset] = [0, 0, 0];
  for (let i = 0; i < flat.length; i += 4) {
    const [dx, dy, id, ms] = flat.slice(i, i + 4) as [number, number, number, number];
    [x, y, timeOffset] = [x + dx, y + dy, timeOffset + ms];
    positions.push({ x, y, id, timeOffset });
  }
  return positions;
}

/** The data of an incremental event: its source and what is written behind it. */
export function dataOf([source, ...members]: [number, ...unknown[]]): Record<string, unknown> {
  if (source === 0) {
    const [removes, adds, texts, attributes, part] = members;
    return {
      source,
      removes: pairs(removes, (parentId, id) => ({ parentId, id: Math.abs(id as number), ...((id as number) < 0 ? { isShadow: true } : {}) })),
      adds: addsOf(adds),
      texts: pairs(texts, (id, value) => ({ id, value })),
      attributes: pairs(attributes, (id, changed) => ({ id, attributes: changed })),
      ...(part ? { part } : {}),
    };
  }
  if ([1, 6, 12].includes(source)) return { source, positions: positionsOf(members as number[]) };
  const names = PLACED[source];
  if (!names) return { source, ...(members[0] as object) };
  return { source, ...(Object.fromEntries(members.map((value, i) => [names[i], value])) as Record<string, unknown>) };
}

/** A section's events. */
export function expand(events: (ReplayItem | [ms: number, source: number, ...unknown[]])[]): ReplayItem[] {
  let timestamp = 0;
  return events.map((event) => {
    if (!Array.isArray(event)) {
      ({ timestamp } = event);
      return grown(event);
    }
    const [ms, ...data] = event;
    timestamp += ms;
    return grown({ type: 3, data: dataOf(data), timestamp });
  });
}

/** The event with its nodes written out. */
function grown(event: ReplayItem): ReplayItem {
  const { type, data } = event;
  if (type === 2 && isShort(data.node)) {
    const { id, node, ...rest } = data as { id: number; node: Short };
    return { ...event, data: { ...rest, node: grow(node, id, false, undefined, () => {}) } };
  }
  if (type !== 3 || data.source !== 0) return event;
  let frame = false;
  const adds = ((data.adds ?? []) as Add[]).flatMap((add): object[] => {
    const { parentId, nextId, id, rootId, isShadow, node } = add;
    if (!isShort(node)) return [add];
    const flat: { parentId: number; nextId: number | null; node: Long }[] = [];
    if (node[0] === 0) frame = true;
    const top = (one: Long): Long => ({ ...one, ...(isShadow ? { isShadow } : {}) });
    const told = (one: Long, parent: number | undefined): void =>
      void flat.push(parent === undefined ? { parentId, nextId, node: top(one) } : { parentId: parent, nextId: null, node: one });
    if (node[0] === 0) return [{ parentId, nextId, node: grow(node, id, true, rootId, () => {}) }];
    grow(node, id, false, rootId, told);
    for (const one of flat) if (one.node.childNodes) one.node = { ...one.node, childNodes: [] };
    return flat;
  });
  return { ...event, data: { texts: [], attributes: [], removes: [], ...data, adds, ...(frame ? { isAttachIframe: true } : {}) } };
}
