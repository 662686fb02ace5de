/** Signals in a real browser without the recorder: clicks, sight, views, errors. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { bare, signals, withPaths } from "./support/signals";
import { openStage } from "./support/stage";

const { collector, site } = await openStage();
const asked: string[] = [];

const html = (body: string): string =>
  `<!doctype html><html><head><title>A</title><style>*{margin:0}</style></head><body>${body}</body></html>`;
const at = (left: number, top: number, more = ""): string =>
  `style="position:absolute;left:${left}px;top:${top}px;width:200px;height:100px;${more}"`;
const of = (k: string) => signals(collector.arrivals, k);
const sent = (k: string, n: number): Promise<void> => collector.until(`${n} of ${k}`, (a) => signals(a, k).length >= n);

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

test("movement left of where a page written from right to left begins has no cell", async () => {
  site.pages.set("/", html(`<script>document.documentElement.dir = "rtl"</script><div style="width:3000px;height:400px"></div>`));
  const page = await site.open("/");
  const over = async (x: number): Promise<void> => {
    await page.mouse.move(x, 100);
    await page.mouse.move(x + 40, 140);
  };
  await over(700);
  await page.evaluate(() => scrollTo(-1000, 0));
  await over(200);
  await page.evaluate(() => scrollTo(0, 0));
  await over(900);
  await page.goto("about:blank");
  await sent("move", 1);
  const cells = of("move").flatMap((s) => s.cells as number[]);
  const columns = cells.filter((_, i) => i % 3 === 0);
  assert.ok(columns.includes(Math.floor(700 / 16)) && columns.includes(Math.floor(900 / 16)), columns.join());
  assert.ok(!columns.includes(0), columns.join());
});

test("clicks tell element, place and surroundings: plain, fixed, in a scroller, in shadow roots and frames, by keyboard", async () => {
  // Without a head, and so without a tracker of its own, which would tell the same clicks.
  site.pages.set("/frame", `<!doctype html><button id="inner" ${at(20, 30)}>I</button><div style="height:2000px"></div>`);
  site.pages.set("/", html(`
    <main><p ${at(10, 20)}>text</p><div class="is-open box t123x" ${at(300, 20, "cursor:pointer")}></div><div class="box" ${at(300, 220)}></div></main>
    <header style="position:fixed;top:0;right:0"><x-bar></x-bar></header>
    <div id="list" style="position:absolute;left:10px;top:300px;width:200px;height:100px;overflow:auto"><div style="height:900px;width:900px"><a href="#x" ${at(50, 400)}>a</a></div></div>
    <iframe id="f" src="/frame" style="position:absolute;left:600px;top:1000px;width:300px;height:300px;border:7px solid"></iframe>
    <div style="height:4000px"></div>
    <script>document.querySelector("x-bar").attachShadow({mode:"open"}).innerHTML='<b style="display:block;width:80px;height:40px">S</b>';</script>`));
  const page = await site.open("/");
  // Where a click lands is decided by what was painted.
  const painted = (): Promise<unknown> => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await painted();
  await page.mouse.click(60, 45);
  await page.mouse.click(350, 95);
  await page.mouse.click(400, 270);
  await page.mouse.click(1280 - 20, 10);
  await page.evaluate(() => document.querySelector("#list")?.scrollTo(30, 390));
  await painted();
  await page.mouse.click(10 + 50 - 30 + 100, 300 + 400 - 390 + 50);
  await page.evaluate(() => scrollTo(0, 900));
  await page.frames()[1]?.evaluate(() => scrollTo(0, 10));
  await painted();
  await page.mouse.click(600 + 7 + 20 + 150, 1000 - 900 + 7 + 30 - 10 + 25);
  await page.frames()[1]?.focus("#inner");
  await page.keyboard.press("Enter");
  await sent("click", 7);
  const clicks = of("click");
  const all = { vw: 1280, vh: 720, dw: 1280, dh: 4000, ptr: "mouse" };
  assert.deepEqual(clicks.map(bare), [
    { el: "body > main > p", fx: 0.25, fy: 0.25, x: 60, y: 45, ...all },
    { el: "body > main > div.box:nth-of-type(1)", fx: 0.25, fy: 0.75, x: 350, y: 95, able: 1, ...all },
    { el: "body > main > div.box:nth-of-type(2)", fx: 0.5, fy: 0.5, x: 400, y: 270, ...all },
    { el: "body > header > x-bar >>> b", fx: 0.75, fy: 0.25, x: 1260, y: 10, fixed: 1, ...all },
    { el: "div#list > div > a", fx: 0.5, fy: 0.5, x: 130, y: 360, sx: 30, sy: 390, able: 1, ...all },
    { el: "iframe#f >>>f button#inner", fx: 0.75, fy: 0.25, x: 777, y: 1000 + 7 + 30 - 10 + 25, able: 1, ...all },
    { el: "iframe#f >>>f button#inner", fx: 0.5, fy: 0.5, x: 727, y: 1000 + 7 + 30 - 10 + 50, able: 1, ...all },
  ]);
  // Each path is valid CSS, part by part, and finds its element in the page.
  const found = await page.evaluate((paths) => paths.map((path) => {
    let at: Document | ShadowRoot | null | undefined = document;
    let e: Element | null = null;
    for (const part of path.split(/ >>>f? /)) {
      e = at?.querySelector(part) ?? null;
      at = e?.shadowRoot ?? (e as HTMLIFrameElement | null)?.contentDocument;
    }
    return e?.localName;
  }), clicks.map((c) => c.el as string));
  assert.deepEqual(found, ["p", "div", "div", "b", "a", "button", "button"]);
});

test("clicks in frames that are padded, scaled or zoomed are told where the page shows them", async () => {
  site.pages.set("/frame", `<!doctype html><button id="inner" ${at(20, 30, "width:100px;height:40px")}>I</button>`);
  const frame = (id: string, left: number, more: string): string =>
    `<iframe id="${id}" src="/frame" style="position:absolute;left:${left}px;top:50px;width:200px;height:100px;border:10px solid;${more}"></iframe>`;
  site.pages.set("/", html(`${frame("padded", 100, "padding:20px 30px")}${frame("scaled", 600, "transform:scale(.5);transform-origin:0 0;padding:4px")}${frame("zoomed", 500, "zoom:1.5;padding:6px")}`));
  const page = await site.open("/");
  await page.frameLocator("#zoomed").locator("#inner").waitFor();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  // Border and padding, then the place in the frame.
  const points = [
    [100 + 10 + 30 + 20 + 25, 50 + 10 + 20 + 30 + 10],
    [600 + (10 + 4 + 20 + 50) / 2, 50 + (10 + 4 + 30 + 20) / 2],
    [1.5 * (500 + 10 + 6 + 20 + 50), 1.5 * (50 + 10 + 6 + 30 + 20)],
  ] as const;
  for (const [x, y] of points) await page.mouse.click(x, y);
  await sent("click", 3);
  assert.deepEqual(of("click").map((c) => [c.el, c.fx, c.fy, c.x, c.y]), [
    ["iframe#padded >>>f button#inner", 0.25, 0.25, ...points[0]],
    ["iframe#scaled >>>f button#inner", 0.5, 0.5, ...points[1]],
    ["iframe#zoomed >>>f button#inner", 0.5, 0.5, ...points[2]],
  ]);
});

test("what has no box of its own is clicked where it is drawn: an area of a map in its image, contents where they stand", async () => {
  site.pages.set("/", html(`<div style="height:50px"></div>
    <img usemap="#plan" ${at(100, 300)} src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>">
    <map name="plan"><area id="half" shape="rect" coords="100,0,200,100" href="#half"></map>
    <p><b id="words" style="display:contents"><i style="display:inline-block;width:200px;height:100px">i</i></b></p>`));
  const page = await site.open("/");
  await page.mouse.click(250, 325);
  await page.mouse.click(50, 75 + 50);
  await page.mouse.click(150, 52);
  await page.evaluate(() => document.querySelector("#words")?.replaceChildren(Object.assign(document.createElement("span"), { textContent: "x".repeat(20) }).firstChild as Node));
  const { x, y, width, height } = await page.evaluate(() => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector("#words") as Node);
    return range.getBoundingClientRect().toJSON() as DOMRect;
  });
  await page.mouse.click(x + width / 4, y + height / 2);
  await sent("click", 4);
  const told = of("click").map(({ el, fx, fy, x: left, y: top }) => [el, fx, fy, left, top]);
  assert.deepEqual(told[0], ["area#half", 0.75, 0.25, 250, 325]);
  assert.equal(told[3]?.[0], "b#words");
  assert.ok(Math.abs((told[3]?.[1] as number) - 0.25) < 0.05 && Math.abs((told[3]?.[2] as number) - 0.5) < 0.1, String(told[3]));
});

test("what is fixed or scrolls around a click is also found in the shadow root whose slot shows it, and in a body of its own scrolling", async () => {
  site.pages.set("/", html(`<x-list><button id="slotted" style="margin-top:500px">S</button><p style="height:3000px"></p></x-list><x-bar><button id="fixed">F</button></x-bar>
    <script>
      document.querySelector("x-list").attachShadow({mode:"open"}).innerHTML = '<div style="position:absolute;width:300px;height:300px;overflow:auto"><slot></slot></div>';
      document.querySelector("x-bar").attachShadow({mode:"open"}).innerHTML = '<div style="position:fixed;right:0;top:0"><slot></slot></div>';
    </script>`));
  const page = await site.open("/");
  await page.evaluate(() => document.querySelector("x-list")?.shadowRoot?.querySelector("div")?.scrollTo(0, 400));
  await page.click("#slotted");
  await page.click("#fixed");
  await sent("click", 2);
  assert.deepEqual(of("click").map((c) => [c.el, c.fixed, c.sx, c.sy]), [["button#slotted", undefined, 0, 400], ["button#fixed", 1, undefined, undefined]]);

  // The page scrolls where the root element leaves it the body's scrolling; else the body is a box like others.
  const tall = `<button id="b" style="margin-top:1000px">B</button><p style="height:3000px"></p>`;
  for (const [i, root] of ["", "overflow:hidden;height:100%"].entries())
    for (const mode of ["<!doctype html>", ""]) {
      collector.arrivals.length = 0;
      site.pages.set(`/body${i}`, `${mode}<html style="${root}"><head></head><body style="margin:0;height:100%;overflow:auto">${tall}</body></html>`);
      const other = await site.open(`/body${i}`);
      await other.evaluate(() => document.querySelector("#b")?.scrollIntoView());
      const body = await other.evaluate(() => [document.body.scrollTop, scrollY]);
      await other.click("#b");
      await sent("click", 1);
      assert.ok(body[i ? 0 : 1], String(body));
      assert.deepEqual(of("click").map((c) => [c.sx, c.sy]), [i ? [0, body[0]] : [undefined, undefined]], `${mode} ${root}`);
    }
});

test("selectors: thousands of siblings, ambiguous shadow paths, doubled ids, paths that are too long", async () => {
  site.pages.set("/", html(`<div id="twice"></div><p id="twice">p</p>
    <ul></ul><x-a></x-a><deep-root></deep-root>
    <script>
      for (let i = 0; i < 5000; i++) document.querySelector("ul").append(document.createElement(i % 2 ? "li" : "a"));
      document.querySelector("x-a").attachShadow({mode:"open"}).innerHTML = "<i><b>1</b></i><u><i><b>2</b></i></u>";
      let at = document.querySelector("deep-root");
      for (let i = 0; i < 40; i++) at = at.appendChild(document.createElement("long-name-of-an-element"));
      at.textContent = "deep";
    </script>`));
  const page = await site.open("/");
  for (const css of ["p", "ul > li:nth-of-type(2400)", "x-a i:first-child > b", "deep-root long-name-of-an-element:empty, deep-root :not(:has(*))"])
    await page.locator(css).first().evaluate((e) => {
      e.setAttribute("style", "position:fixed;left:0;top:0;width:300px;height:300px;z-index:9;background:teal;display:block");
    }).then(() => page.mouse.click(50, 50)).then(() => page.locator(css).first().evaluate((e) => e.removeAttribute("style")));
  await sent("click", 4);
  const [p, li, b, deep] = of("click").map((c) => c.el as string);
  assert.equal(p, "body > p");
  assert.equal(li, "body > ul > li:nth-of-type(2400)");
  assert.ok(b === "body > x-a >>> i > b" || b === "body > x-a", b);
  assert.match(String(deep), /^body > deep-root( > long-name-of-an-element)+$/);
  assert.ok((deep as string).length <= 512 && (deep as string).length > 460);
});

test("one press is one click, also where the browser clicks the field of a label by itself", async () => {
  site.pages.set("/", html(`<label id="around" ${at(0, 0)}><b>text</b><input id="box" type="checkbox" ${at(0, 50, "width:20px;height:20px")}></label>
    <label id="beside" for="field" ${at(300, 0)}>name</label><input id="field" ${at(600, 0)}>`));
  const page = await site.open("/");
  for (const [x, y] of [[10, 10], [10, 10], [10, 60], [10, 60], [350, 50], [650, 50]] as const) await page.mouse.click(x, y);
  await sent("click", 6);
  assert.deepEqual(of("click").map((c) => String(c.el).split(" > ").pop()), ["b", "b", "input#box", "input#box", "label#beside", "input#field"]);
});

test("a form whose name and fields hide what the browser calls so", async () => {
  site.pages.set("/", html('<form name="hindsight" onsubmit="return false"><input name="q"><input name="children"><input name="id"><button>first</button><button>second</button></form>'));
  const page = await site.open("/");
  await page.click("button:last-child");
  await sent("click", 1);
  assert.equal(of("click")[0]?.el, "body > form > button:nth-of-type(2)");
});

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
    selects: "note.select()", copies: "document.execCommand('copy')", empties: "note.form.reset()", prints: "window.dispatchEvent(new Event('beforeprint'))",
  };
  const buttons = Object.entries(acts).map(([id, act], i) => `<button type="button" id="${id}" ${id === "opens" ? "popovertarget=pop" : `onclick="${act}"`}
    style="position:absolute;left:${i * 110}px;top:300px;width:100px;height:40px">${id}</button>`).join("");
  site.pages.set("/", html(`<video id="video" src="/none.mp4"></video><div id="box">box</div><form><textarea id="note">note</textarea></form>${buttons}
    <button id="nothing" ${at(0, 500)}>nothing</button><div id="pop" popover>pop</div>`));
  const page = await site.open("/");
  await sent("load", 1);
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

test("scroll reach and attention: how long each band was in sight, exactly", async () => {
  site.pages.set("/", html('<div style="height:3050px"></div>'));
  const page = await site.context().newPage();
  await page.clock.install({ time: Date.now() });
  await page.goto(`${site.origin}/`);
  await page.clock.runFor(3500);
  await sent("view", 1);
  // The part that counts has come: it has wrapped this.
  while (await page.evaluate(() => /native code/.test(String(window.open)))) await new Promise((done) => setTimeout(done, 20));
  const begin = signals(collector.arrivals, "view")[0]?.t as number;
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.evaluate(() => scrollTo(0, 0));
  // From here on the clock stands but for what is said.
  const before = await page.evaluate(() => performance.now());
  await page.evaluate(() => new Promise<void>((done) => {
    addEventListener("scroll", () => done(), { once: true, capture: true });
    scrollTo(0, 1050);
  }));
  await page.clock.runFor(4000);
  await page.evaluate(() => new Promise<void>((done) => {
    addEventListener("scroll", () => done(), { once: true, capture: true });
    scrollTo(0, 0);
  }));
  // Nobody is there: half a minute counts, and no more.
  await page.clock.runFor(100_000);
  await page.goto("about:blank");
  await collector.until("the end", (a) => signals(a, "visible").length > 0);
  const total = new Map<number, number>();
  for (const s of of("attention")) {
    assert.deepEqual([s.h, s.vw, s.vh, s.dh], [100, 1280, 720, 3050]);
    const flat = s.bands as number[];
    for (let i = 0; i < flat.length; i += 2) total.set(flat[i] as number, (total.get(flat[i] as number) ?? 0) + (flat[i + 1] as number));
  }
  // 1,050 to 1,770: bands 10 to 17; nobody has seen the foot of the page.
  assert.deepEqual([...total.keys()].sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17]);
  for (let band = 10; band < 18; band++) assert.equal(total.get(band), 4000, `band ${band}`);
  const top = Math.min(before - begin, 1e9);
  for (let band = 0; band < 8; band++) {
    const ms = total.get(band) as number;
    assert.ok(ms >= 30_000 && ms <= 30_000 + top, `band ${band}: ${ms}`);
  }
  const scrolls = of("scroll").map(bare);
  assert.deepEqual(scrolls[0], { y: 0, max: 720, vw: 1280, vh: 720, dh: 3050 });
  assert.equal((scrolls.at(-1) as { max: number }).max, 1770);
  assert.deepEqual(of("visible").map((v) => v.on), [0]);
});

test("of a page that fingers have zoomed that part was seen which is in sight", async () => {
  site.pages.set("/", html('<div style="height:3050px"></div>'));
  const page = await site.open("/");
  const zoom = await site.context().newCDPSession(page);
  // The part that counts has come.
  await sent("load", 1);
  await sent("scroll", 1);
  await zoom.send("Emulation.setPageScaleFactor", { pageScaleFactor: 4 });
  await page.waitForFunction(() => visualViewport?.height === 180);
  await page.mouse.move(10, 10);
  await page.mouse.wheel(0, 4 * 200);
  await page.waitForFunction(() => visualViewport?.pageTop === 200);
  await page.waitForTimeout(1000);
  await page.evaluate(() => scrollTo(0, 1000));
  await page.waitForFunction(() => scrollY > 800);
  await page.waitForTimeout(100);
  const [window, sight] = await page.evaluate(() => [scrollY + innerHeight, Number(visualViewport?.pageTop) + 180] as const);
  assert.ok(window >= sight + 300, `${window} ${sight}`);
  await page.goto("about:blank");
  await collector.until("the end", (a) => signals(a, "visible").length > 0);
  const total: number[] = Array(31).fill(0) as number[];
  for (const s of of("attention")) {
    const flat = s.bands as number[];
    for (let i = 0; i < flat.length; i += 2) total[flat[i] as number] = (total[flat[i] as number] as number) + (flat[i + 1] as number);
  }
  // 200 to 380 for a second more than what else was in the window.
  for (const band of [2, 3]) for (const other of [4, 7]) assert.ok((total[band] as number) >= (total[other] as number) + 900, total.join());
  assert.ok(total[Math.floor(sight / 100)] && total.every((ms, band) => !ms || band <= sight / 100), `${sight}: ${total.join()}`);
  assert.equal(of("scroll").at(-1)?.max, Math.round(sight));
});

test("page views: each has its own title, whatever the order of title and address; the navigation API counts", async () => {
  site.pages.set("/", html("<p>x</p>"));
  collector.welcome = { flush_ms: 600_000 };
  const page = await site.open("/?token=secret");
  // The late part is there: it watches the title.
  await page.waitForFunction(() => !/native code/.test(String(window.open)));
  await page.evaluate(async () => {
    const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 20));
    document.title = "B";
    history.pushState(null, "", "/b");
    await turn();
    history.pushState(null, "", "/c");
    document.title = "C of jo@example.org";
    await turn();
    history.pushState(null, "", "/d");
    await turn();
    // Also in another head.
    document.head.replaceWith(Object.assign(document.createElement("head"), { innerHTML: "<title>other</title>" }));
    await turn();
    document.querySelector("title")?.replaceWith(Object.assign(document.createElement("title"), { textContent: "D" }));
    await turn();
    const { navigation } = window as unknown as {
      navigation: EventTarget & { navigate(url: string): { finished: Promise<unknown> } };
    };
    navigation.addEventListener("navigate", (e) => (e as Event & { intercept(): void }).intercept(), { once: true });
    await navigation.navigate("/e?q=1#/route").finished;
    document.title = "E";
    await turn();
    history.replaceState(null, "", "/e?q=2#/route");
  });
  await page.goto("about:blank");
  await sent("view", 5);
  const views = withPaths(collector.arrivals, "view");
  assert.deepEqual(views.map((v) => [v.path, v.title, v.nav]), [
    ["/", "A", "load"], ["/b", "B", "spa"], ["/c", "C of •••", "spa"], ["/d", "D", "spa"], ["/e#/route", "E", "spa"],
  ]);
  assert.equal(views[0]?.url, `${site.origin}/?token=`);
  assert.deepEqual(views.slice(1).map((v) => v.ref), views.slice(0, 4).map((v) => v.url));
});

test("hints are what the browser lists, with full versions", async () => {
  site.pages.set("/", html("<p>x</p>"));
  const page = await site.open("/");
  await sent("view", 1);
  const told = await page.evaluate(async () => {
    const { userAgentData } = navigator as unknown as {
      userAgentData: { getHighEntropyValues(n: string[]): Promise<{ fullVersionList: { brand: string; version: string }[]; platform: string; mobile: boolean; platformVersion: string }> };
    };
    const h = await userAgentData.getHighEntropyValues(["fullVersionList", "platformVersion"]);
    return { brands: h.fullVersionList.map((b) => [b.brand, b.version]), os: h.platform, os_version: h.platformVersion, mobile: h.mobile };
  });
  assert.deepEqual(of("view")[0]?.hints, told);
  assert.ok(told.brands.some(([brand]) => brand === "Chromium"));
  const [view] = of("view");
  assert.deepEqual([view?.lang, view?.tz], await page.evaluate(() => [navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]));
});

test("errors: each once, at most twenty in a page view, scrubbed; failed images are none", async () => {
  site.pages.set("/", html('<img src="/none.png">'));
  const page = await site.open("/");
  await page.evaluate(() => {
    const fail = (message: string): unknown => setTimeout(() => { throw new Error(message); });
    for (let i = 0; i < 30; i++) fail(`e${"ab".repeat(i)}`);
    for (let i = 0; i < 5; i++) fail("again");
  });
  await sent("error", 20);
  await page.evaluate(() => {
    history.pushState(null, "", "/next");
    void Promise.reject(new TypeError("later, jo@example.org"));
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- pages do
    void Promise.reject();
  });
  await sent("error", 22);
  assert.deepEqual(of("error").slice(0, 20).map((e) => e.msg), Array.from({ length: 20 }, (_, i) => `Uncaught Error: e${"ab".repeat(i)}`));
  const [rejected, empty] = of("error").slice(20);
  assert.deepEqual([rejected?.type, rejected?.msg], ["rejection", "later, •••"]);
  assert.match(String(rejected?.stack), /^TypeError: later, •••\n\s+at /);
  assert.equal(empty?.type, "rejection");
  site.noise = [];
});

test("a frame with a tracker of its own is a page of its own: its clicks are told as of it, and once more as of the page around it", async () => {
  site.pages.set("/own", html(`<button id="inner" ${at(20, 130)}>I</button><div style="height:2000px"></div>`));
  site.pages.set("/", html(`<iframe id="f" src="/own" style="position:absolute;left:600px;top:200px;width:300px;height:300px;border:7px solid"></iframe>`));
  const page = await site.open("/");
  await page.frames()[1]?.evaluate(() => scrollTo(0, 100));
  await page.frames()[1]?.click("#inner", { position: { x: 48, y: 23 } });
  await sent("click", 2);
  const by = Object.fromEntries(withPaths(collector.arrivals, "click").map(({ path, ...click }) => [path, bare(click)]));
  const every = { fx: 0.25, fy: 0.25, ptr: "mouse", able: 1 };
  assert.deepEqual(by["/own"], { el: "button#inner", x: 70, y: 155, vw: 300, vh: 300, dw: 300, dh: 2000, ...every });
  assert.deepEqual(by["/"], { el: "iframe#f >>>f button#inner", x: 677, y: 262, vw: 1280, vh: 720, dw: 1280, dh: 720, ...every });
});

test("frames in shadow roots: clicks are told with the whole path, at once, nested and late; nothing of those in blocked regions", async () => {
  site.pages.set("/frame", `<!doctype html><button ${at(10, 10)}>I</button><div id="in" ${at(0, 130)}></div>
    <script>document.querySelector("#in").attachShadow({ mode: "open" }).innerHTML = location.search ? "" : '<iframe src="/frame?nested" style="border:0"></iframe>';</script>`);
  site.pages.set("/", html(`<div id="h" ${at(0, 0)}></div><div id="late" ${at(0, 300)}></div><div class="rr-block"><div id="x" ${at(500, 0)}></div></div>
    <iframe id="y" class="rr-block" src="/frame" ${at(500, 300)}></iframe>
    <script>var fill = (e) => (e.attachShadow({ mode: "open" }).innerHTML = '<iframe src="/frame" style="border:0;width:400px;height:290px"></iframe>');
      fill(h); fill(x); addEventListener("load", () => setTimeout(() => fill(late)));</script>`));
  const page = await site.open("/");
  await page.waitForFunction(() => (window as unknown as { late: HTMLElement }).late.shadowRoot?.querySelector("iframe")?.contentDocument?.querySelector("button"));
  await page.waitForFunction(() => [...document.querySelectorAll("#h,#late")].every((e) => {
    const frame = e.shadowRoot?.querySelector("iframe")?.contentDocument?.querySelector("#in")?.shadowRoot?.querySelector("iframe");
    return frame?.contentDocument?.readyState === "complete" && frame.contentDocument.querySelector("button");
  }));
  // What is blocked, first: what is told after it has not overtaken it.
  for (const [x, y] of [[520, 20], [520, 320], [20, 20], [20, 150], [20, 320], [20, 450]] as const) await page.mouse.click(x, y);
  await sent("click", 4);
  assert.deepEqual(of("click").map(({ el, x, y }) => [el, x, y]), [
    ["div#h >>> iframe >>>f body > button", 20, 20],
    ["div#h >>> iframe >>>f div#in >>> iframe >>>f body > button", 20, 150],
    ["div#late >>> iframe >>>f body > button", 20, 320],
    ["div#late >>> iframe >>>f div#in >>> iframe >>>f body > button", 20, 450],
  ]);
});

test("one click is told once where the page wraps each listener anew, and listening again adds one", async () => {
  site.pages.set("/", html(`<button id="b" ${at(0, 0)}>B</button>`).replace("<head>", `<head><script>
    var add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (type, f, how) { return add.call(this, type, function (e) { return f.call(this, e); }, how); };
  </script>`));
  const page = await site.open("/");
  await sent("load", 1);
  // A head put in anew, a title, and a document whose root is another one: after that everything listens again.
  await page.evaluate(() => {
    document.title = "B";
    document.replaceChild(document.documentElement.cloneNode(true), document.documentElement);
  });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  await page.click("#b");
  await page.evaluate(() => window.hindsight?.("event", "after"));
  await sent("event", 1);
  assert.deepEqual(of("click").map((c) => c.el), ["button#b"]);
});

test("properties that cannot be told are left out, and never the event", async () => {
  site.pages.set("/", html(""));
  const page = await site.open("/");
  await page.evaluate(() => {
    const tell = window.hindsight as (...call: unknown[]) => void;
    tell("event", "big", { a: 1n, b: 2 });
    tell("event", "getter", { get a() { throw new Error("no"); } });
    const ring: Record<string, unknown> = { c: 3 };
    ring.ring = ring;
    tell("event", "ring", ring);
    tell("event", "string", "props");
    tell("event", "list", [1, 2]);
    tell("event", "none");
    tell("identify", "u7", 1n);
    tell("set", "x");
  });
  await sent("set", 1);
  assert.deepEqual(of("event").map((e) => [e.name, e.props]), [
    ["big", { b: 2 }], ["getter", undefined], ["ring", { c: 3 }], ["string", undefined], ["list", undefined], ["none", undefined],
  ]);
  assert.deepEqual([...of("identify"), ...of("set")].map(bare), [{ id: "u7" }, { props: {} }]);
});

test("clicks are told of a document that is written anew, time and again", async () => {
  site.pages.set("/", html(`<button id="b0" ${at(0, 0)}>B</button>`));
  const page = await site.open("/");
  await sent("load", 1);
  for (let i = 1; i < 4; i++) {
    await page.evaluate((i) => {
      document.open();
      document.write(`<!doctype html><title>${i}</title><body><button id=b${i}>B</button>`);
      document.close();
    }, i);
    await page.click(`#b${i}`);
    await sent("click", i);
  }
  assert.deepEqual(of("click").map((c) => c.el), ["button#b1", "button#b2", "button#b3"]);
});
