/**
 * Bundles each test file for Node and runs them: `node test/run.mjs [unit|browser|golden]`.
 */
import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const wanted = process.argv.slice(2);
// Inside node_modules, so that packages are found; a folder for each run, so that runs do not meet.
const out = join(root, "node_modules", `.hindsight-tests-${process.pid}`);

const files = (await readdir(here)).filter((f) => f.endsWith(".test.ts"));
const chosen = files.filter((f) => !wanted.length || wanted.some((w) => f.startsWith(w)));
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
const run = spawnSync(
  process.execPath,
  ["--enable-source-maps", "--test", "--test-concurrency=2", ...chosen.map((f) => join(out, f.replace(/\.ts$/, ".mjs")))],
  { stdio: "inherit", cwd: root },
);
await rm(out, { recursive: true, force: true });
process.exit(run.status ?? 1);
