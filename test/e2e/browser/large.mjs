// A visit to a page of many nodes: waits until its recording is out, clicks far down, and looks at a second page that
// shares the style sheet.
import { run } from './browser.mjs';

await run(async (context, task) => {
  const page = context.pages()[0] ?? await context.newPage();
  await page.goto(task.site + '/large');
  await page.waitForTimeout(6000);
  const target = page.locator(task.clicked);
  await target.scrollIntoViewIfNeeded();
  await target.click();
  const counted = await page.evaluate(() => {
    let nodes = 0;
    for (const walk = document.createTreeWalker(document); walk.nextNode();) nodes++;
    return nodes;
  });
  await page.waitForTimeout(2600);
  await page.goto(task.site + '/small');
  await page.waitForTimeout(3500);
  await page.goto('about:blank');
  await page.waitForTimeout(500);
  return { counted };
});
