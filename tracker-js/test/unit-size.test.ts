/** The built files keep within size-budget.json: bytes, brotli. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

declare const ROOT: string;

const json = <T>(path: string): T => JSON.parse(readFileSync(join(ROOT, path), "utf8")) as T;

test("the files are within their budgets and truly compressed", () => {
  const budget = json<Record<string, number>>("size-budget.json");
  const { files } = json<{ files: Record<string, { role: string; brotli: number; bytes: number }> }>("dist/manifest.json");
  assert.deepEqual(Object.values(files).map((f) => f.role).sort(), Object.keys(budget).sort());
  for (const [name, { role, brotli, bytes }] of Object.entries(files)) {
    const plain = readFileSync(join(ROOT, "dist", name));
    const br = readFileSync(join(ROOT, "dist", `${name}.br`));
    assert.equal(plain.length, bytes);
    assert.equal(br.length, brotli);
    assert.deepEqual(brotliDecompressSync(br), plain);
    assert.deepEqual(gunzipSync(readFileSync(join(ROOT, "dist", `${name}.gz`))), plain);
    assert.ok(brotli <= (budget[role] as number), `${name}: ${brotli} bytes brotli, budget ${budget[role]}`);
  }
  assert.ok((budget.core as number) <= 6144, "the core's budget may only shrink");
});
