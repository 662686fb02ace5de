/** Canvases, where the site asks for them: what a visitor sees in one is what the replay shows, and nothing that is masked. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { build } from "esbuild";
import type { ReplayItem } from "./support/frame";
import { expanded } from "./support/sheets";
import { openStage } from "./support/stage";

declare const ROOT: string;

const { collector, site } = await openStage();

beforeEach(() => {
  collector.arrivals.length = 0;
  site.noise.length = 0;
});

const events = (): ReplayItem[] => {
  const seen = new Map(collector.arrivals.map((a) => [`${a.frame.header.document} ${a.frame.header.sequence}`, a.frame]));
  return [...seen.values()].sort((a, b) => a.header.sequence - b.header.sequence).flatMap((f) => f.replay ?? []);
};
interface Change {
  id: number;
  attributes: { style?: Record<string, [string, string] | string> };
}
const frames = (): { id: number; picture: string }[] =>
  events().flatMap((e) => (e.type === 3 && e.data.source === 0 ? (e.data.attributes as Change[]) : [])).flatMap((a) => {
    const picture = a.attributes.style?.["background-image"]?.[0];
    return picture ? [{ id: a.id, picture }] : [];
  });

const PAGE = `<!doctype html><html><head><title>Canvas</title></head><body style="margin:0">
  <canvas id="plain" width="400" height="200" style="width:100px;height:50px"></canvas><canvas id="gl" width="60" height="60"></canvas>
  <div class="rr-mask"><canvas id="masked" width="50" height="50"></canvas></div><canvas id="blocked" class="rr-block" width="50" height="50"></canvas>
  <canvas id="tainted" width="50" height="50"></canvas><canvas id="below" width="50" height="50" style="position:absolute;top:5000px"></canvas>
  <script>
    const fill = (id, color) => { const c = document.getElementById(id), x = c.getContext("2d"); x.fillStyle = color; x.fillRect(0, 0, c.width, c.height); };
    fill("plain", "rgb(200,0,0)"); fill("masked", "rgb(0,0,200)"); fill("blocked", "rgb(0,0,200)"); fill("below", "rgb(0,0,200)"); fill("tainted", "rgb(0,0,200)");
    const far = new Image(); far.onload = () => document.getElementById("tainted").getContext("2d").drawImage(far, 0, 0); far.src = "FAR/far.svg";
    const gl = document.getElementById("gl").getContext("webgl");
    // Not preserved: empty outside the frame in which it was drawn.
    const draw = () => { if (gl) { gl.clearColor(0, 200 / 255, 0, 1); gl.clear(gl.COLOR_BUFFER_BIT); } requestAnimationFrame(draw); };
    draw();
  </script></body></html>`;

const TITLE = "frames are told once they change, as small as they are shown; masked, blocked, foreign and hidden ones never";
for (const [how, firstParty, before] of [
  ["by a worker", true, ""], ["without one", false, ""], ["by a browser without OffscreenCanvas", true, "delete window.OffscreenCanvas"],
] as const) test(`${TITLE}: ${how}`, async () => {
  Object.assign(site, { firstParty, before });
  site.pages.set("/", PAGE.replace("FAR", site.origin.replace("localhost", "127.0.0.1")));
  site.pages.set("/far.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="blue"/></svg>`);
  site.snippet = 'data-consent="none" data-canvas';
  const page = await site.open("/");
  const workers: string[] = [];
  page.on("worker", (w) => workers.push(w.url()));
  const webgl = await page.evaluate(() => !!document.createElement("canvas").getContext("webgl"));
  await collector.until("first frames", () => frames().length >= (webgl ? 2 : 1));
  const first = frames();
  // Three more looks at what does not change.
  await page.waitForTimeout(1800);
  assert.deepEqual(frames(), first);
  await page.evaluate(() => {
    const paper = (document.getElementById("plain") as HTMLCanvasElement).getContext("2d") as CanvasRenderingContext2D;
    paper.fillStyle = "rgb(0,0,90)";
    paper.fillRect(0, 0, 200, 200);
  });
  await collector.until("a change", () => frames().length > first.length);
  await page.evaluate(() => window.hindsight?.("stop"));
  await page.waitForTimeout(700);
  const all = frames();
  assert.equal(workers.some((url) => url.includes("/canvas.")), firstParty && !before);
  assert.equal(all.length, webgl ? 3 : 2);
  assert.ok(all.every((f) => /^url\("data:image\/(webp|png);base64,/.test(f.picture)));

  const built = await build({
    stdin: { contents: `export { Replayer } from "@rrweb/replay"`, resolveDir: ROOT },
    bundle: true, write: false, format: "iife", globalName: "player",
  });
  const viewer = await site.context().newPage();
  await viewer.setContent("<!doctype html><body style='margin:0'></body>");
  await viewer.addScriptTag({ content: built.outputFiles[0]?.text ?? "" });
  for (const useVirtualDom of [false, true]) {
    await viewer.evaluate(
      `(() => {
        const events = ${JSON.stringify(expanded(events()))};
        window.replay?.destroy();
        window.replay = new player.Replayer(events, { root: document.body, showWarning: false, mouseTail: false, useVirtualDom: ${useVirtualDom} });
        replay.pause(events[events.length - 1].timestamp - events[0].timestamp + 1);
      })()`,
    );
    const shown = await viewer.evaluate(`Promise.all(["plain", "gl", "masked", "blocked", "tainted", "below"].map(async (id) => {
      const canvas = replay.iframe.contentDocument.getElementById(id);
      const address = /url\\("(.*)"\\)/.exec(canvas ? canvas.style.backgroundImage : "")?.[1];
      if (!address) return "";
      const picture = new Image();
      picture.src = address;
      await picture.decode();
      const paper = document.createElement("canvas").getContext("2d");
      paper.drawImage(picture, 0, 0);
      const at = (x) => [...paper.getImageData(x, 9, 1, 1).data].slice(0, 3).map((v) => Math.round(v / 30)).join();
      return [picture.width, picture.height, at(9), at(picture.width - 9)].join(" ");
    }))`);
    assert.deepEqual(shown, ["100 50 0,0,3 7,0,0", webgl ? "60 60 0,7,0 0,7,0" : "", "", "", "", ""]);
  }
  // The browser's own, of drawing without a graphics card.
  assert.deepEqual(site.noise.filter((n) => !n.includes("GPU stall")), []);
  await viewer.close();
  await page.close();
});

for (const [how, option] of [["without being asked", ""], ["asked not to", ' data-canvas="off"']] as const) test(`${how}, no canvas is looked at`, async () => {
  Object.assign(site, { firstParty: false, before: "" });
  site.pages.set("/", PAGE.replace("FAR", ""));
  site.snippet = `data-consent="none"${option}`;
  const page = await site.open("/");
  const asked: string[] = [];
  page.on("request", (r) => asked.push(r.url()));
  await collector.until("snapshot", () => events().some((e) => e.type === 2));
  await page.waitForTimeout(1200);
  assert.deepEqual(frames(), []);
  assert.ok(!asked.some((url) => url.includes("canvas")));
  await page.close();
});
