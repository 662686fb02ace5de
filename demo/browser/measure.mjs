// Measures the shop's elements. Input: {base, sizes: [{width, height}], states:
// [{key, path, cart, menu}]}. Output: {widths, pages: {key: {heights, elements}}}.
import { readInput, withBrowser } from './browser.mjs';

const { base, sizes, states } = await readInput();

// Runs in the page.
function elements() {
  const safe = (id) => /^(?=.{1,40}$)[A-Za-z_-]*(\d[A-Za-z_-]*){0,2}$/.test(id);
  const part = (el) => {
    const tag = el.tagName.toLowerCase();
    if (el.id && safe(el.id)) return `${tag}#${el.id}`;
    if (el === document.body) return tag;
    const equals = [...el.parentElement.children].filter((e) => e.tagName === el.tagName);
    const classes = [...el.classList].filter(safe).map((c) => '.' + c).join('');
    return `${tag}${classes}:nth-of-type(${equals.indexOf(el) + 1})`;
  };
  const selector = (el) => {
    const parts = [];
    for (let at = el; ; at = at.parentElement) {
      parts.unshift(part(at));
      if (at === document.body || (at.id && safe(at.id))) return parts.join(' > ');
    }
  };
  const pinned = (el) => {
    for (let at = el; at; at = at.parentElement) {
      if (['fixed', 'sticky'].includes(getComputedStyle(at).position)) return true;
    }
    return false;
  };
  const kinds = [
    ['field', 'input:not([type=checkbox]), select, textarea'],
    ['check', 'input[type=checkbox]'],
    ['link', 'a:not(.skip)'],
    ['button', 'button'],
    ['dead', '.offer, .lens, .stage'],
    ['text', 'main h1, main h2, main p.lead, main p.line, blockquote p, .panel.on p'],
  ];
  const seen = new Set();
  const found = [];
  for (const [kind, query] of kinds) {
    for (const el of document.querySelectorAll(query)) {
      if (seen.has(el)) continue;
      seen.add(el);
      const sel = selector(el);
      if (document.querySelectorAll(sel).length !== 1) throw new Error('selector is not unique: ' + sel);
      const box = el.getBoundingClientRect();
      const fixed = pinned(el);
      const shown = box.width > 0 && box.height > 0 && getComputedStyle(el).visibility === 'visible';
      const round = (n) => Math.round(n * 10) / 10;
      found.push({
        sel, kind, fixed,
        ref: el.id || el.dataset.product || (el.getAttribute('href') ?? '').split('?')[0],
        box: shown ? [box.x + (fixed ? 0 : scrollX), box.y + (fixed ? 0 : scrollY), box.width, box.height].map(round) : null,
      });
    }
  }
  return { height: Math.round(document.documentElement.getBoundingClientRect().height), found };
}

const result = { widths: sizes.map((s) => s.width), pages: {} };
await withBrowser(async (browser) => {
  for (const size of sizes) {
    const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
    const page = await context.newPage();
    for (const state of states) {
      await page.goto(base + '/demo/assets/leaf.svg');
      await page.evaluate((cart) => sessionStorage.setItem('demo-cart', cart), state.cart ?? '');
      await page.goto(base + state.path);
      if (state.rows) await page.waitForFunction((n) => document.querySelectorAll('#cart-rows tr').length === n, state.rows);
      await page.evaluate(() => document.fonts.ready);
      if (state.menu && (await page.isVisible('#menu'))) await page.click('#menu');
      if (state.done) {
        await page.evaluate(() => {
          document.getElementById('signup').hidden = true;
          document.getElementById('done').hidden = false;
        });
      }
      const { height, found } = await page.evaluate(elements);
      const entry = (result.pages[state.key] ??= { heights: [], elements: [] });
      entry.heights.push(height);
      found.forEach((el, i) => {
        const same = (entry.elements[i] ??= { sel: el.sel, kind: el.kind, ref: el.ref, fixed: el.fixed, boxes: [] });
        if (same.sel !== el.sel) throw new Error(`${state.key}: another element at another width: ${el.sel}`);
        same.boxes.push(el.box);
      });
    }
    await context.close();
  }
});
process.stdout.write(JSON.stringify(result));
