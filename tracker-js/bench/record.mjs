/**
 * Records what the tracker sends, for benches of what receives it: `node bench/record.mjs --shop ORIGIN --out DIR`.
 * ORIGIN is a running `hindsight all` with its demo shop. DIR gets shop.frames, a visit to the shop, and heavy.frames, a
 * page of 5,000 elements on which much happens for 25 s: frames one behind the other, as they went over the websocket.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inject, launch, settled, withPage } from "./browser.mjs";
import { workload } from "./pages.mjs";
import { startStand } from "./stand.mjs";

const { values: args } = parseArgs({ options: { shop: { type: "string" }, out: { type: "string" } } });
if (!args.shop || !args.out) throw new Error("--shop ORIGIN and --out DIR are needed");

/** Keeps the frames that a page sends, in their order. */
function keep(page) {
  const frames = [];
  page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => typeof payload === "string" || frames.push(payload)));
  return frames;
}

/** Moves, waits and clicks like somebody who reads: the mouse rests no longer than a second or two. */
async function visit(page, shop) {
  const wander = async (times) => {
    for (let i = 0; i < times; i++) {
      const [x, y] = [100 + ((i * 379) % 1000), 120 + ((i * 211) % 560)];
      for (let step = 1; step <= 25; step++) {
        await page.mouse.move(x + 6 * step, y + 2 * step);
        await page.waitForTimeout(12);
      }
      if (i % 3 === 2) await page.mouse.wheel(0, i % 2 ? -300 : 400);
      await page.waitForTimeout(250);
    }
  };
  const click = async (selector) => {
    await page.locator(selector).first().click();
    await page.waitForTimeout(500);
  };
  const pages = {
    "/demo/": ["#offer", "#card-sencha button.add"],
    "/demo/product/cup": ["#tab-brew", "#add"],
    "/demo/guide": ["#begin", "#choose-malty"],
    "/demo/cart": ["#estimate"],
    "/demo/signup": [],
  };
  for (const [path, clicks] of Object.entries(pages)) {
    await page.goto(shop + path);
    await page.waitForTimeout(1000);
    await wander(8);
    for (const selector of clicks) await click(selector);
    if (path === "/demo/signup") {
      await page.locator("#full-name").pressSequentially("Ada Lovelace", { delay: 60 });
      await page.locator("#password").pressSequentially("correct-horse", { delay: 60 });
    }
    await wander(4);
    await page.waitForTimeout(3500);
  }
}

const stand = await startStand();
const browser = await launch();
try {
  for (const [name, act] of Object.entries({
    shop: (page) => visit(page, args.shop),
    async heavy(page) {
      await page.goto(`${stand.pages}/nodes?n=5000`);
      await page.waitForTimeout(500);
      await inject(page, stand, "ours");
      await settled(page, stand, "ours", 1000);
      await page.evaluate(workload, { mutations: 2000, moves: 2000, scrolls: 200, ms: 25_000, steps: 250 });
      await page.waitForTimeout(4000);
    },
  }))
    await withPage(browser, async (page) => {
      const frames = keep(page);
      await act(page);
      await writeFile(join(args.out, `${name}.frames`), Buffer.concat(frames));
      console.log(`${name}: ${frames.length} frames, ${frames.reduce((sum, frame) => sum + frame.length, 0)} bytes`);
    });
} finally {
  await browser.close();
  await stand.close();
}
