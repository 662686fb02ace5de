/** A recording in whose middle a frame's neighbour is put before it: on a jump the Replayer moves the frame instead. */
import type { Take } from "./stage";

const element = (id: number, tagName: string, childNodes: object[] = [], attributes = {}): object => ({ type: 2, id, tagName, attributes, childNodes });
const text = (id: number, textContent: string): object => ({ type: 3, id, textContent });
const sheet = (styleId: number, rule: string): object => ({ styleId, rules: [{ rule, index: 0 }] });

/** At its first moment the frame's `<p>` is red, at the second one, after the move, still red, and now bold. */
export const reordered: Take = {
  masked: false,
  parts: [],
  moments: [1500, 2500].map((at) => ({ at, live: { name: "", facts: {}, inner: [] } })),
  events: [
    { type: 4, data: { href: "http://localhost/", width: 900, height: 700 } },
    {
      type: 2,
      data: {
        node: { type: 0, id: 1, childNodes: [element(2, "html", [element(3, "head"), element(4, "body", [element(5, "iframe"), element(6, "p", [text(7, "after")])])])] },
        initialOffset: { left: 0, top: 0 },
      },
    },
    {
      type: 3,
      data: {
        source: 0, texts: [], attributes: [], removes: [],
        adds: [
          [5, { type: 0, id: 8, childNodes: [] }],
          ...[element(9, "html"), element(10, "head"), element(11, "body"), element(12, "p"), text(13, "inside")].map((node, i) => [[8, 9, 9, 11, 12][i], { ...node, rootId: 8 }]),
        ].map(([parentId, node]) => ({ parentId, nextId: null, node })),
      },
    },
    { type: 3, data: { source: 15, id: 8, styleIds: [1], styles: [sheet(1, "p{color:rgb(255,0,0)}")] } },
    { type: 3, timestamp: 2000, data: { source: 0, texts: [], attributes: [], removes: [{ parentId: 4, id: 6 }], adds: [{ parentId: 4, nextId: 5, node: element(14, "p") }, { parentId: 14, nextId: null, node: text(15, "before") }] } },
    { type: 3, timestamp: 2001, data: { source: 15, id: 8, styleIds: [1, 2], styles: [sheet(2, "p{font-weight:700}")] } },
  ].map((event, i) => ({ timestamp: 1000 + i, ...event })),
};
