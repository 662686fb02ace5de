/** What the recorder promises beside fidelity: slices, nothing lost between them, a budget, and no traces. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { decode } from "../src/wire";
import type { ReplayItem } from "./support/frame";
import { openStage } from "./support/stage";

const { collector, site } = await openStage();

beforeEach(async () => {
  await site.forget();
  site.pages = new Map();
  site.snippet = 'data-consent="none" data-budget="0"';
  site.before = "";
  collector.arrivals.length = 0;
});

type S = Record<string, unknown>;
interface Node {
  id: number;
  childNodes?: Node[];
  attributes?: Record<string, unknown>;
  textContent?: string;
}
interface Add {
  parentId: number;
  nextId: number | null;
  node: Node;
}

const replay = (): ReplayItem[] =>
  [...new Map(collector.arrivals.map((a) => [a.frame.header.sequence, a.frame]))]
    .sort(([a], [b]) => a - b)
    .flatMap(([, f]) => f.replay ?? []);

const page = (body: string): string => `<!doctype html><html data-hindsight-unmask><head><title>t</title></head><body>${body}</body></html>`;

/** Ids of the children of each node after all events, as a player would hold them. */
function rebuild(events: ReplayItem[]): { children: Map<number, number[]>; nodes: Map<number, Node> } {
  const children = new Map<number, number[]>();
  const nodes = new Map<number, Node>();
  const learn = (n: Node): void => {
    assert.ok(!nodes.has(n.id), `id ${n.id} was given twice`);
    nodes.set(n.id, n);
    children.set(n.id, (n.childNodes ?? []).map((c) => c.id));
    n.childNodes?.forEach(learn);
  };
  for (const { type, data } of events) {
    if (type === 2) learn(data.node as Node);
    if (type !== 3 || data.source !== 0) continue;
    for (const { parentId, id } of data.removes as { parentId: number; id: number }[]) {
      const list = children.get(parentId) as number[];
      assert.ok(list.includes(id), `${id} is removed from where it is`);
      list.splice(list.indexOf(id), 1);
    }
    for (const add of data.adds as Add[]) {
      learn(add.node);
      const list = children.get(add.parentId);
      assert.ok(list, `the parent of ${add.node.id} is told before it`);
      assert.ok(add.nextId === null || list.includes(add.nextId), `the sibling after ${add.node.id} is told before it`);
      list.splice(add.nextId === null ? list.length : list.indexOf(add.nextId), 0, add.node.id);
    }
  }
  return { children, nodes };
}

test("a large page comes in parts, and what changes between them is not lost", async () => {
  const rows = Array.from({ length: 6000 }, (_, i) => `<div id="r${i}"><b>row ${i}</b></div>`).join("");
  site.pages.set("/", page(`<div id="list">${rows}</div>`));
  // Changes the page in the tasks between the slices, at places that are told and places that are not.
  site.before = `addEventListener("DOMContentLoaded", () => {
    let n = 0;
    const list = document.getElementById("list");
    const change = () => {
      if (n++ >= 60) return void (document.title = "changed");
      list.insertBefore(Object.assign(document.createElement("i"), { id: "n" + n }), list.children[(n * 397) % 5900]);
      list.append(list.children[(n * 131) % 5900]);
      list.children[(n * 977) % 5900].remove();
      setTimeout(change, 5);
    };
    const wait = () => performance.getEntriesByType("resource").some((e) => e.name.includes("/recorder.")) ? change() : setTimeout(wait, 1);
    wait();
  })`;
  const tab = await site.open("/");
  await tab.waitForFunction(() => document.title === "changed", undefined, { timeout: 60_000 });
  await tab.evaluate(() => document.body.append(Object.assign(document.createElement("u"), { id: "last" })));
  await collector.until("the last change", () => JSON.stringify(replay()).includes('"last"'));
  const live = await tab.evaluate(() => [...(document.getElementById("list") as HTMLElement).children].map((e) => e.id));

  const events = replay();
  const parts = events.filter((e) => e.data.part === 1);
  assert.ok(parts.length > 2, `only ${parts.length} parts`);
  for (const { bytes } of collector.arrivals) assert.ok(decode(bytes).replay.raw < 800_000);
  const { children, nodes } = rebuild(events);
  const list = [...nodes.values()].filter((n) => n.attributes?.id === "list").pop() as Node;
  assert.deepEqual((children.get(list.id) as number[]).map((id) => nodes.get(id)?.attributes?.id), live);
});

