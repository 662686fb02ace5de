/**
 * Random changes: whatever a page does, the replay of our recording shows it. One seed for each page, two where
 * HINDSIGHT_LONG is set; FIDELITY_SEEDS=n tries n seeds more, with
 * FIDELITY_FIRST=m these alone, from m on; FIDELITY_ORACLE=1 shows what becomes of the same changes in the oracle's recordings; FIDELITY_SCENES=page:seed,…
 * plays these in the place of what once differed.
 *
 * Not every difference is the recording's. Chromium 156 lays `written` out 319 px high by seed 31201 and, when it is
 * hidden and shown again, 303 px as the replay has it; so `shadow` by seed 10503, 273 px and 259 px, and a list of `right-to-left` by 9600, 71 px and 55 px. After dozens of scenes in one process it may give a button the
 * `text-align` of an earlier page's; such a scene is as it should be when it is played alone.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { list, perform, random } from "./fidelity/judge";
import { PAGES } from "./fidelity/pages/index";
import { openStage, type Scene, type Stage } from "./fidelity/stage";

declare const ROOT: string;

const ONLY = process.env.FIDELITY_PAGES?.split(",");
const pages = PAGES.filter((p) => p.plays && (!ONLY || ONLY.includes(p.name)));
const MORE = Number(process.env.FIDELITY_SEEDS ?? 0);
const FIRST = Number(process.env.FIDELITY_FIRST);
const LONG = !!process.env.HINDSIGHT_LONG;
/** Changes in a scene. */
const CHANGES = 240;

let stage: Stage;
before(async () => {
  stage = await openStage(pages);
});
after(() => stage.close());

async function differing(recorder: "ours" | "rrweb", scenes: Scene[]): Promise<string[]> {
  const wrong: string[] = [];
  for await (const { scene: s, found } of perform(stage, recorder, scenes)) if (found.length) wrong.push(`${s.label}:\n${list(found)}`);
  assert.deepEqual(stage.errors(), []);
  return wrong;
}

test("random changes are replayed", async (t) => {
  const seeds = [...(FIRST ? [] : LONG ? [1, 2] : [1]), ...Array.from({ length: MORE }, (_, i) => (FIRST || 1000) + i)];
  // Each page has seeds of its own: many more changes are seen.
  const wrong = await differing("ours", seeds.flatMap((seed) => pages.map((page, i) => random(page, 100 * i + seed, CHANGES))));
  t.diagnostic(`${seeds.length} seeds on ${pages.length} pages, ${CHANGES} changes each`);
  assert.equal(wrong.length, 0, `${wrong.length} recordings differ from their page\n${wrong.join("\n\n")}`);
});

test("what once differed is replayed", async () => {
  const asked = process.env.FIDELITY_SCENES?.split(",").map((s) => ({ page: s.replace(/:.*/, ""), seed: Number(s.replace(/.*:/, "")) }));
  const once = asked ?? (JSON.parse(readFileSync(join(ROOT, "test/fidelity/regressions.json"), "utf8")) as { page: string; seed: number; was: string }[]);
  const scenes = once.flatMap(({ page, seed }) => pages.filter((p) => p.name === page).map((p) => random(p, seed, CHANGES)));
  const wrong = await differing("ours", scenes);
  assert.equal(wrong.length, 0, wrong.join("\n\n"));
});

test("rows that come one by one are told in one pass, also in many slices", async () => {
  const ROWS = 600;
  const grow = `{
    const { get } = Object.getOwnPropertyDescriptor(Node.prototype, "nextSibling");
    window.steps = 0;
    Object.defineProperty(Node.prototype, "nextSibling", { configurable: true, get() { steps++; return get.call(this); } });
    for (let i = 0; i < ${ROWS}; i++) document.body.append(Object.assign(document.createElement("p"), { textContent: "row " + i }));
  }`;
  let steps = NaN;
  const [page] = pages;
  assert.ok(page);
  const acts = [(p: Page) => p.evaluate(grow), async (p: Page) => { steps = await p.evaluate<number>("steps"); }];
  const scene: Scene = { page, acts, slow: true, label: `${page.name} with ${ROWS} rows` };
  assert.deepEqual(await differing("ours", [scene]), []);
  // Where each row looks through all behind it there are 180,000.
  assert.ok(steps > ROWS && steps < 20 * ROWS, `${steps} steps from node to node for ${ROWS} rows`);
});

test("the same changes in the oracle's recordings", { skip: !process.env.FIDELITY_ORACLE && "only by FIDELITY_ORACLE=1" }, async (t) => {
  const wrong = await differing("rrweb", pages.map((page, i) => random(page, 100 * i + 1, CHANGES)));
  t.diagnostic(`the oracle differs on ${wrong.length} of ${pages.length} pages`);
  assert.ok(wrong.length > pages.length / 4, "either the oracle has been mended, or the changes are too mild to tell");
});
