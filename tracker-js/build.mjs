/**
 * Builds the tracker into `dist/`: t.js, recorder.<hash>.js, both precompressed
 * (Go's standard library has no brotli), and manifest.json, which names them.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
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
for (const old of await readdir(dist)) if (old !== "placeholder.txt") await rm(join(dist, old));
const files = {};
for (const [role, name, bytes] of [["core", "t.js", core], ["recorder", recorderName, recorder]]) {
  const br = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  const gz = gzipSync(bytes, { level: 9 });
  await writeFile(join(dist, name), bytes);
  await writeFile(join(dist, `${name}.br`), br);
  await writeFile(join(dist, `${name}.gz`), gz);
  files[name] = { role, sha256: sha(bytes), bytes: bytes.length, brotli: br.length, gzip: gz.length };
}
await writeFile(join(dist, "manifest.json"), `${JSON.stringify({ core: "t.js", recorder: recorderName, files }, null, 2)}\n`);
for (const [name, f] of Object.entries(files)) console.log(`${name}: ${f.bytes} bytes, ${f.brotli} brotli, ${f.gzip} gzip`);