test("a node that is moved has a new id, in the right place", async () => {
  site.pages.set("/", page(`<div id="a"><p id="x">1</p><p id="y">2</p></div><div id="b"><p id="z">3</p></div>`));
  const tab = await site.open("/");
  await collector.until("snapshot", () => replay().some((e) => e.type === 2));
  await tab.evaluate(() => {
    const by = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
    by("b").prepend(by("y"), by("x"));
    by("z").append(by("x"));
    (by("x").firstChild as Text).data = "moved";
    const a = by("a");
    a.remove();
    by("b").append(a);
  });
  await collector.until("the move", () => JSON.stringify(replay()).includes("moved"));
  const { children, nodes } = rebuild(replay());
  const name = (id: number): string => String(nodes.get(id)?.attributes?.id ?? nodes.get(id)?.textContent);
  const b = [...nodes.values()].find((n) => n.attributes?.id === "b") as Node;
  const tree = (id: number): unknown => [name(id), ...(children.get(id) as number[]).map(tree)];
  assert.deepEqual(tree(b.id), ["b", ["y", ["2"]], ["z", ["3"], ["x", ["moved"]]], ["a"]]);
});

test("what a document written anew shows is told, clicked and sized as before", async () => {
  site.pages.set("/", page("<p>first</p>"));
  const tab = await site.open("/");
  const snapshots = (): ReplayItem[] => replay().filter((e) => e.type === 2);
  await collector.until("snapshot", () => snapshots().length === 1);
  await tab.evaluate(() => {
    document.open();
    document.write("<!doctype html><body data-hindsight-unmask><button>second</button>");
    document.close();
  });
  await collector.until("a snapshot of the new document", () => snapshots().length === 2);
  await tab.click("button");
  await tab.setViewportSize({ width: 640, height: 480 });
  const told = (source: number): Record<string, unknown>[] => replay().filter((e) => e.type === 3 && e.data.source === source).map((e) => e.data);
  await collector.until("the size", () => told(4).length > 0);
  assert.deepEqual(told(4).map(({ width, height }) => [width, height]), [[640, 480]]);
  assert.ok(told(2).some(({ type }) => type === 2), "no click was told");
});

test("recording that costs more than its budget pauses, and says so", async () => {
  site.pages.set("/", page(`<div id="d"></div>`));
  site.snippet = 'data-consent="none" data-budget="1"';
  const tab = await site.open("/");
  await collector.until("snapshot", () => replay().some((e) => e.type === 2));
  await tab.evaluate(() => {
    const d = document.getElementById("d") as HTMLElement;
    for (let i = 0; i < 3000; i++) d.append(Object.assign(document.createElement("p"), { className: `c${i}` }));
  });
  const gap = (): unknown =>
    collector.arrivals.flatMap((a) => a.frame.signals?.signals ?? []).find((s) => s.k === "gap" && s.reason === "budget");
  await collector.until("the gap", () => gap() !== undefined);
  await collector.until("a new snapshot", () => replay().filter((e) => e.type === 2).length > 1);
  const last = replay().reverse().find((e) => e.type === 2) as ReplayItem;
  const first = replay().find((e) => e.type === 2) as ReplayItem;
  assert.ok((last.data.node as Node).id > (first.data.node as Node).id, "ids go on");
});

test("a page that is left in such a pause says so, and what is no budget is none of the site's", async () => {
  site.pages.set("/", page(`<div id="d"></div>`));
  site.snippet = 'data-consent="none" data-budget="plenty"';
  const tab = await site.open("/");
  await collector.until("snapshot", () => replay().some((e) => e.type === 2));
  // More than any machine records in a tenth of a second, within one second.
  await tab.evaluate(() => {
    const d = document.getElementById("d") as HTMLElement;
    for (let i = 0; i < 60_000; i++) d.append(Object.assign(document.createElement("p"), { className: `c${i}` }));
  });
  await tab.waitForTimeout(1500);
  const gaps = (): S[] => collector.arrivals.flatMap((a) => a.frame.signals?.signals ?? []).filter((s) => s.k === "gap" && s.reason === "budget");
  assert.deepEqual(gaps(), []);
  await tab.goto(`${site.origin}/`);
  await collector.until("the gap", () => gaps().length);
  const [{ t, to }] = gaps() as [{ t: number; to: number }];
  assert.ok(to > t, `${t} to ${to}`);
});

test("after stop nothing is wrapped and nothing is told", async () => {
  site.pages.set("/", page(`<input id="i"><div id="d"></div>`));
  site.before = `window.natives = () => [
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set,
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "checked").set,
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "selectedIndex").set,
    Element.prototype.attachShadow,
  ].map((f) => /native code/.test(Function.prototype.toString.call(f)));`;
  const tab = await site.open("/");
  await collector.until("snapshot", () => replay().some((e) => e.type === 2));
  const natives = (): Promise<boolean[]> => tab.evaluate("natives()");
  assert.deepEqual(await natives(), [false, false, false, false]);
  await tab.evaluate(() => window.hindsight?.("stop"));
  assert.deepEqual(await natives(), [true, true, true, true]);
  const before = replay().length;
  await tab.evaluate(() => document.getElementById("d")?.append("more"));
  await tab.click("#i");
  await tab.waitForTimeout(700);
  assert.equal(replay().length, before);
});
