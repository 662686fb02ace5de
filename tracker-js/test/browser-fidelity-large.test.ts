/**
 * A large page changes while its snapshot is being told in slices: the replay shows it as it is. HINDSIGHT_LONG=1 takes
 * 100,000 nodes and more seeds, FIDELITY_FIRST=m with FIDELITY_SEEDS=n these.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { bundleTool } from "./fidelity/bundle";
import { expand } from "./support/expand";
import type { ReplayItem } from "./support/frame";
import { launchShell } from "./support/site";

/** Changes in all. */
const CHANGES = 200;
const LONG = !!process.env.HINDSIGHT_LONG;
/** Lists of a hundred rows of ten nodes each. */
const LISTS = LONG ? 100 : 30;
const SEEDS = Number(process.env.FIDELITY_SEEDS ?? (LONG ? 12 : 1));
const FIRST = Number(process.env.FIDELITY_FIRST ?? 1);

let browser: Browser;
let recorded: Page;
let viewer: Page;
let tools: string[];

before(async () => {
  tools = await Promise.all([bundleTool("recorders.ts", "fidelity"), bundleTool("crowd.ts", "crowd")]);
  browser = await launchShell();
  viewer = await browser.newPage();
  await viewer.setContent("<!doctype html><body></body>");
  await viewer.addScriptTag({ content: tools[1] as string });
});
after(() => browser.close());

/** Where two outlines part, with what stands around. */
function parting(live: string, shown: string): string {
  const [a, b] = [live.split("\n"), shown.split("\n")];
  const at = a.findIndex((line, i) => line !== b[i]);
  return `line ${at} of ${a.length} and ${b.length}\npage:\n${a.slice(Math.max(0, at - 5), at + 5).join("\n")}\nreplay:\n${b.slice(Math.max(0, at - 5), at + 5).join("\n")}`;
}

for (let seed = FIRST; seed < FIRST + SEEDS; seed++)
  test(`changes while ${LISTS}000 nodes are being told, seed ${seed}`, async () => {
    recorded = await browser.newPage();
    const errors: string[] = [];
    recorded.on("pageerror", (e) => errors.push(e.stack ?? e.message));
    await recorded.setContent("<!doctype html><html data-hindsight-unmask><body></body></html>");
    for (const content of tools) await recorded.addScriptTag({ content });
    await recorded.evaluate(`(async () => {
      crowd.fill(${LISTS});
      // Slices of a few hundred nodes, each in a task of its own.
      fidelity.start("ours", true);
      await crowd.change(${seed}, ${CHANGES});
      await fidelity.moment("ours");
    })()`);
    const live = await recorded.evaluate<string>("crowd.outline()");
    const events = expand(JSON.parse(await recorded.evaluate<string>("fidelity.told()")) as ReplayItem[]);
    await recorded.close();
    assert.deepEqual(errors, []);
    const parts = events.map(({ type, data }) => (type === 3 && data.source === 0 ? Number(!!data.part) : -1));
    assert.ok(parts.lastIndexOf(1) - parts.indexOf(0) > 9, "changes were told among the parts of the snapshot");
    for (const virtual of [false, true]) {
      const shown = await viewer.evaluate<string>(`crowd.rebuild(${JSON.stringify(events)}, ${virtual})`);
      assert.ok(shown === live, `${virtual ? "jump" : "play"}: ${parting(live, shown)}`);
    }
  });
