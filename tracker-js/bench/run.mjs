/**
 * What the tracker costs a page, beside `@rrweb/record` and beside a page with nothing in it, measured in one run:
 * `node bench/run.mjs [--rounds 5] [--only start,work] [--out FILE]`. docs/bench.md says how and what for.
 *
 * It ends with 0 whatever the figures are: a machine's time decides no test. It ends with 1 when it could not measure.
 */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { launchBare } from "./bare.mjs";
import { launch } from "./browser.mjs";
import { heavyMinute, idle, lazyLoad, start, work } from "./measure.mjs";
import { startStand } from "./stand.mjs";
import { table } from "./table.mjs";

const { values: args } = parseArgs({ options: { rounds: { type: "string" }, only: { type: "string" }, out: { type: "string" }, help: { type: "boolean" } } });
const rounds = Number(args.rounds ?? 5);
if (!(rounds >= 1)) throw new Error("--rounds must be a number from 1");

/** Each is run `rounds` times for each variant, in turns, so that a slow moment of the machine meets all of them. */
const SERIES = {
  start: { run: start(5000, 2000), by: launchBare, variants: ["none", "ours", "lean", "rrweb"] },
  huge: { run: start(55_000, 4000), by: launchBare, variants: ["none", "ours", "rrweb"] },
  work: { run: work, variants: ["none", "ours", "rrweb"] },
  lazy: { run: lazyLoad, variants: ["none", "ours", "rrweb"] },
  idle: { run: idle, variants: ["none", "ours", "rrweb"], rounds: Math.min(rounds, 3) },
  // A matter of bytes: they hardly differ from run to run.
  minute: { run: heavyMinute(gzipSync), variants: ["ours", "rrweb"], rounds: 1 },
};

if (args.help) {
  console.log(`node bench/run.mjs [--rounds 5] [--only ${Object.keys(SERIES).join(",")}] [--out FILE]`);
  console.log("What the tracker costs a page, beside @rrweb/record in the same run; the figures also as JSON into FILE.");
  process.exit(0);
}

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const chosen = args.only ? args.only.split(",") : Object.keys(SERIES);
const stand = await startStand();
let browser;
let version;
const runs = {};
try {
  for (const name of chosen) {
    const { run, by = launch, variants, rounds: most = rounds } = SERIES[name];
    browser = await by();
    version = browser.version();
    runs[name] = Object.fromEntries(variants.map((v) => [v, []]));
    for (let round = 0; round < most; round++)
      for (let i = 0; i < variants.length; i++) {
        const variant = variants[(round + i) % variants.length];
        process.stderr.write(`\r${name}: round ${round + 1} of ${most}, ${variant}      `);
        runs[name][variant].push(await run(browser, stand, variant));
      }
    await browser.close();
    browser = undefined;
  }
} finally {
  process.stderr.write("\r\x1b[K");
  await browser?.close();
  await stand.close();
}

/** Median of one number of one series. */
const of = (name, variant, field) => median(runs[name][variant].map((r) => r[field]));
const manifest = JSON.parse(await readFile(join(dirname(dirname(fileURLToPath(import.meta.url))), "dist", "manifest.json"), "utf8"));
const figures = table(chosen, of, manifest);
const report = {
  at: new Date().toISOString(), browser: `Chromium ${version}`, cpus: cpus().length, rounds, figures, runs,
};
if (args.out) await writeFile(args.out, `${JSON.stringify(report, null, 1)}\n`);

const cell = (x, width) => (x === undefined ? "–" : typeof x === "number" ? x.toFixed(x < 10 ? 2 : x < 100 ? 1 : 0) : x).padStart(width);
console.log(`${report.browser}, ${report.cpus} CPUs, ${rounds} rounds; medians\n`);
console.log(`${"".padEnd(62)}${["ours", "rrweb", "ratio"].map((h) => h.padStart(9)).join("")}  goal`);
for (const f of figures)
  console.log(`${f.what.padEnd(62)}${cell(f.ours, 9)}${cell(f.rrweb, 9)}${cell(f.ratio, 9)}  ${f.goal}${f.met === undefined ? "" : f.met ? "  met" : "  NOT MET"}`);
