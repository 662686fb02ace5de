// Visits the shop as people with a mouse do, several at once, while whoever serves it records them. Input: {base,
// visits, seed}. Output: {visits: [seconds, …]}. What a visitor does is drawn from the seed; how the browser's clock
// cuts it into events is not.
import { readInput, withBrowser } from './browser.mjs';

const { base, visits, seed } = await readInput();

// mulberry32: a small generator of numbers in [0, 1).
function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class Person {
  constructor(page, draw) {
    this.page = page;
    this.draw = draw;
    this.x = 300;
    this.y = 300;
  }

  between(least, most) { return least + (most - least) * this.draw(); }
  wait(ms) { return this.page.waitForTimeout(ms); }

  // The hand takes a curve, fastest in the middle; the browser hears of it some sixty times a second.
  async move(x, y, ms) {
    const from = [this.x, this.y];
    const bend = [this.between(-80, 80), this.between(-60, 60)];
    const begin = performance.now();
    for (let share = 0; share < 1;) {
      share = Math.min(1, (performance.now() - begin) / ms);
      const s = share * share * (3 - 2 * share), arc = 4 * s * (1 - s);
      this.x = from[0] + (x - from[0]) * s + bend[0] * arc;
      this.y = from[1] + (y - from[1]) * s + bend[1] * arc;
      await this.page.mouse.move(this.x, this.y);
      await this.wait(14);
    }
  }

  // Reads for a while: the hand wanders and rests, the wheel turns now and then.
  async read(ms) {
    for (const end = performance.now() + ms; performance.now() < end;) {
      const what = this.draw();
      if (what < 0.45) await this.move(this.between(80, 1200), this.between(80, 720), this.between(300, 900));
      else if (what < 0.75) await this.scroll(this.between(150, 600) * (this.draw() < 0.75 ? 1 : -1));
      else await this.wait(this.between(300, 1200));
    }
  }

  async scroll(px) {
    for (let turns = 5; turns > 0; turns--) {
      await this.page.mouse.wheel(0, px / 5);
      await this.wait(this.between(30, 70));
    }
  }

  // Where an element is when scrolling has come to an end.
  async settled(target) {
    for (let before = null, tries = 0; ; tries++) {
      const box = await target.boundingBox();
      if (before && before.x === box.x && before.y === box.y || tries > 30) return box;
      before = box;
      await this.wait(100);
    }
  }

  async click(selector) {
    const target = this.page.locator(selector).first();
    let box = await this.settled(target);
    // Not under the head of the page, which stays, nor below the window.
    for (let tries = 0; (box.y < 120 || box.y > 640) && tries < 4; tries++) {
      await this.scroll(box.y - 380);
      box = await this.settled(target);
    }
    await this.move(box.x + box.width * this.between(0.3, 0.7), box.y + box.height * this.between(0.3, 0.7), this.between(350, 800));
    await this.wait(this.between(80, 250));
    await this.page.mouse.click(this.x, this.y);
  }

  async type(selector, text) {
    await this.click(selector);
    for (const key of text) {
      await this.page.keyboard.type(key);
      await this.wait(this.between(70, 190));
    }
  }

  async come(path) {
    await this.page.goto(base + path, { waitUntil: 'load' });
    await this.wait(this.between(300, 700));
  }

  pick(...of) { return of[Math.floor(this.draw() * of.length)]; }
}

// From the list of teas to the form in which a customer signs up.
async function visit(p) {
  await p.come('/demo/');
  await p.read(p.between(8_000, 13_000));
  await p.click(`#card-${p.pick('sencha', 'cup')} button.add`);
  await p.read(p.between(2_000, 4_000));
  await p.click('#card-cup a.name');
  await p.page.waitForURL('**/demo/product/cup');
  await p.read(p.between(6_000, 9_000));
  await p.click('#tab-brew');
  await p.read(p.between(2_000, 4_000));
  await p.click('#tab-ship');
  await p.read(p.between(1_000, 3_000));
  await p.click('#add');
  await p.read(p.between(1_500, 3_000));
  await p.come('/demo/guide');
  await p.read(p.between(2_000, 4_000));
  await p.click('#begin');
  await p.page.waitForURL('**/demo/guide/taste');
  await p.read(p.between(2_000, 4_000));
  await p.click(`#choose-${p.pick('malty', 'fresh', 'spiced')}`);
  await p.read(p.between(2_000, 4_000));
  await p.come('/demo/cart');
  await p.read(p.between(3_000, 5_000));
  await p.type('#name', 'Ada Example');
  await p.type('#street', 'Long Lane 12');
  await p.click('#coupon');
  await p.page.keyboard.type('SPRING', { delay: 110 });
  await p.click('#coupon-apply');
  await p.read(p.between(3_000, 5_000));
  await p.come('/demo/signup');
  await p.read(p.between(2_000, 4_000));
  await p.type('#full-name', 'Ada Example');
  await p.type('#email', 'ada@example.com');
  await p.type('#password', 'correct-horse');
  await p.click('#show');
  await p.read(p.between(3_000, 5_000));
}

const seconds = await withBrowser((browser) => Promise.all(Array.from({ length: visits }, async (_, n) => {
  const begin = performance.now();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await visit(new Person(page, random(seed + n)));
  await page.goto('about:blank'); // the last page's end: what is left goes by beacon
  await page.waitForTimeout(500);
  await context.close();
  return (performance.now() - begin) / 1000;
})));
process.stdout.write(JSON.stringify({ visits: seconds }));
