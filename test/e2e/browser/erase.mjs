// A visitor who consents, is recorded, and, where asked to, has everything erased again. Between the two it waits
// until the API shows the visit: what is erased must have been there.
import { createHash } from 'node:crypto';
import { run } from './browser.mjs';

await run(async (context, task) => {
  const page = context.pages()[0] ?? await context.newPage();
  await page.goto(task.shop + '/demo/');
  // The page's policy allows no eval, which waitForFunction needs.
  while (!(await page.evaluate(() => localStorage.length))) await page.waitForTimeout(50);
  await page.evaluate(() => window.hindsight('consent', true));
  await page.click('#offer');
  const stored = async (part) => page.evaluate((p) => Object.entries(localStorage).find(([name]) => name.endsWith(p))?.[1], part);
  const choice = await stored('.consent');
  const { v } = JSON.parse(await stored(task.key));
  const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 32);
  const visitor = hash(v);

  let session;
  for (const end = Date.now() + 60_000; !session && Date.now() < end; await page.waitForTimeout(200)) {
    const answer = await fetch(`${task.api}/api/v1/sites/${task.site}/sessions?visitor=${visitor}`, { headers: { Authorization: `Bearer ${task.token}` } });
    session = (await answer.json()).sessions?.find((s) => s.clicks > 0 && s.has_recording);
  }
  let left;
  if (task.erase) {
    const posted = page.waitForResponse((r) => r.url().includes('/v1/erase'));
    await page.evaluate(() => window.hindsight('erase'));
    left = { status: (await posted).status(), kept: await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]) };
    await page.click('#card-sencha button.add');
  }
  await page.goto('about:blank');
  return { visitor, session: session?.id ?? '', proof: hash(choice), ...left };
});
