/** Which clicks count as dead, and clicks in a rage. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signals } from "./support/signals";
import { at, html, openUnrecorded } from "./support/unrecorded";

const { collector, site, of, sent } = await openUnrecorded();

/** A recording of nothing, so many seconds long: one byte for each of 8,000 samples of a second. */
function silence(seconds: number): string {
  const wave = Buffer.alloc(44 + 8000 * seconds, 0x80);
  wave.write("RIFF____WAVEfmt ", "latin1");
  wave.writeUInt32LE(wave.length - 8, 4);
  [[16, 4], [1, 2], [1, 2], [8000, 4], [8000, 4], [1, 2], [8, 2]].reduce((at, [n = 0, size = 0]) => wave.writeUIntLE(n, at, size), 16);
  wave.write("data", 36, "latin1");
  wave.writeUInt32LE(wave.length - 44, 40);
  return `data:audio/wav;base64,${wave.toString("base64")}`;
}

test("a dead click is one after which nothing changes; every click of a rage is told", async () => {
  site.pages.set("/", html(`
    <button id="dead" ${at(0, 0)}>dead</button><button id="dom" ${at(300, 0)}>dom</button>
    <a id="void" href="#" ${at(600, 0)}>link</a><a id="goes" href="/two" target="_blank" ${at(900, 0)}>link</a>
    <p id="text" ${at(0, 200)}>text</p><x-b id="host" ${at(300, 200)}></x-b><button id="scroll" ${at(600, 200)}>scroll</button>
    <input id="field" ${at(900, 200)}><button id="opens" ${at(0, 400)}>open</button><label ${at(300, 400)}><input type="checkbox"> check</label>
    <button id="focus" ${at(600, 400)}>focus</button><div style="height:3000px"></div>
    <script>
      document.querySelector("#dom").onclick = () => setTimeout(() => (document.querySelector("#text").textContent = "changed"), 500);
      document.querySelector("#void").onclick = (e) => e.preventDefault();
      const root = document.querySelector("#host").attachShadow({mode:"open"});
      root.innerHTML = "<button style='width:100%;height:100%'>in</button>";
      root.firstChild.onclick = (e) => e.target.classList.toggle("on");
      document.querySelector("#scroll").onclick = () => scrollTo(0, 50);
      document.querySelector("#opens").onclick = () => open("/two");
      document.querySelector("#focus").onclick = () => document.querySelector("#field").focus();
    </script>`));
  site.pages.set("/two", html("two"));
  const page = await site.open("/");
  // The part that judges has come: what it reports first is there.
  await sent("load", 1);
  for (let i = 0; i < 3; i++) await page.mouse.click(50, 50);
  await page.mouse.click(50, 250);
  await sent("dead", 3);
  const clicks = of("click");
  assert.deepEqual(of("dead").map((d) => d.of), clicks.slice(0, 3).map((c) => c.t));
  assert.deepEqual(clicks.map((c) => c.able), [1, 1, 1, undefined]);
  for (const d of of("dead")) assert.ok(d.t - (d.of as number) >= 2500);

  const alive: [string, number, number][] = [
    ["DOM", 350, 50], ["shadow root", 350, 250], ["field", 950, 250], ["open", 50, 450], ["label", 350, 450], ["focus", 650, 450], ["scroll", 650, 250],
  ];
  for (const [, x, y] of alive) {
    await page.bringToFront();
    await page.mouse.click(x, y);
    // One effect must not speak for another click: each has its own time.
    await page.waitForTimeout(600);
  }
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(100);
  await page.mouse.click(650, 50);
  const voided = (a: typeof collector.arrivals): unknown => signals(a, "click").find((c) => c.el === "a#void")?.t;
  await collector.until("the prevented link is dead", (a) => voided(a) && signals(a, "dead").some((d) => d.of === voided(a)));
  // Its patience ended last: whoever else was dead has been told before.
  assert.equal(of("dead").length, 4, JSON.stringify(of("dead")));
});

test("a click is not dead whose effect leaves the page's elements as they are", async () => {
  // Of printing the event itself: no browser prints here.
  const acts = {
    opens: "", mutes: "video.muted = !video.muted", hastens: "video.playbackRate++", fills: "box.requestFullscreen()",
    jumps: "sound.currentTime = 1", selects: "note.select()", copies: "document.execCommand('copy')", empties: "note.form.reset()", prints: "window.dispatchEvent(new Event('beforeprint'))",
  };
  const buttons = Object.entries(acts).map(([id, act], i) => `<button type="button" id="${id}" ${id === "opens" ? "popovertarget=pop" : `onclick="${act}"`}
    style="position:absolute;left:${i * 110}px;top:300px;width:100px;height:40px">${id}</button>`).join("");
  site.pages.set("/", html(`<video id="video" src="/none.mp4"></video><audio id="sound" src="${silence(2)}"></audio><div id="box">box</div><form><textarea id="note">note</textarea></form>${buttons}
    <button id="nothing" ${at(0, 500)}>nothing</button><div id="pop" popover>pop</div>`));
  const page = await site.open("/");
  await sent("load", 1);
  // Where nothing is loaded, nothing is looked for.
  await page.waitForFunction(() => document.querySelector("audio")?.seekable.length);
  await page.waitForTimeout(300);
  for (const id of Object.keys(acts)) {
    await page.evaluate((name) => (document.querySelector(`#${name}`) as HTMLElement).blur(), id);
    await page.click(`#${id}`);
    await page.waitForTimeout(400);
    await page.evaluate(() => document.exitFullscreen().catch(() => 0));
    if (id === "opens") await page.keyboard.press("Escape");
    // One effect must not speak for another click: each has its own time.
    await page.waitForTimeout(3000);
  }
  await page.click("#nothing");
  await sent("dead", 1);
  const clicks = new Map(of("click").map((c) => [c.t, c.el]));
  assert.deepEqual(of("dead").map((d) => clicks.get(d.of as number)), ["button#nothing"]);
  site.noise = [];
});
