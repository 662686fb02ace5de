/**
 * Replays of our recordings show scripted pages as they were, at least as well as those of the oracle, `@rrweb/record`.
 * What differs stands in fidelity/differences.json, each with its reason.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Seen } from "./fidelity/browser/walk";
import { type Found, judge, list, perform, scripted } from "./fidelity/judge";
import { readLedger, unfounded, unlisted } from "./fidelity/ledger";
import { PAGES } from "./fidelity/pages/index";
import { reordered } from "./fidelity/reordered";
import { openStage, type Stage, type Take } from "./fidelity/stage";

/** Names of pages, to look at some only; then nothing is said of entries for others. */
const ONLY = process.env.FIDELITY_PAGES?.split(",");
const pages = PAGES.filter((p) => !ONLY || ONLY.includes(p.name));
const scenes = pages.map((page) => ({ page, acts: scripted(page), label: page.name }));
const ledger = readLedger().filter((e) => pages.some((p) => p.name === e.page));

let stage: Stage;
let sample: Take | undefined;
before(async () => {
  stage = await openStage(pages);
});
after(() => stage.close());

test("every page is replayed as it was, at three moments, on a jump and while playing", async (t) => {
  assert.ok(ONLY || pages.length >= 25);
  const found: Found[] = [];
  const asked = new Map<string, number>();
  for await (const show of perform(stage, "ours", scenes)) {
    sample ??= show.take;
    found.push(...show.found);
    for (const part of show.take.parts.length ? show.take.parts : ["none"]) asked.set(part, (asked.get(part) ?? 0) + 1);
  }
  t.diagnostic(`parts that the ${pages.length} pages need: ${[...asked].map(([part, n]) => `${part} ${n}`).join(", ")}`);
  assert.deepEqual(stage.errors(), []);
  const news = unlisted(found, ledger);
  assert.equal(news.length, 0, `differences that are not listed:\n${list(news)}`);
  for (const entry of ledger) assert.deepEqual(unfounded(entry, found), [], `listed, but not so any more: ${JSON.stringify(entry)}`);
});

test("what differs by the oracle's example differs there too", async () => {
  const claims = ledger.filter((e) => e.allowed === "oracle");
  const found: Found[] = [];
  for await (const show of perform(stage, "rrweb", scenes.filter(({ page }) => claims.some((c) => c.page === page.name)))) found.push(...show.found);
  for (const claim of claims) assert.deepEqual(unfounded(claim, found), [], `the oracle does better: ${JSON.stringify(claim)}`);
});

test("a recording that says something else is noticed", async () => {
  assert.ok(sample);
  const spoiled = (change: (json: string) => string): Take => ({ ...(sample as Take), events: JSON.parse(change(JSON.stringify(sample?.events))) as Take["events"] });
  const scene = scenes[0];
  assert.ok(scene);
  const cases: [string, Take][] = [
    ["a word", spoiled((json) => json.replace("First ", "Fist "))],
    ["a colour", spoiled((json) => json.replace("#eef", "#fee").replace("rgb(238, 238, 255)", "rgb(255, 238, 238)"))],
    ["an element", spoiled((json) => json.replace('"tagName":"aside"', '"tagName":"section"'))],
    ["an added node that is missing", { ...sample, events: sample.events.filter((e) => !JSON.stringify(e.data).includes("Inserted ")) }],
    ["an event of the last third that is missing", { ...sample, events: sample.events.filter((e) => !JSON.stringify(e.data).includes("Changed words")) }],
  ];
  for (const [what, take] of cases) assert.ok((await judge(stage, scene, take)).length, `${what} was not noticed`);
});

test("sheets that a frame has adopted stay where the Replayer, on a jump, makes its document anew", async () => {
  const looks = (seen: Seen): string => {
    if (seen.name === "iframe") return seen.inner[0]?.inner.map((html) => JSON.stringify(html)).join() ?? "";
    return seen.inner.map(looks).join("");
  };
  for (const virtual of [true, false]) {
    const [first = "", second = ""] = (await stage.replay(reordered, virtual)).map(looks);
    assert.match(first, /"css:color":"rgb\(255, 0, 0\)"/);
    assert.match(second, /"css:color":"rgb\(255, 0, 0\)".*"css:font-weight":"700"/);
  }
});
