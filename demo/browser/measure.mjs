// Measures the shop's elements. Input: {base, sizes: [{width, height}], states:
// [{key, path, cart, menu}]}. Output: {widths, pages: {key: {heights, elements}}}.
import { readInput, withBrowser } from './browser.mjs';

const { base, sizes, states } = await readInput();

// Runs in the page.
function elements() {
  // The tracker's way of naming an element (the wire protocol, section 5).
  const safe = (name) => /^[a-z][\w-]{0,39}$/i.test(name) && !/\d.*\d.*\d/.test(name);
  const state = /^(is|has|js)-|active|open|hover|focus|select|visible|hid|show|disabled|current|enter|leave/i;
  const part = (el) => {
    const tag = el.localName;
    const name = [...el.classList].find((c) => safe(c) && !state.test(c));
    const equals = [...el.parentElement.children].filter((e) => e.localName === tag);
    const index = equals.length > 1 ? `:nth-of-type(${equals.indexOf(el) + 1})` : '';
    return tag + (name ? `.${name}` : '') + index;
  };
  const selector = (el) => {
    const parts = [];
    for (let at = el; ; at = at.parentElement) {
      if (safe(at.id)) return [`${at.localName}#${at.id}`, ...parts].join(' > ');
      if (at === document.body) return ['body', ...parts].join(' > ');
      parts.unshift(part(at));
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
  const context = await browser.newContext({ viewport: sizes[0], reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(base + '/demo/assets/leaf.svg');
  for (const state of states) {
    await page.evaluate((cart) => sessionStorage.setItem('demo-cart', cart), state.cart ?? '');
    await page.setViewportSize(sizes[0]);
    await page.goto(base + state.path);
    if (state.rows) {
      await page.waitForFunction((n) => document.querySelectorAll('#cart-rows tr').length === n, state.rows);
      await page.waitForFunction(() => document.getElementById('cart-empty').hidden);
    }
    await page.evaluate(() => document.fonts.ready);
    if (state.menu) await page.click('#menu');
    if (state.done) {
      await page.evaluate(() => {
        document.getElementById('signup').hidden = true;
        document.getElementById('done').hidden = false;
      });
    }
    const entry = (result.pages[state.key] = { heights: [], elements: [] });
    for (const size of sizes) {
      await page.setViewportSize(size);
      const { height, found } = await page.evaluate(elements);
      entry.heights.push(height);
      found.forEach((el, i) => {
        const same = (entry.elements[i] ??= { sel: el.sel, kind: el.kind, ref: el.ref, fixed: el.fixed, boxes: [] });
        if (same.sel !== el.sel) throw new Error(`${state.key}: another element at another width: ${el.sel}`);
        same.boxes.push(el.box);
      });
    }
  }
});
process.stdout.write(JSON.stringify(result));
