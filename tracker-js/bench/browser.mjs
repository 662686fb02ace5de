/** A browser and its clocks: thread time, which other processes on the machine do not lengthen. */
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";
import { TAGS } from "./stand.mjs";

export function browserPath() {
  if (process.env.CHROME) return process.env.CHROME;
  for (const name of ["chromium", "chromium-browser", "google-chrome"])
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      continue;
    }
  throw new Error("No browser: install chromium, or name one by the environment variable CHROME.");
}

export const FLAGS = [
  "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
];

export const launch = () => chromium.launch({ executablePath: browserPath(), args: FLAGS });

/** Calls `use` with a page in a profile of its own: nothing cached, nothing stored. */
export async function withPage(browser, use) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    return await use(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Puts what is measured into a page that has loaded. */
export const inject = (page, stand, variant) =>
  page.evaluate((attributes) => {
    const script = document.createElement("script");
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    document.head.append(script);
  }, TAGS[variant](stand.files));

/**
 * Waits until the snapshot of a variant is taken and all of it has arrived, then a moment longer. A page with nothing
 * in it is looked at as often, for `least` ms.
 */
export async function settled(page, stand, variant, least) {
  const began = Date.now();
  for (let before = -1; ; ) {
    await page.waitForTimeout(400);
    const events = await page.evaluate(() => window.__rrweb?.length ?? 0);
    const so = variant === "none" ? 1 : variant === "rrweb" ? Math.max(0, events - 1) : stand.replay;
    if (so > 0 && so === before && Date.now() - began >= least) return;
    before = so;
    if (Date.now() - began > 60_000) throw new Error(`${variant}: nothing was recorded within a minute`);
  }
}

/** Thread time of the page's main thread so far, ms: all tasks, and scripts among them. */
export async function threadClock(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name) => 1000 * metrics.find((m) => m.name === name).value;
    return { task: of("TaskDuration"), script: of("ScriptDuration") };
  };
}

/**
 * Tasks of the main thread while `act` runs: their thread time in all, and the longest by thread and by wall clock, ms.
 * Microtasks run behind the task that they belong to and are a part of it, as they are to the page.
 */
export async function traced(browser, page, act) {
  await browser.startTracing(page, { categories: ["toplevel", "blink.user_timing"] });
  await page.evaluate(() => performance.mark("bench-begin"));
  await act();
  await page.evaluate(() => performance.mark("bench-end"));
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const mark = (name) => traceEvents.find((e) => e.name === name && e.cat.includes("blink.user_timing"));
  const [begin, end] = [mark("bench-begin"), mark("bench-end")];
  if (!begin || !end) throw new Error("the trace lacks its marks");
  const tasks = [];
  let until = 0;
  let microtasks = 0;
  const pieces = traceEvents.filter(
    (e) => e.ph === "X" && e.pid === begin.pid && e.tid === begin.tid && e.ts >= begin.ts && e.ts <= end.ts &&
      /RunTask$|PerformMicrotaskCheckpoint$/.test(e.name),
  );
  for (const { ts, dur, tdur = 0, name } of pieces.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    if (ts < until) continue; // inside the one before
    until = ts + dur;
    const last = tasks.at(-1);
    if (/RunTask$/.test(name) || !last) tasks.push({ thread: tdur, wall: dur });
    else {
      last.thread += tdur;
      last.wall += dur;
      microtasks++;
    }
  }
  if (!microtasks || !tasks.some((t) => t.thread > 0)) throw new Error("the trace holds no thread times, or no microtasks");
  const most = (field) => Math.max(...tasks.map((t) => t[field])) / 1000;
  return { sum: tasks.reduce((sum, t) => sum + t.thread, 0) / 1000, longest: most("thread"), longestWall: most("wall") };
}
