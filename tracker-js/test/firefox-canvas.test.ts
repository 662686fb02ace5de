/** Canvases in Firefox, whose OffscreenCanvas and workers are not Chromium's: told as there, with no word in the page's console. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Arrival, startCollector } from "./support/collector";
import { openTab, startFirefox } from "./support/firefox";
import { once } from "./support/signals";
import { servePages } from "./support/site";

const collector = await startCollector();
const site = await servePages(collector);
const firefox = await startFirefox();
after(async () => {
  await firefox.close();
  await site.close();
  await collector.close();
});

interface Change {
  attributes: { style?: Record<string, [string, string] | string> };
}
const pictures = (list: Arrival[]): string[] =>
  once(list).flatMap((a) => a.frame.replay ?? [])
    .flatMap((e) => (e.type === 3 && e.data.source === 0 ? (e.data.attributes as Change[]) : []))
    .flatMap((a) => a.attributes.style?.["background-image"]?.[0] ?? []);

const PAGE = `<!doctype html><html><head><title>Canvas</title>
  <script>made = []; Worker = class extends Worker { constructor(...how) { super(...how); made.push(String(how[0])); } };</script></head><body>
  <script>
    const fill = (id, color) => { const c = document.getElementById(id), x = c.getContext("2d"); x.fillStyle = color; x.fillRect(0, 0, c.width, c.height); };
    // In the page once they are drawn: nothing else of them is ever seen.
    const far = new Image();
    far.onload = () => {
      for (const id of ["plain", "tainted"]) {
        const canvas = document.body.appendChild(Object.assign(document.createElement("canvas"), { id, width: 100, height: 50 }));
        if (id === "plain") fill(id, "rgb(200,0,0)");
        else canvas.getContext("2d").drawImage(far, 0, 0);
      }
    };
    far.src = "FAR/far.svg";
  </script></body></html>`;

for (const [how, firstParty] of [["by a worker", true], ["without one, from another origin", false]] as const)
  test(`a canvas in Firefox is told each time it changes, one that another origin's picture is drawn on never: ${how}`, async () => {
    collector.arrivals.length = 0;
    Object.assign(site, { firstParty, snippet: 'data-consent="none" data-canvas data-budget="0"' });
    site.pages.set("/", PAGE.replace("FAR", site.origin.replace("localhost", "127.0.0.1")));
    site.pages.set("/far.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"><rect width="50" height="50" fill="blue"/></svg>`);
    const page = await openTab(firefox);
    const noise: string[] = [];
    page.on("console", (m) => noise.push(m.text()));
    page.on("pageerror", (e) => noise.push(String(e)));
    await page.goto(`${site.origin}/`);
    await collector.until("a picture", (all) => pictures(all).length === 1);
    await page.evaluate(`fill("plain", "rgb(0,200,0)")`);
    await collector.until("the next", (all) => pictures(all).length === 2);
    await page.evaluate(`fill("plain", "rgb(0,0,200)")`);
    await collector.until("one more", (all) => pictures(all).length === 3);
    await page.evaluate(`hindsight("stop")`);
    const seen = await page.evaluate(`Promise.all(${JSON.stringify(pictures(collector.arrivals))}.map(async (address) => {
      const picture = new Image();
      picture.src = /"(.*)"/.exec(address)[1];
      await picture.decode();
      const paper = document.createElement("canvas").getContext("2d");
      paper.drawImage(picture, 0, 0);
      return [picture.width, picture.height, ...[...paper.getImageData(9, 9, 1, 1).data].slice(0, 3).map((v) => Math.round(v / 30))].join(" ");
    }))`);
    assert.deepEqual(seen, ["100 50 7 0 0", "100 50 0 7 0", "100 50 0 0 7"]);
    const workers = (await page.evaluate("made")) as string[];
    assert.equal(workers.some((url) => url.includes("/canvas.")), firstParty);
    assert.deepEqual(noise, []);
    await page.close();
  });
