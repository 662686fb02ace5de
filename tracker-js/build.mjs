/**
 * Builds the tracker into `dist/`: t.js, recorder.<hash>.js, both precompressed
 * (Go's standard library has no brotli), and manifest.json, which names them.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const shared = { bundle: true, minify: true, write: false, target: "es2022", charset: "utf8", legalComments: "none", absWorkingDir: here };

/**
 * Members that only our own code names, shortened alike in both files. None of
 * them may be a name of the DOM, of the wire, of storage or of rrweb.
 */
const INTERNAL =
  /^(protection|scrub|taints|unwrap|arm|collect|undo|leave|beaconed|moved|outbox|session|visitor|sequence|sampled|resume|pump|isFull|enqueue|seal|allowed|choose|serverSays|wording|dnt|expired|renew|setRate|forget|fresh|codec|flags|limits|clockOffset|greeted|rehoused|forbidden|unload|finish|abandon|live|privacy|spelled)$/;

const sha = (bytes) => createHash("sha256").update(bytes).digest("hex");

// The library names some of its members by strings, which are not shortened: none may be ours.
const library = await readFile(join(here, "node_modules/@rrweb/record/dist/record.js"), "utf8");
for (const [, name] of String(INTERNAL).matchAll(/[(|](\w+)/g))
  if (new RegExp(`[."'\`]${name}\\b|\\b${name}\\s*:`).test(library)) throw new Error(`${name} is also a name of the recorder's library`);

const PLACE = "recorder.000000000000.js";
const { outputFiles: [bundled], mangleCache } = await build({
  ...shared,
  entryPoints: ["src/main.ts"],
  format: "iife",
  define: { RECORDER_FILE: JSON.stringify(PLACE) },
  mangleProps: INTERNAL,
  // Without it no cache is handed back, and the two files would not understand each other.
  mangleCache: {},
});
const { outputFiles: [recorder] } = await build({
  ...shared,
  entryPoints: ["src/recorder/main.ts"],
  format: "esm",
  mangleProps: INTERNAL,
  mangleCache,
  // The library may warn; the page's console is not ours.
  drop: ["console"],
});
const recorderName = `recorder.${sha(recorder.contents).slice(0, 12)}.js`;
// A second minifier takes off another twentieth; the recorder's library does not gain from it.
const { code } = await minify(bundled.text.replace(PLACE, recorderName), {
  ecma: 2022, toplevel: true,
  compress: { passes: 4, unsafe: true, unsafe_arrows: true, unsafe_methods: true, pure_getters: true, hoist_props: true },
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
for (const [role, name, bytes] of [["core", "t.js", Buffer.from(code)], ["recorder", recorderName, Buffer.from(recorder.contents)]]) {
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
