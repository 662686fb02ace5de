/** What is measured: each takes a browser, the stand and a variant, and returns numbers by name. */
import { inject, settled, threadClock, traced, withPage } from "./browser.mjs";
import { workload } from "./pages.mjs";
import { BATCH } from "./stand.mjs";

/** Loads a page of so many nodes; what is measured starts once it has settled. */
const opened = (browser, stand, path, use) =>
  withPage(browser, async (page) => {
    stand.reset();
    await page.goto(stand.pages + path);
    await page.waitForTimeout(500);
    return use(page);
  });

/** The script is put into a page of so many elements that has loaded. `least`: how long to look at it, ms. */
export const start = (elements, least) => (browser, stand, variant) =>
  opened(browser, stand, `/nodes?n=${elements}`, (page) =>
    traced(browser, page, async () => {
      await inject(page, stand, variant);
      await settled(page, stand, variant, least);
    }));

/** The script stands in a page whose cards are laid out only where they are in view. */
export const lazyLoad = (browser, stand, variant) =>
  withPage(browser, async (page) => {
    stand.reset();
    const clock = await threadClock(page);
    await page.goto(`${stand.pages}/lazy?n=5000&with=${variant}`);
    await settled(page, stand, variant, 2000);
    return clock();
  });

const WORK = { mutations: 2000, moves: 2000, scrolls: 200 };

/** The work of tracker.md's table on a page of 5,000 elements in two seconds, and what is still done three seconds after. */
export const work = (browser, stand, variant) =>
  opened(browser, stand, "/nodes?n=5000", async (page) => {
    const clock = await threadClock(page);
    await inject(page, stand, variant);
    await settled(page, stand, variant, 1500);
    const before = await clock();
    await page.evaluate(workload, { ...WORK, ms: 2000, steps: 100 });
    await page.waitForTimeout(3000);
    const after = await clock();
    return { script: after.script - before.script, task: after.task - before.task };
  });

/** Ten seconds in which nothing happens. */
export const idle = (browser, stand, variant) =>
  opened(browser, stand, "/nodes?n=5000", async (page) => {
    const clock = await threadClock(page);
    await inject(page, stand, variant);
    await settled(page, stand, variant, 3000);
    const before = await clock();
    await page.waitForTimeout(10_000);
    return { task: (await clock()).task - before.task };
  });

/**
 * The same work spread over a minute, snapshot included. Ours: bytes of all frames that arrived, signals and headers
 * too. rrweb's: its events in batches as long as ours, each compressed by gzip.
 */
export const heavyMinute = (gzip) => (browser, stand, variant) =>
  opened(browser, stand, "/nodes?n=5000", async (page) => {
    await inject(page, stand, variant);
    await settled(page, stand, variant, 1000);
    await page.evaluate(workload, { ...WORK, ms: 60_000, steps: 600 });
    await page.waitForTimeout(BATCH + 2500);
    if (variant === "ours") return { kilobytes: stand.bytes / 1000 };
    const events = await page.evaluate(() => window.__rrweb);
    const batches = new Map();
    for (const [at, text] of events) {
      const batch = Math.floor(at / BATCH);
      batches.set(batch, [...(batches.get(batch) ?? []), text]);
    }
    let bytes = 0;
    for (const texts of batches.values()) bytes += gzip(`[${texts.join(",")}]`).length;
    return { kilobytes: bytes / 1000 };
  });
