// Opens heatmaps in the dashboard and says where their points are drawn.
import { run } from './browser.mjs';
import { ask, settled, waitForFrame } from './dashboard.mjs';

await run(async (context, task) => {
  const page = context.pages()[0] ?? await context.newPage();
  await page.goto(task.login);
  await page.waitForSelector('[data-testid="sessions"], [data-testid="empty"]');
  const drawn = [];
  for (const path of task.paths) {
    await page.goto('about:blank'); // so that no earlier drawing answers
    await page.goto(`${new URL(task.login).origin}/#/s/${task.site}/heatmap?path=${encodeURIComponent(path)}&kind=click`);
    await waitForFrame(page);
    for (let i = 0; i < 40 && !(await ask(page, { type: 'points' })).points.length; i++) await page.waitForTimeout(300);
    const { points } = await settled(page, { type: 'points' }, (drawn) => drawn.points);
    drawn.push({ path, points });
    if (task.screenshot) await page.screenshot({ path: task.screenshot });
  }
  return { drawn };
});
