// Uses the shop as a visitor does. Input: {base}. Output: what happened.
import { readInput, withBrowser } from './browser.mjs';

const { base, paths } = await readInput();
const out = { trouble: [], columns: {}, calls: [] };

await withBrowser(async (browser) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 700 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('console', (m) => { if (['warning', 'error'].includes(m.type())) out.trouble.push(`${page.url()}: ${m.text()}`); });
  const crash = (e) => out.trouble.push(`${page.url()}: ${e.message}`);
  page.on('pageerror', crash);
  page.on('request', (r) => { if (!r.url().startsWith(base)) out.trouble.push('asks for ' + r.url()); });

  // Every page at three widths: nothing is wider than the window, and what stands beside what changes.
  for (const [width, name] of [[390, 'phone'], [820, 'tablet'], [1440, 'desktop']]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of paths) {
      await page.goto(base + path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) out.trouble.push(`${path} is ${over} px too wide for a ${name}`);
    }
    await page.goto(base + '/demo/');
    out.columns[name] = await page.evaluate(() => {
      const left = [...document.querySelectorAll('#products > li')].map((e) => Math.round(e.getBoundingClientRect().left));
      return new Set(left).size;
    });
  }

  // By keyboard: the menu on a phone.
  await page.setViewportSize({ width: 390, height: 700 });
  await page.goto(base + '/demo/');
  await page.focus('#menu');
  await page.keyboard.press('Enter');
  out.menuOpens = await page.isVisible('#nav');
  await page.keyboard.press('Tab');
  out.menuNext = await page.evaluate(() => document.activeElement.textContent.trim());
  await page.keyboard.press('Escape');
  out.menuCloses = !(await page.isVisible('#nav'));
  out.menuFocus = await page.evaluate(() => document.activeElement.id);

  // The tea finder: History routes, back and reload.
  await page.goto(base + '/demo/guide');
  await page.evaluate(() => { window.sameDocument = true; });
  await page.click('#begin');
  await page.waitForSelector('#choose-spiced');
  await page.click('#choose-spiced');
  await page.waitForSelector('#choose-light');
  out.guidePath = await page.evaluate(() => location.pathname + location.search);
  out.guideTitle = await page.title();
  await page.goBack();
  await page.waitForSelector('#choose-spiced');
  out.guideSame = await page.evaluate(() => window.sameDocument === true);
  await page.goForward();
  await page.waitForSelector('#choose-light');
  await page.reload();
  out.guideReloaded = await page.isVisible('#choose-light');

  // What the shop tells the tracker, while it is not there: the queue.
  await page.click('#opt-out');
  out.notice = await page.textContent('#notice');
  out.calls = await page.evaluate(() => window.hindsight.q.map((c) => [...c]));
  await page.goto(base + '/demo/product/cup');
  await page.click('#add');
  out.calls.push(...await page.evaluate(() => window.hindsight.q.map((c) => [...c])));

  // The password can be shown, and goes nowhere.
  await page.goto(base + '/demo/signup');
  await page.fill('#email', 'ada@example.com');
  await page.fill('#password', 'correct-horse');
  await page.click('#show');
  out.shown = await page.getAttribute('#password', 'type');
  await page.click('#join');
  out.welcome = await page.isVisible('#done');
  out.address = page.url().replace(base, '');

  // The fault, on purpose.
  await page.goto(base + '/demo/cart');
  page.off('pageerror', crash);
  const fault = page.waitForEvent('pageerror');
  await page.click('#estimate');
  const error = await fault;
  out.fault = error.message;
  out.place = error.stack.match(/shop\.js:(\d+):(\d+)/).slice(1).map(Number);
});
process.stdout.write(JSON.stringify(out));
