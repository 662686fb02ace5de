// A visit to the demo shop by a person with a mouse and a keyboard. Says what was clicked, and what each page looked
// like when it was left.
import { canonical, run } from './browser.mjs';

await run(async (context, task) => {
  const page = context.pages()[0] ?? await context.newPage();
  const clicks = [];
  const pages = [];
  const problems = [];
  page.on('pageerror', (error) => { if (!task.expectedErrors.some((e) => error.message.includes(e))) problems.push(error.message); });

  const click = async (selector) => {
    const target = page.locator(selector).first();
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    const x = box.x + box.width * 0.4, y = box.y + box.height * 0.6;
    await page.mouse.move(x - 30, y - 10, { steps: 6 });
    await page.mouse.move(x, y, { steps: 4 });
    clicks.push({ path: new URL(page.url()).pathname, selector });
    await page.mouse.click(x, y);
  };
  // A page is left when nothing has changed on it for a while; its picture is that of the middle of this while.
  const leave = async () => {
    const { at, dom } = await page.evaluate(`(${still})(${canonical})`);
    pages.push({ path: new URL(page.url()).pathname, at, dom });
  };

  await page.goto(task.shop + '/demo/');
  await page.waitForLoadState('load');
  await page.waitForTimeout(1200);
  await page.evaluate(([name, props]) => window.hindsight('event', name, props), ['e2e', { control: task.control }]);
  await page.mouse.move(200, 200);
  await page.mouse.move(700, 420, { steps: 25 });
  await click('#offer');
  await click('#card-sencha button.add');
  await page.mouse.wheel(0, 900);
  await page.waitForTimeout(600);
  await leave();

  await click('#card-cup a.name');
  await page.waitForURL('**/demo/product/cup');
  await page.waitForTimeout(1000);
  await click('#tab-brew');
  await click('#add');
  await leave();

  await page.goto(task.shop + '/demo/guide');
  await page.waitForTimeout(1000);
  await click('#begin');
  await page.waitForURL('**/demo/guide/taste');
  await page.waitForTimeout(500);
  await click('#choose-malty');
  await page.waitForURL('**/demo/guide/strength**');
  await leave();

  await page.goto(task.shop + '/demo/cart');
  await page.waitForTimeout(1000);
  await click('#name');
  await page.keyboard.type(task.typed, { delay: 15 });
  await click('#estimate');
  await leave();

  await page.goto(task.shop + '/demo/signup');
  await page.waitForTimeout(1000);
  await click('#full-name');
  await page.keyboard.type(task.typed, { delay: 15 });
  await click('#password');
  await page.keyboard.type(task.password, { delay: 15 });
  await click('#show');
  // Whoever is back in the field at once is typing still: the page's changes would wait until ten seconds after the last key.
  await page.waitForTimeout(700);
  await click('#password');
  await page.keyboard.press('End');
  await page.keyboard.type(task.password, { delay: 15 });
  await page.waitForTimeout(2600); // the last batch of the visible page
  const type = await page.evaluate(() => document.getElementById('password').type);
  if (type !== 'text') problems.push(`"show password" left the field's type at ${type}`);
  await leave();
  await page.goto('about:blank'); // the page's end: what is left goes by beacon
  await page.waitForTimeout(500);
  return { clicks, pages, problems };
});

/** Waits until the page has looked the same for a second, seen eleven times; 15 s at most. */
async function still(canonical) {
  let dom = '', since = 0, seen = 0;
  for (const end = Date.now() + 15_000; Date.now() < end && (seen < 11 || Date.now() - since < 1000);) {
    const now = canonical(document);
    if (now !== dom) [dom, since, seen] = [now, Date.now(), 0];
    seen++;
    await new Promise((done) => setTimeout(done, 90));
  }
  return { dom, at: Math.round((since + Date.now()) / 2) };
}
