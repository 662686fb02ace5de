/**
 * Builds the tracker into `dist/`: t.js, the parts that it loads when they are needed (`<part>.<hash>.js`, one hash
 * for all of them), each precompressed (Go's standard library has no brotli), and manifest.json, which names them.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";
import { borrowed, pressed, renamed } from "./names.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const source = (path) => join(here, "src", path);

/** Parts by role: where each begins, and whether it is a worker's script rather than a module. */
const PARTS = {
  recorder: { entry: "recorder/main.ts" },
  link: { entry: "link/main.ts" },
  sheets: { entry: "sheets/main.ts" },
  spelled: { entry: "spelled/main.ts" },
  words: { entry: "words/main.ts" },
  frames: { entry: "frames/main.ts" },
  inputs: { entry: "inputs/main.ts" },
  hold: { entry: "hold/main.ts" },
  layers: { entry: "layers/main.ts" },
  drawn: { entry: "drawn/main.ts" },
  media: { entry: "media/main.ts" },
  selection: { entry: "selection/main.ts" },
  post: { entry: "queue/post.ts" },
  worker: { entry: "worker/main.ts", script: true },
  late: { entry: "late/main.ts" },
  vitals: { entry: "vitals/main.ts" },
  prompt: { entry: "prompt/main.ts" },
  tools: { entry: "tools/main.ts" },
  canvas: { entry: "canvas/main.ts" },
};

/** Members that only our own code names, one on each line, shortened alike in all files, to the letters that follow the name. */
const internal = (await readFile(join(here, "internal-names.txt"), "utf8")).trim().split("\n").map((line) => line.split(" "));
const INTERNAL = new RegExp(`^(${internal.map(([name]) => name).join("|")})$`);

const sha = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** What the parts' names hold until their hash is known. */
const PLACE = "000000000000";
// The files understand each other: what one was given holds for the next.
let mangleCache = Object.fromEntries(internal.filter(([, short]) => short));
/** In the npm package the parts are found by names that bundlers follow. */
const npmParts = {
  name: "npm-parts",
  setup(b) {
    b.onResolve({ filter: /\/parts$/ }, () => ({ path: source("npm/parts.ts") }));
    b.onResolve({ filter: /^\.\/\w+\.js$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** Before what runs most of its functions at once: compiled together, Chromium need not parse each again when it is called. */
const EAGER = "//# allFunctionsCalledOnLoad\n";
/** One file's text. */
async function bundle(entry, format, plugins = []) {
  const made = await build({
    // Names come last, see names.mjs.
    bundle: true, minifySyntax: true, minifyWhitespace: true, write: false, target: "es2022", charset: "utf8", legalComments: "none", absWorkingDir: here,
    entryPoints: [source(entry)], format, plugins,
    define: { PARTS_HASH: JSON.stringify(PLACE) },
    mangleProps: INTERNAL, mangleCache,
    // A library inside may warn; the page's console is not ours.
    drop: entry === "recorder/main.ts" || entry === "vitals/main.ts" ? ["console"] : [],
  });
  mangleCache = made.mangleCache;
  const [{ text }] = made.outputFiles;
  // A second minifier takes off another twentieth.
  const { code } = await minify(plugins.length || entry === "worker/main.ts" ? text : borrowed(text, /^(t|recorder)/.test(entry) ? "window" : undefined), {
    ecma: 2022, toplevel: true, module: true, mangle: plugins.length > 0,
    compress: {
      passes: 8, keep_fargs: false, unsafe: true, unsafe_arrows: true, unsafe_methods: true, pure_getters: true, hoist_props: true,
      // Chosen by what brotli makes of it.
      hoist_funs: true, arrows: false, inline: 1, sequences: false,
    },
  });
  // A classic script's own variables would be the page's.
  if (format === "iife" && !code.startsWith("(()=>{")) throw new Error(`${entry} has variables outside of its function: ${code.slice(0, 80)}`);
  // In the package others have the last word.
  if (plugins.length) return code;
  const before = /^(t\.|recorder|late|link|vitals)/.test(entry) ? EAGER : "";
  return before + renamed(code, (text) => pressed(before + text).length);
}

const core = await bundle("t.ts", "iife");
const parts = [];
for (const [role, { entry, script }] of Object.entries(PARTS))
  if (existsSync(source(entry))) parts.push([role, await bundle(entry, script ? "iife" : "esm")]);
const digest = sha(parts.map(([, text]) => text).join());
/** Which twelve digits are taken decides some bytes of the core: those with which it is shortest. */
const [hash] = Array.from({ length: digest.length - PLACE.length }, (_, i) => digest.slice(i, i + PLACE.length))
  .map((digits) => [digits, pressed(core.replaceAll(PLACE, digits)).length])
  .reduce((best, next) => (next[1] < best[1] ? next : best));
const named = (text) => Buffer.from(text.replaceAll(PLACE, hash));

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
for (const [role, text] of [["core", core], ...parts]) {
  const name = role === "core" ? "t.js" : `${role}.${hash}.js`;
  const bytes = named(text);
  const br = pressed(bytes);
  const gz = gzipSync(bytes, { level: 9 });
  await put(name, bytes);
  await put(`${name}.br`, br);
  await put(`${name}.gz`, gz);
  files[name] = { role, sha256: sha(bytes), bytes: bytes.length, brotli: br.length, gzip: gz.length };
}
// For names-search.mjs.
await put(".names.json", JSON.stringify(mangleCache));
const recorder = Object.keys(files).find((name) => files[name].role === "recorder");
await put("manifest.json", `${JSON.stringify({ core: "t.js", recorder, files }, null, 2)}\n`);
for (const old of await readdir(dist)) if (!written.has(old) && !old.startsWith(".")) await rm(join(dist, old), { force: true });
for (const [name, f] of Object.entries(files)) console.log(`${name}: ${f.bytes} bytes, ${f.brotli} brotli, ${f.gzip} gzip`);

// The npm package: the same parts under plain names, and types.
const npm = join(here, "npm");
await rm(join(npm, "lib"), { recursive: true, force: true });
await mkdir(join(npm, "lib"), { recursive: true });
await writeFile(join(npm, "lib/index.js"), await bundle("npm/index.ts", "esm", [npmParts]));
for (const [role, { entry, script }] of Object.entries(PARTS))
  if (existsSync(source(entry))) await writeFile(join(npm, `lib/${role}.js`), await bundle(entry, script ? "iife" : "esm", [npmParts]));
const types = await readFile(source("npm/types.ts"), "utf8");
// A CommonJS file finds its own: it would not be let have a module's.
for (const file of ["index.d.ts", "index.d.cts"]) await writeFile(join(npm, "lib", file), `${types}
/**
 * Begins with the given options and returns the function that pages know as \`window.hindsight\`.
 * A second call changes nothing: a page has one tracker. Throws a TypeError without site or collector. Where pages are
 * made on a server nothing happens.
 */
export declare function start(options: Options): Hindsight;

declare global {
  interface Window {
    /** The same function, from the first \`start\` on. */
    hindsight?: Hindsight;
  }
}
`);
