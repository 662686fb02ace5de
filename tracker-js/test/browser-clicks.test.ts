/** Clicks in a real browser: on which element they are told, where in it and on the page, and how often. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bare } from "./support/signals";
import { at, html, openUnrecorded } from "./support/unrecorded";

const { collector, site, of, sent } = await openUnrecorded();

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
    <img usemap="maps#plan" style="position:absolute;left:500px;top:50px;width:200px;height:100px" src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>">
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
  await page.mouse.click(650, 75);
  await sent("click", 5);
  const told = of("click").map(({ el, fx, fy, x: left, y: top }) => [el, fx, fy, left, top]);
  assert.deepEqual(told[0], ["area#half", 0.75, 0.25, 250, 325]);
  assert.deepEqual(told[4], ["area#half", 0.75, 0.25, 650, 75]);
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

  // What is placed by something further out is not scrolled by what it stands in, unless that places it, too.
  collector.arrivals.length = 0;
  const places = ["position:fixed", "position:absolute", "position:absolute", "position:fixed", "position:relative"];
  const around = ["", "", "position:relative", "transform:translateX(0)", ""];
  site.pages.set("/placed", html(places.map((own, i) => `<div style="overflow:auto;width:120px;height:60px;padding-top:20px;margin:70px 0 0 ${150 * i}px;${around[i]}"><button id="p${"abcde"[i]}" style="${own}">P</button><p style="height:500px"></p></div>`).join("")));
  const placed = await site.open("/placed");
  await placed.evaluate(() => { for (const div of document.querySelectorAll("div")) div.scrollTop = 5; });
  for (const i of "abcde") await placed.click(`#p${i}`);
  await sent("click", 5);
  assert.deepEqual(of("click").map((c) => [c.el, c.fixed, c.sy]), [["button#pa", 1, undefined], ["button#pb", undefined, undefined], ["button#pc", undefined, 5], ["button#pd", 1, 5], ["button#pe", undefined, 5]]);

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

test("while a secret is typed a click and a field name their elements, but for names of a letter, which may be a key", async () => {
  site.pages.set("/", html(`<main><input autocomplete="one-time-code" ${at(10, 20)}>
    <p><a href="#" ${at(300, 20)}>a</a></p><p><button ${at(300, 220)}>in</button></p><form><input ${at(300, 420)}></form>
    <div id="x" ${at(600, 20)}></div><div class="x" ${at(600, 220)}></div><x ${at(600, 420)}></x><section id="x7"><b ${at(600, 550)}>b</b></section></main>`));
  const page = await site.open("/");
  await page.mouse.click(20, 30);
  await page.keyboard.type("Zx7!");
  for (const x of [310, 610]) for (const y of [30, 230, 430, 560]) {
    await page.mouse.click(x, y);
    if (x + y === 740) await page.keyboard.type("a");
  }
  await sent("click", 9);
  await sent("field", 1);
  const main = "body > main";
  assert.deepEqual(of("click").slice(1).map((c) => c.el), [
    `${main} > p:nth-of-type(1) > a`, `${main} > p:nth-of-type(2) > button`, `${main} > form > input`, "html",
    "•••", "•••", "•••", "section#x7 > b",
  ]);
  assert.deepEqual(of("field").map((f) => [f.el, f.form]), [[`${main} > form > input`, `${main} > form`]]);
});

test("clicks are told beside a protected choice, and on one that is not protected: in a closed shadow root, a slot, a frame, after a drag", async () => {
  site.pages.set("/", html(`<x-open ${at(10, 20)}></x-open><x-slot><p ${at(300, 20)}>p</p></x-slot><iframe ${at(10, 220)} id="frame" srcdoc="<input type=radio style='position:fixed;left:50px;top:50px'>"></iframe>
    <div data-hindsight-secret role="slider" ${at(300, 220)}></div><button id="beside" ${at(600, 220)}>b</button>
    <div data-hindsight-secret ${at(600, 20)} id="none"><x-none></x-none></div>
    <script type="module">const shade=(name,mode,h)=>document.querySelector(name).attachShadow({mode}).innerHTML=h;
    shade("x-open","closed","<input type=radio>");shade("x-none","open","<b>no choice</b>");shade("x-slot","open","<div data-hindsight-mask><slot></slot></div><div data-hindsight-block></div>")</script>`));
  const page = await site.open("/");
  await page.frameLocator("#frame").locator("input").waitFor();
  await page.mouse.click(100, 100);
  await page.mouse.click(400, 100);
  await page.mouse.click(70, 280);
  await page.mouse.move(400, 270);
  await page.mouse.down();
  await page.mouse.move(650, 270);
  await page.mouse.up();
  await page.mouse.move(652, 272);
  await page.mouse.click(655, 275);
  await page.mouse.click(700, 100);
  await sent("click", 5);
  assert.deepEqual(of("click").map((c) => c.el), ["body > x-open", "body > x-slot > p", "iframe#frame >>>f body > input", "button#beside", "div#none"]);
});
