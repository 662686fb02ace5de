// A visitor with several tabs, one of them duplicated, and others with one, who click, and whose pages tell events, until
// they are told to rest, and then to leave. What the pages record of themselves (witness.mjs) goes to task.site + '/record'; the
// orders come from '/order': how often the tabs are to go on to another page, whether to rest, whether to leave.
import { runVisitors } from './browser.mjs';
import { witness } from './witness.mjs';

const PAGES = 3;

await runVisitors(async (visitor, task) => {
  let said = [];
  const report = async () => {
    const now = said;
    said = [];
    if (now.length) await fetch(task.site + '/record', { method: 'POST', body: JSON.stringify(now) });
  };
  const ask = async () => (await fetch(task.site + '/order')).json();
  let order = await ask();
  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

  const problems = [];
  const tabs = [];
  for (let v = 0; v < task.visitors; v++) {
    const context = await visitor();
    await context.exposeBinding('hindsightWitness', (_, text) => { said.push(JSON.parse(text)); });
    await context.addInitScript(witness);
    context.on('page', (page) => page.on('pageerror', ({ message }) => problems.push(message)));
    for (let n = 0; n < (v ? 1 : task.tabs); n++) {
      const page = await context.newPage();
      await page.goto(`${task.site}/page/${n}`);
      tabs.push(page);
    }
    if (v) continue;
    // A duplicated tab begins with a copy of what the other keeps for itself.
    const [copy] = await Promise.all([context.waitForEvent('page'), tabs.at(-1).evaluate(() => { window.open(location.href); })]);
    await copy.waitForLoadState('load');
    tabs.push(copy);
  }

  const live = async (page, tab) => {
    for (let moved = 0, n = 0; !order.rest; n++) {
      if (order.moves > moved) {
        moved++;
        await page.goto(`${task.site}/page/${(tab + moved) % PAGES}`);
      }
      // The event's name is its identity; the text fills the batch.
      const name = `tick-${tab}-${n}`;
      await page.evaluate(([name, text]) => window.hindsight('event', name, { text }), [name, 'lorem ipsum '.repeat(250)]);
      said.push({ kind: 'event', name });
      if (n % 3 === 0) await page.click('#more');
      await pause(60);
    }
  };
  let failed;
  const lives = Promise.all(tabs.map(live)).catch((error) => { failed = error; });
  for (let done = false; !done; await pause(50)) {
    [order] = await Promise.all([ask(), report()]);
    if (failed) throw failed;
    done = order.leave;
  }
  await lives;
  for (const page of tabs) await page.goto('about:blank');
  await pause(500);
  await report();
  return { problems, tabs: tabs.length };
});
