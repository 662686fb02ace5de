/** Style sheets that a recording defines once and names from then on. */
import assert from "node:assert/strict";
import type { ReplayItem } from "./frame";

export interface Definition {
  id: string;
  rules: string[];
}
export const isDefinition = (e: ReplayItem): boolean => e.type === 5 && e.data.tag === "hindsight.css";
export const definitions = (list: ReplayItem[]): Definition[] => list.filter(isDefinition).map((e) => e.data.payload as Definition);

/** Puts sheets back where their ids stand, as the server does. */
export function expanded(list: ReplayItem[], known: Definition[] = definitions(list)): ReplayItem[] {
  const rules = new Map(known.map((d) => [`hindsight.css:${d.id}`, d.rules]));
  const put = (value: unknown): unknown => {
    if (typeof value === "string" && value.startsWith("hindsight.css:")) {
      assert.ok(rules.has(value), `${value} is not defined`);
      return rules.get(value)?.join("");
    }
    if (Array.isArray(value)) {
      const first = value[0] as { rule?: string } | undefined;
      if (value.length === 1 && first?.rule && rules.has(first.rule))
        return rules.get(first.rule)?.map((rule, index) => ({ rule, index }));
      return value.map(put);
    }
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, put(v)]));
    return value;
  };
  return list.filter((e) => !isDefinition(e)).map(put) as ReplayItem[];
}
