// Says for each selector of a heatmap whether it names the clicked element on the live page (or a part of it).
import { run } from './browser.mjs';

await run(async (context, task) => {
  const page = context.pages()[0] ?? await context.newPage();
  await page.route('**/t.js', (route) => route.abort()); // this look at the pages is no visit
  const answers = [];
  for (const { path, clicked, selectors } of task.questions) {
    await page.goto(task.shop + path);
    await page.waitForTimeout(500);
    answers.push(await page.evaluate(({ clicked, selectors }) => {
      const wanted = document.querySelector(clicked);
      return selectors.map((s) => {
        try {
          const all = document.querySelectorAll(s);
          return all.length === 1 && !!wanted && wanted.contains(all[0]);
        } catch { return false; }
      });
    }, { clicked, selectors }));
  }
  return { answers };
});
