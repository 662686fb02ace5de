// Plays generated recordings and compares them with the shop itself. Input:
// {base, kept: [attribute, …], cases: [{name, path, viewport, cart, steps, events}]}, a step
// being {click}, {fill, text} or {gone} (wait until nothing matches). Output: for each case
// {name, page, replay, warnings}, page and replay being the lists of what is there.
import { fileURLToPath } from 'node:url';
import { readInput, withBrowser } from './browser.mjs';

const { base, kept, cases } = await readInput();
const replayer = fileURLToPath(import.meta.resolve('@rrweb/replay').replace(/replay\.[a-z]+$/, 'replay.umd.cjs'));

// Runs in the page, and in the page of the replay with its frame's document.
function describe([kept, frame]) {
  const doc = frame ? document.querySelector('.replayer-wrapper iframe').contentDocument : document;
  const view = doc.defaultView;
  const lines = [];
  const walk = (node, depth) => {
    const pad = ' '.repeat(depth);
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.data.trim()) lines.push(pad + JSON.stringify(node.data));
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const tag = node.localName;
    if (['script', 'noscript', 'style', 'link'].includes(tag)) return;
    const attributes = kept.filter((name) => node.hasAttribute(name)).map((name) => {
      let value = node.getAttribute(name);
      if (name === 'href') value = new URL(value, 'BASE').pathname;
      if (name === 'class') value = value.split(/\s+/).filter((c) => c !== ':hover' && c !== 'rrweb-paused').join(' ');
      return name === 'class' && !value ? '' : ` ${name}=${JSON.stringify(value)}`;
    });
    const box = node.getBoundingClientRect();
    const place = doc.head.contains(node) ? '' : [box.x, box.y + view.scrollY, box.width, box.height].map(Math.round).join(',');
    lines.push(`${pad}<${tag}${attributes.join('')}> ${place}`);
    for (const child of node.childNodes) walk(child, depth + 1);
  };
  walk(doc.documentElement, 0);
  const paint = view.getComputedStyle(doc.body);
  lines.push(`paint ${paint.backgroundColor} ${paint.fontSize} scroll ${Math.round(view.scrollY)}`);
  const fields = {};
  for (const field of doc.querySelectorAll('input:not([type=checkbox]), textarea')) fields[field.id] = field.value;
  return { lines, fields };
}
const describeText = `(${describe.toString().replace("'BASE'", JSON.stringify(base))})`;
const described = (page, frame) => page.evaluate(`${describeText}(${JSON.stringify([kept, frame])})`);

const results = [];
await withBrowser(async (browser) => {
  for (const one of cases) {
    const context = await browser.newContext({ viewport: one.viewport, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(base + '/demo/assets/leaf.svg');
    await page.evaluate((cart) => sessionStorage.setItem('demo-cart', cart), one.cart ?? '');
    await page.goto(base + one.path);
    for (const step of one.steps ?? []) {
      if (step.click) await page.click(step.click);
      if (step.fill) await page.fill(step.fill, step.text);
      if (step.gone) await page.waitForFunction((s) => !document.querySelector(s), step.gone);
      if (step.shows) await page.waitForSelector(step.shows, { state: 'attached' });
    }
    await page.evaluate((y) => scrollTo(0, y), one.scroll ?? 0);
    const shop = await described(page, false);

    const player = await context.newPage();
    const warnings = [];
    player.on('console', (m) => { if (['warning', 'error'].includes(m.type())) warnings.push(m.text()); });
    player.on('pageerror', (e) => warnings.push(e.message));
    player.on('request', (r) => { if (/^http/.test(r.url())) warnings.push('asks for ' + r.url()); });
    await player.setContent('<!DOCTYPE html><body style="margin:0"></body>');
    await player.addScriptTag({ path: replayer });
    await player.evaluate((events) => {
      const { Replayer } = window.rrwebReplay ?? window.rrweb;
      const replay = new Replayer(events, { root: document.body, showWarning: true, mouseTail: false });
      replay.pause(replay.getMetaData().totalTime + 1);
    }, one.events);
    results.push({ name: one.name, page: shop, replay: await described(player, true), warnings });
    await context.close();
  }
});
process.stdout.write(JSON.stringify(results));
