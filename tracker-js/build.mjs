/**
 * Builds the tracker into `dist/`: t.js, recorder.<hash>.js, both precompressed
 * (Go's standard library has no brotli), and manifest.json, which names them.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const shared = { bundle: true, minify: true, write: false, target: "es2022", charset: "utf8", legalComments: "none", absWorkingDir: here };

async function bundle(options) {
  const { outputFiles } = await build({ ...shared, ...options });
  return Buffer.from(outputFiles[0].contents);
}

const sha = (bytes) => createHash("sha256").update(bytes).digest("hex");

const recorder = await bundle({
  entryPoints: ["src/recorder/main.ts"],
  format: "esm",
  // The library may warn; the page's console is not ours.
  drop: ["console"],
});
const recorderName = `recorder.${sha(recorder).slice(0, 12)}.js`;
const core = await bundle({
  entryPoints: ["src/main.ts"],
  format: "iife",
  define: { RECORDER_FILE: JSON.stringify(recorderName) },
});

await mkdir(dist, { recursive: true });
const written = new Set(["placeholder.txt"]);
/** A reader meanwhile sees the old file or the new one, never half of either. */
async function put(name, bytes) {
  const draft = join(dist, `.${name}.${process.pid}`);
  await writeFile(draft, bytes);
  await rename(draft, join(dist, name));
  written.add(name);
}
const files = {};
for (const [role, name, bytes] of [["core", "t.js", core], ["recorder", recorderName, recorder]]) {
  const br = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  const gz = gzipSync(bytes, { level: 9 });
  await put(name, bytes);
  await put(`${name}.br`, br);
  await put(`${name}.gz`, gz);
  files[name] = { role, sha256: sha(bytes), bytes: bytes.length, brotli: br.length, gzip: gz.length };
}
await put("manifest.json", `${JSON.stringify({ core: "t.js", recorder: recorderName, files }, null, 2)}\n`);
for (const old of await readdir(dist)) if (!written.has(old) && !old.startsWith(".")) await rm(join(dist, old), { force: true });
for (const [name, f] of Object.entries(files)) console.log(`${name}: ${f.bytes} bytes, ${f.brotli} brotli, ${f.gzip} gzip`);
