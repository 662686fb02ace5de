// Opens heatmaps in the dashboard and says where their points are drawn.
import { run } from './browser.mjs';
import { ask, waitForFrame } from './dashboard.mjs';

await run(async (context, task) => {
  const page = context.pages()[0] ?? await context.newPage();
  await page.goto(task.login);
  await page.waitForSelector('[data-testid="sessions"], [data-testid="empty"]');
  const drawn = [];
  for (const path of task.paths) {
    await page.goto('about:blank'); // so that no earlier drawing answers
    await page.goto(`${new URL(task.login).origin}/#/s/${task.site}/heatmap?path=${encodeURIComponent(path)}&kind=click`);
    await waitForFrame(page);
    let points = [];
    // A large picture is laid out piece by piece, and points move with it: two answers must be the same.
    for (let i = 0, before = ''; i < 40; i++) {
      await page.waitForTimeout(300);
      ({ points } = await ask(page, { type: 'points' }));
      const now = JSON.stringify(points);
      if (points.length && now === before) break;
      before = now;
    }
    drawn.push({ path, points });
    if (task.screenshot) await page.screenshot({ path: task.screenshot });
  }
  return { drawn };
});
