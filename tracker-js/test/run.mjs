/**
 * Bundles each test file for Node and runs them: `node test/run.mjs [unit|browser|golden]`.
 * HINDSIGHT_TESTS=regexp: only the tests of such names.
 */
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { run } from "node:test";
import { tap } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const wanted = process.argv.slice(2);
// Inside node_modules, so that packages are found; a folder for each run, so that runs do not meet.
const out = join(root, "node_modules", `.hindsight-tests-${process.pid}`);

const files = (await readdir(here)).filter((f) => f.endsWith(".test.ts"));
const chosen = files.filter((f) => !wanted.length || wanted.some((w) => f.startsWith(w)));
/** The longest first, so that none of them runs on alone at the end. */
const LONG = ["browser-privacy-cases", "browser-fidelity-random", "firefox-privacy", "browser-fidelity", "browser-privacy-options"];
const rank = (f) => (LONG.includes(f.replace(".test.ts", "")) ? LONG.indexOf(f.replace(".test.ts", "")) : LONG.length);
chosen.sort((a, b) => rank(a) - rank(b));
if (!chosen.length) throw new Error(`no test file begins with ${wanted.join(" or ")}`);
await build({
  entryPoints: chosen.map((f) => join(here, f)),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  define: { ROOT: JSON.stringify(root) },
});
/** Runs the test files of these names, two at once, and returns those in which something failed. */
function perform(names) {
  const failed = new Set();
  const only = process.env.HINDSIGHT_TESTS;
  const files = names.map((n) => join(out, `${n}.mjs`));
  const events = run({ files, concurrency: 2, ...(only && { testNamePatterns: [only] }) });
  events.on("test:fail", ({ file }) => failed.add(basename(file).replace(/\.\w+$/, "")));
  events.compose(tap).pipe(process.stdout, { end: false });
  return new Promise((done, broken) => events.on("error", broken).on("end", () => done([...failed])));
}

process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --enable-source-maps`;
process.chdir(root);
let failed = await perform(chosen.map((f) => f.replace(/\.ts$/, "")));
// A browser on a busy machine has moments of its own. What passes only now is named all the same: each is a defect.
const again = failed.filter((f) => /^(browser|firefox)/.test(f) && !process.env.HINDSIGHT_TESTS);
if (again.length && again.length === failed.length && again.length <= 3) {
  const names = again.join(", ");
  console.log(`# once more, alone: ${names}`);
  failed = await perform(again);
  console.log(failed.length ? `# failed twice: ${names}` : `# PASSED ONLY AT THE SECOND TRY: ${names}`);
}
await rm(out, { recursive: true, force: true });
process.exit(failed.length ? 1 : 0);
