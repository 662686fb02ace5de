// Logs into the dashboard, opens a session, and gives back the canonical form of the replayed page at each moment asked
// for; then plays it as a person would.
import { canonical, run } from './browser.mjs';
import { ask, settled, tell, waitForFrame } from './dashboard.mjs';

await run(async (context, task) => {
  const page = context.pages()[0] ?? await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/sandbox|Content Security Policy|frame-src|favicon/i.test(message.text())) problems.push(message.text());
  });
  await page.goto(task.login);
  await page.waitForSelector(`[data-session="${task.session}"]`);
  await page.click(`[data-session="${task.session}"]`);
  await waitForFrame(page);
  await tell(page, { type: 'pause' });

  const pages = [];
  for (const at of task.moments) {
    await tell(page, { type: 'seek', at });
    const { html } = await settled(page, { type: 'dom' }, (dom) => dom.html);
    pages.push(await canonicalOf(context, html));
  }

  // As a person would: back to the start, play, and the clock moves.
  await tell(page, { type: 'seek', at: 0 });
  const time = () => page.locator('[data-testid="time"]').innerText();
  const before = await time();
  await page.click('[data-testid="play"]');
  await page.waitForFunction((before) => document.querySelector('[data-testid="time"]').innerText !== before, before).catch(() => undefined);
  const after = await time();
  if (task.screenshot) await page.screenshot({ path: task.screenshot });
  const facts = await page.locator('main').innerText();
  return { pages, before, after, problems, facts };
});

// A blank page of our own reads the text: the dashboard's policy lets nobody evaluate code in it.
async function canonicalOf(context, html) {
  const blank = await context.newPage();
  try {
    return await blank.evaluate(`(${canonical})(new DOMParser().parseFromString(${JSON.stringify(html)}, 'text/html'))`);
  } finally {
    await blank.close();
  }
}
