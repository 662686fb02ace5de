/** The npm package, bundled by a site's own build into pages that allow nothing but 'self'. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { build } from "esbuild";
import ts from "typescript";
import { openStage } from "./support/stage";

declare const ROOT: string;

const { collector, site } = await openStage();
const folder = mkdtempSync(join(tmpdir(), "hindsight-npm-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const PACKAGE = join(ROOT, "npm/lib");

test("a site that bundles the package is recorded under a strict policy", async () => {
  await build({
    stdin: {
      contents: `import { start } from ${JSON.stringify(join(PACKAGE, "index.js"))};
        window.own = start({ site: "KEY", collector: ${JSON.stringify(collector.origin)}, consent: "none", allowQuery: ["q"] });
        window.same = start({ site: "OTHER", collector: "https://elsewhere.example" }) === window.own;`,
      resolveDir: folder,
    },
    bundle: true, splitting: true, format: "esm", outdir: folder, entryNames: "app", chunkNames: "[name].[hash]",
  });
  for (const name of readdirSync(folder)) site.pages.set(`/${name}`, readFileSync(join(folder, name), "utf8"));
  for (const part of ["worker", "canvas"]) site.pages.set(`/${part}.js`, readFileSync(join(PACKAGE, `${part}.js`), "utf8")); // What bundlers make of a worker's address.
  site.headers = { "Content-Security-Policy": `default-src 'none'; script-src 'self'; worker-src 'self'; connect-src ${collector.origin.replace("http", "ws")} ${collector.origin}` };
  // No tag: a page whose head is never closed gets none.
  site.pages.set("/", `<!doctype html><title>Bundled</title><body><h1>Bundled</h1><button id=b>Press</button><script type=module src="/app.js"></script>`);
  const page = await site.open("/?q=kept&r=gone");
  await collector.until("snapshot", (all) => all.some((a) => a.frame.replay?.some((e) => e.type === 2)));
  await page.click("#b");
  await page.evaluate(`own("event", "signed-up", { plan: "pro" })`);
  await collector.until("click and event", (all) => {
    const kinds = all.flatMap((a) => a.frame.signals?.signals.map((s) => s.k) ?? []);
    return kinds.includes("click") && kinds.includes("event");
  });
  const view = collector.arrivals.flatMap((a) => a.frame.signals?.signals ?? []).find((s) => s.k === "view");
  assert.match(String(view?.url), /\?q=kept&r=$/);
  assert.equal(await page.evaluate("same && own === window.hindsight"), true);
  assert.deepEqual(site.noise.filter((n) => !/Worker|worker/.test(n)), []);
});

test("where pages are made on a server nothing happens", async () => {
  const { start } = (await import(join(PACKAGE, "index.js"))) as { start(options: object): (verb: string) => void };
  start({ site: "KEY", collector: "https://replay.example.com" })("page");
  assert.throws(() => start({}), TypeError);
});

test("bundlers find no file in it but the parts and their workers", () => {
  const named = readdirSync(PACKAGE).filter((f) => f.endsWith(".js")).flatMap((f) => [...readFileSync(join(PACKAGE, f), "utf8").matchAll(/new URL\(\s*"([^"]*)",\s*import\.meta\.url/g)].map((m) => m[1]));
  assert.deepEqual([...new Set(named)].sort(), ["./canvas.js", "./worker.js"]);
});

test("its types are found by modules and by CommonJS", () => {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(ROOT, "npm"), join(folder, "node_modules/hindsight-tracker"), "dir");
  for (const name of ["by.mts", "by.cts"]) {
    const file = join(folder, name);
    writeFileSync(file, `import { start } from "hindsight-tracker";\nconst h = start({ site: "K", collector: "https://c" });\nh("event", "e", { a: 1 });\nwindow.hindsight?.("page");\n`);
    for (const [module, moduleResolution] of [[ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16], [ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler]] as const) {
      const program = ts.createProgram([file], { strict: true, noEmit: true, module, moduleResolution, types: [], lib: ["lib.es2022.d.ts", "lib.dom.d.ts"] });
      assert.deepEqual(ts.getPreEmitDiagnostics(program).map((d) => ts.flattenDiagnosticMessageText(d.messageText, " ")), [], name);
    }
  }
});

test("its types say what may be called", () => {
  const use = (call: string): string[] => {
    const file = join(folder, "use.ts");
    writeFileSync(file, `import { start } from ${JSON.stringify(join(PACKAGE, "index.js"))};\nconst h = start({ site: "K", collector: "https://c" });\n${call}\n`);
    const program = ts.createProgram([file], { strict: true, noEmit: true, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, lib: ["lib.es2022.d.ts", "lib.dom.d.ts"] });
    return ts.getPreEmitDiagnostics(program).map((d) => ts.flattenDiagnosticMessageText(d.messageText, " "));
  };
  assert.deepEqual(use(`h("event", "e", { a: 1 }); h("consent", { analytics: "denied", erase: true }); h("page"); h("optout");`), []);
  assert.equal(use(`h("evnt", "e");`).length, 1);
  assert.deepEqual(use(`window.hindsight?.("event", "e", { a: 1 });`), []);
  assert.equal(use(`window.hindsight?.("evnt", "e");`).length, 1);
  assert.equal(use(`start({ site: "K" });`).length, 1);
  const traits = "interface Traits { plan: string; seats?: number; wishes";
  assert.deepEqual(use(`${traits}: boolean }\ndeclare const t: Traits; h("identify", "i", t); h("set", t); h("event", "e", t);`), []);
  assert.equal(use(`${traits}: string[] }\ndeclare const t: Traits; h("event", "e", t);`).length, 1);
  assert.equal(use(`h("event", "e", "text");`).length, 1);
  // Every attribute of the tag is an option.
  const attributes = [...readFileSync(join(ROOT, "../docs/tracker.md"), "utf8").matchAll(/^\| (`data-.+?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`data-(?!hindsight)([a-z-]+)`/g)].map(([, name = ""]) => name.replace(/-(.)/g, (_all, c: string) => c.toUpperCase())));
  assert.ok(attributes.length > 12, attributes.join());
  const options = readFileSync(join(PACKAGE, "index.d.ts"), "utf8");
  for (const name of attributes) assert.match(options, new RegExp(`^  ${name}\\??:`, "m"));
});
