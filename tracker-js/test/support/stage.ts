/** What a file's tests play on: a collector and a site whose pages have the tracker in them. */
import { after } from "node:test";
import { type Collector, startCollector } from "./collector";
import { type Site, startSite } from "./site";

/** Opened before the file's tests; closed after them, before what the file itself clears away. `cache` as with startSite. */
export async function openStage(...how: [cache?: boolean]): Promise<{ collector: Collector; site: Site }> {
  const collector = await startCollector();
  const site = await startSite(collector, ...how);
  after(async () => {
    await site.close();
    await collector.close();
  });
  return { collector, site };
}
