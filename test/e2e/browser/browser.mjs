// What every browser step shares: starting Chromium, reading the task, and the canonical form of a page.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

// A headless browser calls itself one, and is taken for a bot; this one stands for a person's. As a flag, since what the
// driver sets does not hold for the beacons of a page that is gone.
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

const FLAGS = [
  `--user-agent=${userAgent}`,
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** Runs step(context, task) in a fresh Chromium; the task comes as JSON on standard input, the result goes out as JSON. */
export async function run(step) {
  const task = JSON.parse(await stdin());
  const profile = mkdtempSync(join(tmpdir(), 'hindsight-e2e-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: task.chrome, headless: true, args: FLAGS, viewport: task.viewport ?? { width: 1280, height: 800 },
  });
  context.setDefaultTimeout(20_000);
  try {
    const result = await step(context, task);
    process.stdout.write(JSON.stringify(result));
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The same for several visitors: runs step(visitor, task), where visitor() gives a context of a new one. */
export async function runVisitors(step) {
  const task = JSON.parse(await stdin());
  const browser = await chromium.launch({ executablePath: task.chrome, headless: true, args: FLAGS });
  const visitor = async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(20_000);
    return context;
  };
  try {
    process.stdout.write(JSON.stringify(await step(visitor, task)));
  } finally {
    await browser.close();
  }
}

function stdin() {
  return new Promise((resolve, reject) => {
    let text = '';
    process.stdin.on('data', (chunk) => { text += chunk; }).on('end', () => resolve(text)).on('error', reject);
  });
}

/**
 * The canonical form of a document's body, run in the page: structure, ids, classes, state and text. Left out are
 * what privacy masks (values, placeholders, titles) or keeps only where a style sheet names it (aria-*), what carries
 * no picture (scripts), and the mark that the Replayer puts on hovered elements.
 */
export function canonical(doc) {
  const KEPT = ['id', 'class', 'role', 'hidden', 'open', 'disabled', 'for', 'colspan'];
  const DROPPED = new Set(['SCRIPT', 'NOSCRIPT', 'STYLE', 'LINK', 'META', 'TEMPLATE']);
  const walk = (node, depth) => {
    const pad = ' '.repeat(depth);
    if (node.nodeType === 3) {
      const text = node.data.replace(/\s+/g, ' ').trim();
      return text ? `${pad}"${text}"\n` : '';
    }
    if (node.nodeType !== 1 || DROPPED.has(node.tagName.toUpperCase())) return '';
    let out = `${pad}<${node.tagName.toLowerCase()}`;
    for (const name of KEPT) {
      let value = node.getAttribute(name);
      if (name === 'class' && value !== null) value = value.split(/\s+/).filter((c) => c && c !== ':hover').sort().join(' ') || null;
      if (value !== null) out += ` ${name}=${JSON.stringify(value)}`;
    }
    out += '>\n';
    if (node.tagName === 'TEXTAREA') return out;
    for (const child of (node.shadowRoot ?? node).childNodes) out += walk(child, depth + 1);
    return out;
  };
  return walk(doc.body, 0);
}
