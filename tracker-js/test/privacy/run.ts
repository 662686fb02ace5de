/** Runs one case in one browser's fresh profile and gives all that it sent. */
import assert from "node:assert/strict";
import { type Arrival, type Collector, startCollector } from "../support/collector";
import { type Pages, servePages } from "../support/site";
import { type Case, write } from "./case";
import type { Driver } from "./driver";
import { replayOf } from "./same";
import { haystack } from "./search";

/** Harmless texts that the same search must find: in the snapshot, and in what changes later. */
const EARLY = "harmless-control";
const LATE = "harmless-later";

/** What stands beside the case's own body keeps its place, whatever that grows to. */
const html = (body: string): string =>
  `<!doctype html><html><head><title>Sign in</title></head><body><p style="position:fixed;top:0;left:0;margin:0;height:30px">${EARLY}
   <button id="done">Done</button></p><div style="padding-top:40px">${body}</div></body></html>`;

export interface Visit {
  arrivals: Arrival[];
  /** Everything to search in. */
  all: string;
}

export async function visit(one: Case, secret: string, open: () => Promise<Driver>): Promise<Visit> {
  const collector = await startCollector();
  let pages: Pages | undefined;
  let page: Driver | undefined;
  try {
    collector.welcome = { flush_ms: 50 };
    pages = await servePages(collector);
    pages.snippet = one.snippet ?? 'data-consent="none"';
    pages.pages.set("/", html(one.body(write(secret))));
    page = await open();
    await page.goto(`${pages.origin}/`);
    await one.before?.(page, secret);
    await collector.until("snapshot", () => replayOf(collector.arrivals).some((e) => e.type === 2));
    // The frames of the page are loaded, and what the recorder still had to tell of its beginning is told.
    await page.eval(() => new Promise((done) => setTimeout(done, 80)), null);
    await one.act?.(page, secret);
    await finish(page, collector);
  } finally {
    await page?.close();
    await pages?.close();
    await collector.close();
  }
  const all = haystack(collector.arrivals, collector.sent);
  for (const control of [EARLY, `text ${LATE}`, `class-${LATE}`, ...(one.shows ? [one.shows] : [])])
    assert.ok(all.includes(control), `the search does not find ${control}`);
  return { arrivals: collector.arrivals, all };
}

/** A last change and a last click; when both have arrived, and the page's farewell, everything has. */
async function finish(page: Driver, collector: Collector): Promise<void> {
  await page.eval((late) => {
    const p = document.createElement("p");
    p.textContent = "x";
    document.body.append(p);
    setTimeout(() => {
      (p.firstChild as Text).data = `text ${late}`;
      p.className = `class-${late}`;
    });
  }, LATE);
  await page.click("#done");
  const has = (text: string) => (): boolean => JSON.stringify(collector.arrivals.map((a) => a.frame)).includes(text);
  await collector.until("the late class", has(`class-${LATE}`));
  await collector.until("the last click", has('button#done"'));
  await page.goto("about:blank");
  await collector.until("the farewell", (a) => a.some((x) => x.frame.header.flags & 1));
}
