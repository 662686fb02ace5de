/** The built files keep within size-budget.json: bytes, brotli. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

declare const ROOT: string;

const json = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));

test("the files are within their budgets and truly compressed", () => {
  const budget = json("size-budget.json") as Record<string, number>;
  const { files } = json("dist/manifest.json") as { files: Record<string, { role: string; brotli: number; bytes: number }> };
  assert.deepEqual(Object.values(files).map((f) => f.role).sort(), Object.keys(budget).sort());
  // What may be pinned at the most, whatever is added.
  const { core = NaN, recorder = NaN } = budget;
  assert.ok(core <= 6144 && core + recorder <= 14336, `${core} + ${recorder}`);
  for (const [name, { role, brotli, bytes }] of Object.entries(files)) {
    const plain = readFileSync(join(ROOT, "dist", name));
    const br = readFileSync(join(ROOT, "dist", `${name}.br`));
    assert.equal(plain.length, bytes);
    assert.equal(br.length, brotli);
    assert.deepEqual(brotliDecompressSync(br), plain);
    assert.deepEqual(gunzipSync(readFileSync(join(ROOT, "dist", `${name}.gz`))), plain);
    assert.ok(brotli <= (budget[role] as number), `${name}: ${brotli} bytes brotli, budget ${budget[role]}`);
  }
});
