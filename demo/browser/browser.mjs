// Opens the machine's own Chromium; nothing is ever downloaded.
import { accessSync, constants } from 'node:fs';
import { join, delimiter } from 'node:path';
import { chromium } from 'playwright-core';

function executable() {
  if (process.env.CHROME) return process.env.CHROME;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
      const path = join(folder, name);
      try { accessSync(path, constants.X_OK); return path; } catch { /* not here */ }
    }
  }
  throw new Error('no browser: set CHROME to a Chromium, or put "chromium" on the PATH');
}

// Runs work(browser) and always closes the browser behind it.
export async function withBrowser(work) {
  const browser = await chromium.launch({
    executablePath: executable(),
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

// The whole of standard input, as JSON.
export async function readInput() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
}
