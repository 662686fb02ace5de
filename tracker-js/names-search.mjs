/**
 * Looks for letters for our internal members that compress better, and writes them into internal-names.txt:
 * `node build.mjs && node names-search.mjs [seconds] && node build.mjs`. Worth a minute after larger changes of the
 * core or the recorder, whose sizes are what it looks at.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { parse } from "acorn";
import { LETTERS, pressed } from "./names.mjs";

const table = new Map(
  (await readFile("internal-names.txt", "utf8")).trim().split("\n").map((line) => /** @type {[string, string]} */ (line.split(" "))),
);
const cache = JSON.parse(await readFile("dist/.names.json", "utf8"));
const recorder = (await readdir("dist")).find((f) => /^recorder\.\w+\.js$/.test(f));
const texts = await Promise.all(["t.js", recorder].map((f) => readFile(`dist/${f}`, "utf8")));

const shorts = new Set(Object.values(cache));
/** Each script in pieces: every second one is the name of a member. */
const pieces = texts.map((text) => {
  const at = new Map();
  const visit = (node) => {
    const name = node.type === "MemberExpression" ? node.property : node.type === "Property" ? node.key : undefined;
    if (name?.type === "Identifier" && !node.computed && shorts.has(name.name)) at.set(name.start, node.shorthand ? `${name.name}:` : "");
    for (const part of Object.values(node).flat()) if (part && typeof part === "object" && part.type) visit(part);
  };
  visit(parse(text, { ecmaVersion: 2022, sourceType: "module" }));
  if ([...at.values()].some(Boolean)) throw new Error("a member in short hand: the variable has its name");
  const cuts = [...at.keys()].sort((a, b) => a - b);
  const found = [];
  let from = 0;
  for (const start of cuts) {
    const [name] = /^[\w$]+/.exec(text.slice(start));
    found.push(text.slice(from, start), name);
    from = start + name.length;
  }
  return [...found, text.slice(from)];
});

let best = new Map([...shorts].map((s) => [s, s]));
const size = (names) =>
  pieces.reduce((sum, all) => sum + pressed(all.map((piece, i) => (i % 2 ? names.get(piece) : piece)).join("")).length, 0);
const pick = (list) => list[Math.floor(Math.random() * list.length)];
let least = size(best);
const before = least;
const keys = [...shorts];
const letters = [...new Set([...LETTERS, ...shorts])];
for (const end = Date.now() + Number(process.argv[2] ?? 60) * 1000; Date.now() < end;) {
  const [one, to] = [pick(keys), pick(letters)];
  const next = new Map(best);
  const other = keys.find((k) => best.get(k) === to);
  if (other) next.set(other, best.get(one));
  next.set(one, to);
  const found = size(next);
  if (found <= least) [least, best] = [found, next];
}
const lines = [...table.keys()].map((name) => (cache[name] ? `${name} ${best.get(cache[name])}` : name));
await writeFile("internal-names.txt", `${lines.join("\n")}\n`);
console.log(`core and recorder: ${before} bytes brotli, ${least} with other names`);
