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
    for (let i = 0; i < 50 && points.length === 0; i++) {
      await page.waitForTimeout(100);
      ({ points } = await ask(page, { type: 'points' }));
    }
    drawn.push({ path, points });
    if (task.screenshot) await page.screenshot({ path: task.screenshot });
  }
  return { drawn };
});
