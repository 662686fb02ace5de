// Steps in the dashboard that several tests take.

/** Asks the replay frame for something and waits for the answer of the same type. */
export function ask(page, message, patience = 10_000) {
  return page.evaluate(([message, patience]) => new Promise((resolve, reject) => {
    const frame = document.querySelector('iframe[src*="replay-frame.html"]');
    if (!frame) return reject(new Error('no replay frame in the page'));
    const origin = new URL(frame.src).origin;
    if (origin === location.origin) return reject(new Error('the replay frame has the dashboard’s own origin'));
    const id = Math.floor(Math.random() * 1e9);
    const timer = setTimeout(() => reject(new Error(`the frame does not answer ${message.type}`)), patience);
    addEventListener('message', function hear(event) {
      if (event.source !== frame.contentWindow || event.origin !== origin || event.data.type !== message.type || event.data.id !== id) return;
      removeEventListener('message', hear);
      clearTimeout(timer);
      resolve(event.data);
    });
    frame.contentWindow.postMessage({ ...message, id }, origin);
  }), [message, patience]);
}

/**
 * Asks until `of` the answer has been the same for 1.2 s, but not for longer than 20 s: styles and pictures come later
 * than the nodes, and a large page is laid out piece by piece.
 */
export async function settled(page, message, of) {
  let answer = await ask(page, message);
  for (let i = 0, same = 0, before = JSON.stringify(of(answer)); i < 60 && same < 4; i++) {
    await page.waitForTimeout(300);
    answer = await ask(page, message);
    const now = JSON.stringify(of(answer));
    same = now === before ? same + 1 : 0;
    before = now;
  }
  return answer;
}

/** Sends the frame a message that has no answer. */
export function tell(page, message) {
  return page.evaluate((message) => {
    const frame = document.querySelector('iframe[src*="replay-frame.html"]');
    frame.contentWindow.postMessage(message, new URL(frame.src).origin);
  }, message);
}

/** Waits until the frame has a rebuilt document with a body that holds something. */
export async function waitForFrame(page) {
  await page.waitForSelector('iframe[src*="replay-frame.html"]');
  for (let i = 0; i < 100; i++) {
    const dom = await ask(page, { type: 'dom' }, 500).catch(() => ({ html: '' }));
    if (/<body[^>]*>\s*(?!<\/body>)\S/.test(dom.html)) return dom;
    await page.waitForTimeout(100);
  }
  throw new Error('nothing is shown in the replay frame after 10 s');
}
