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
/**
 * Runs the test files of these names, three at once, since most of them wait for a page half of their time; `only`: the
 * tests of such names. Returns what passed, by name, and what failed, by file: names of tests, or "" for the file itself.
 */
function perform(names, only = process.env.HINDSIGHT_TESTS && [process.env.HINDSIGHT_TESTS]) {
  const failed = new Map();
  const passed = new Set();
  const files = names.map((n) => join(out, `${n}.mjs`));
  const events = run({ files, concurrency: 3, ...(only && { testNamePatterns: only }) });
  events.on("test:fail", ({ file, name, details }) => {
    const of = basename(file).replace(/\.\w+$/, "");
    const tests = failed.get(of) ?? new Set();
    if (details.error?.failureType !== "subtestsFailed") tests.add(name.endsWith(".mjs") ? "" : name);
    failed.set(of, tests);
  });
  events.on("test:pass", ({ name, skip }) => skip === undefined && passed.add(name));
  events.compose(tap).pipe(process.stdout, { end: false });
  return new Promise((done, broken) => events.on("error", broken).on("end", () => done({ failed, passed })));
}

process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --enable-source-maps`;
process.chdir(root);
let { failed } = await perform(chosen.map((f) => f.replace(/\.ts$/, "")));
// A browser on a busy machine has moments of its own. What passes only now is named all the same: each is a defect.
const again = [...failed.keys()];
if (again.length && again.length <= 3 && again.every((f) => /^(browser|firefox)/.test(f)) && !process.env.HINDSIGHT_TESTS) {
  const tests = again.flatMap((f) => [...failed.get(f)]);
  const names = `${again.join(", ")}: ${tests.join(", ")}`;
  console.log(`# once more, alone: ${names}`);
  const second = await perform(again, tests.includes("") ? undefined : tests.map((t) => RegExp(`(^| )${t.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`)));
  failed = second.failed;
  for (const test of tests) if (test && !second.passed.has(test)) failed.set(test, new Set());
  console.log(failed.size ? `# failed twice: ${names}` : `# PASSED ONLY AT THE SECOND TRY: ${names}`);
}
await rm(out, { recursive: true, force: true });
process.exit(failed.size ? 1 : 0);
