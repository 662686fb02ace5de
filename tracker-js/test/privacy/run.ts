/** Runs one case in one browser's fresh profile and gives all that it sent. */
import assert from "node:assert/strict";
import { type Arrival, type Collector, startCollector } from "../support/collector";
import { type Pages, servePages } from "../support/site";
import { type Case, write } from "./case";
import type { Driver } from "./driver";
import { replayOf } from "./same";
import { found, type Haystack, haystack } from "./search";

/** Harmless texts that the same search must find: in the snapshot, and in what changes later. */
const EARLY = "harmless-control";
const LATE = "harmless-later";
/** Stands at the end of the page: the snapshot may come in parts. */
const END = "harmless-end";

/** What stands beside the case's own body keeps its place, whatever that grows to. */
const html = (body: string): string =>
  `<!doctype html><html><head><title>Sign in</title></head><body><p style="position:fixed;top:0;left:0;margin:0;height:30px">${EARLY}
   <button id="done">Done</button></p><div style="padding-top:40px">${body}</div><p>${END}</p></body></html>`;

export interface Visit {
  arrivals: Arrival[];
  all: Haystack;
}

/** `farewell`: the page is in sight, so it has something to tell when it goes. */
export async function visit(one: Case, secret: string, open: () => Promise<Driver>, farewell = true): Promise<Visit> {
  const collector = await startCollector();
  let pages: Pages | undefined;
  let page: Driver | undefined;
  try {
    collector.welcome = { flush_ms: 50 };
    pages = await servePages(collector);
    // On a busy machine the recorder would pause, and what it tells would be a matter of timing.
    pages.snippet = `data-budget="0" ${one.snippet ?? 'data-consent="none"'}`;
    pages.pages.set("/", html(one.body(write(secret))));
    page = await open();
    await page.goto(`${pages.origin}/`);
    await one.before?.(page, secret);
    await collector.until("the end of the page", () => JSON.stringify(replayOf(collector.arrivals)).includes(END));
    // The page's frames are loaded, and what they made the recorder tell is told.
    await page.eval(() => new Promise((done) => setTimeout(done, 80)), null);
    await one.act?.(page, secret);
    await finish(page, collector, one.deaf);
    await page.goto("about:blank");
    if (farewell && !one.deaf) await collector.until("the farewell", (a) => a.some((x) => x.frame.header.flags & 1));
    else await new Promise((done) => setTimeout(done, 500));
  } finally {
    await page?.close();
    await pages?.close();
    await collector.close();
  }
  const all = haystack(collector.arrivals, collector.sent);
  for (const control of [EARLY, `text ${LATE}`, `class-${LATE}`, ...(one.shows ? [one.shows] : [])])
    // As a whole: pieces of it stand in anything.
    assert.ok(found(all, control).some((form) => form.startsWith(`${control} in `)), `the search does not find ${control}`);
  return { arrivals: collector.arrivals, all };
}

/** A last click and two last changes; when these have arrived, everything before has. */
async function finish(page: Driver, collector: Collector, deaf?: true): Promise<void> {
  const arrived = (text: string): Promise<void> =>
    collector.until(text, () => JSON.stringify(collector.arrivals.map((a) => a.frame)).includes(text));
  await page.click("#done");
  if (!deaf) await arrived('"button#done"');
  const say = (text: string): void => {
    const p = document.querySelector("#late") ?? document.createElement("p");
    p.id = "late";
    p.className = `class-${text}`;
    p.textContent = `text ${text}`;
    document.body.append(p);
  };
  for (const text of [`${LATE}-1`, LATE]) {
    await page.eval(say, text);
    await arrived(`text ${text}"`);
  }
}
