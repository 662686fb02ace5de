/** Bundles what runs in the browsers: recorders, player, and the applications that frameworks build. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { compile } from "svelte/compiler";

declare const ROOT: string;

const here = (path: string): string => join(ROOT, "test/fidelity", path);

const svelte: Plugin = {
  name: "svelte",
  setup(b) {
    b.onLoad({ filter: /\.svelte$/ }, async ({ path }) => ({
      contents: compile(await readFile(path, "utf8"), { filename: path, css: "injected" }).js.code,
      loader: "js",
    }));
  },
};

async function bundle(entry: string, options: { globalName?: string; jsxImportSource?: string } = {}): Promise<string> {
  const made = await build({
    entryPoints: [here(entry)],
    bundle: true, write: false, format: "iife", target: "es2022", minify: true, logLevel: "warning",
    jsx: "automatic",
    ...options,
    conditions: ["browser"],
    define: {
      "process.env.NODE_ENV": '"production"',
      PARTS_HASH: '""',
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    plugins: [svelte],
  });
  return made.outputFiles[0]?.text ?? "";
}

/** An application of `apps/`. */
export function bundleApp(file: string): Promise<string> {
  return bundle(`apps/${file}`, !file.startsWith("react") ? { jsxImportSource: "preact" } : {});
}

/** A script of `browser/`, its exports under a global of the given name. */
export function bundleTool(file: string, globalName: string): Promise<string> {
  return bundle(`browser/${file}`, { globalName });
}
