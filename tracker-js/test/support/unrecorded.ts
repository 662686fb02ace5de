/** A file's stage without the recorder: what its pages tell are signals, and they make no noise. */
import assert from "node:assert/strict";
import { afterEach, beforeEach } from "node:test";
import type { Collector } from "./collector";
import { type S, signals } from "./signals";
import type { Site } from "./site";
import { openStage } from "./stage";

export interface Unrecorded {
  collector: Collector;
  site: Site;
  /** The signals of one kind that were told. */
  of: (k: string) => S[];
  /** Until there are so many of them. */
  sent: (k: string, n: number) => Promise<void>;
}

export async function openUnrecorded(): Promise<Unrecorded> {
  const { collector, site } = await openStage();
  const asked: string[] = [];
  beforeEach(() => {
    site.pages = new Map();
    site.snippet = 'data-consent="none" data-sample-rate="0"';
    site.noise = [];
    site.context().on("request", (r) => asked.push(r.url()));
    collector.welcome = {};
    collector.arrivals.length = asked.length = 0;
  });
  afterEach(async () => {
    assert.deepEqual(site.noise, []);
    assert.ok(!asked.some((url) => /recorder\./.test(url)), "the recorder was loaded");
    await site.forget();
  });
  return {
    collector,
    site,
    of: (k) => signals(collector.arrivals, k),
    sent: (k, n) => collector.until(`${n} of ${k}`, (a) => signals(a, k).length >= n),
  };
}

export const html = (body: string): string =>
  `<!doctype html><html><head><title>A</title><style>*{margin:0}</style></head><body>${body}</body></html>`;

/** The attribute that puts an element of 200 by 100 pixels there. */
export const at = (left: number, top: number, more = ""): string =>
  `style="position:absolute;left:${left}px;top:${top}px;width:200px;height:100px;${more}"`;
