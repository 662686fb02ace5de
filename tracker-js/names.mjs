/**
 * Gives the variables of a minified script the names that let it compress best. A compressor writes a stretch that
 * stood before as one reference: so a variable gets the letter that other variables have in the same surroundings,
 * `.get(e)` where there is a `.get(e)` already. That takes about 2 % more off than the shortest names by themselves.
 */
import { brotliCompressSync, constants } from "node:zlib";
import { parse } from "acorn";
import { analyze } from "eslint-scope";

/** Most frequent first, as in the words of the language itself. */
export const LETTERS = [..."etranlosidcufphmgwbyvxkqjzCSTNOMRAPDLIEWUVHBFGKQYZJX_$"];
const WORDS = /^(do|if|in|of|as|is)$/;
/** Characters on each side that count as surroundings: which is better differs by script. */
const REACHES = [7, 9, 11, 12];
const ROUNDS = 8;

/** As the files are served. */
export const pressed = (text) =>
  brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
      // What suits short scripts, by trial.
      [constants.BROTLI_PARAM_LGWIN]: 16, [constants.BROTLI_PARAM_NPOSTFIX]: 2, [constants.BROTLI_PARAM_NDIRECT]: 16,
    },
  });

/**
 * What scripts of a page may well have in a variable of their own: words for things, and what somebody stands in for. All
 * else that a script of ours uses is of the language itself, or nobody can take its name (`document`), or it changes
 * (`scrollY`).
 */
const HIDDEN =
  /^(AbortController|Blob|CSSStyleSheet|CompressionStream|Date|FileReader|History|Intl|IntersectionObserver|Map|MutationObserver|OffscreenCanvas|PerformanceObserver|Promise|Response|Set|TextEncoder|URL|WeakMap|WeakSet|WebSocket|Worker|addEventListener|clearInterval|clearTimeout|console|createImageBitmap|crypto|fetch|getComputedStyle|navigator|performance|postMessage|queueMicrotask|removeEventListener|requestAnimationFrame|setInterval|setTimeout)$/;

/**
 * The same script, which takes what it uses of the browser from the global object: a page's `const URL = "/api"` or
 * `class Map` would hide them. `from`: what the object is called. Nobody
 * can call anything else `window`, but a worker has none.
 */
export function borrowed(code, from = "globalThis") {
  const { globalScope } = analyze(parse(code, { ecmaVersion: 2022, sourceType: "module", ranges: true }), { ecmaVersion: 2022, sourceType: "module", ignoreEval: true });
  const names = [...new Set(globalScope.through.map(({ identifier }) => identifier.name))].filter((name) => HIDDEN.test(name)).sort();
  // In a function, where the whole script is one: outside of it they would be the page's.
  const [head] = /^\s*("use strict";\s*)?(\(\(\)\s*=>\s*\{)?/.exec(code);
  return names.length ? `${head}const { ${names.join(", ")} } = ${from};\n${code.slice(head.length)}` : code;
}

/** Positions of identifiers that stand for a property too, `{name}`, or for an export: there the name must be kept. */
function shared(tree) {
  const found = new Map();
  const visit = (node) => {
    if (node.type === "Property" && node.shorthand) found.set((node.value.left ?? node.value).start, "property");
    if (node.type === "ExportSpecifier" && node.local.start === node.exported.start) found.set(node.local.start, "export");
    for (const part of Object.values(node).flat()) if (part && typeof part === "object" && part.type) visit(part);
  };
  visit(tree);
  return found;
}

/** Every variable: where it stands in the text, and which others must have other names. */
function variables(tree) {
  const { scopes, globalScope } = analyze(tree, { ecmaVersion: 2022, sourceType: "module", ignoreEval: true });
  const all = [];
  const declared = new Map(scopes.map((scope) => [scope, []]));
  for (const scope of scopes)
    for (const variable of scope.variables) {
      // `arguments` is nobody's.
      if (!variable.defs.length) continue;
      const at = new Set(variable.identifiers.map(({ range }) => range[0]));
      /** Scopes in which nothing else may have its name. */
      const reach = new Set([scope]);
      for (const { identifier, from } of variable.references) {
        at.add(identifier.range[0]);
        for (let s = from; s !== scope; s = s.upper) reach.add(s);
      }
      const one = { old: variable.name, at: [...at], reach, clash: new Set(), places: [], name: "" };
      all.push(one);
      declared.get(scope).push(one);
    }
  for (const one of all)
    for (const scope of one.reach)
      for (const other of declared.get(scope))
        if (other !== one) {
          one.clash.add(other);
          other.clash.add(one);
        }
  return { all, foreign: new Set(globalScope.through.map(({ identifier }) => identifier.name)) };
}

/** The same script under other names. `size` says how large a text becomes. */
export function renamed(code, size) {
  return REACHES.map((reach) => renamedBy(reach, code, size)).reduce((best, next) => (size(next) < size(best) ? next : best));
}

function renamedBy(reach, code, size) {
  const tree = parse(code, { ecmaVersion: 2022, sourceType: "module", ranges: true });
  const keep = shared(tree);
  const { all, foreign } = variables(tree);
  const order = all.flatMap((one) => one.at.map((at) => ({ at, one }))).sort((a, b) => a.at - b.at);
  // The text between one identifier and the next.
  const between = [];
  let from = 0;
  let after = "";
  order.forEach(({ at, one }, place) => {
    const kind = keep.get(at);
    between.push(after + code.slice(from, at) + (kind === "property" ? `${one.old}:` : ""));
    after = kind === "export" ? ` as ${one.old}` : "";
    from = at + one.old.length;
    one.places.push(place);
  });
  between.push(after + code.slice(from));
  const text = () => order.reduce((sum, { one }, place) => sum + one.name + between[place + 1], between[0]);

  const free = (one) => {
    const taken = new Set([...one.clash].map(({ name }) => name));
    return (name) => !taken.has(name) && !foreign.has(name) && !WORDS.test(name);
  };
  const first = (one) => LETTERS.find(free(one)) ?? LETTERS.flatMap((a) => LETTERS.map((b) => a + b)).find(free(one));
  for (const one of all) one.name = first(one);

  /** What stands left and right of a place, one character, two, and so on. */
  const surroundings = (place) => {
    let left = between[place];
    for (let p = place - 1; left.length < reach && p >= 0; p--) left = between[p] + order[p].one.name + left;
    let right = between[place + 1];
    for (let p = place + 1; right.length < reach && p < order.length; p++) right += order[p].one.name + between[p + 1];
    return Array.from({ length: reach }, (_, n) => [`<${left.slice(-n - 1)}`, `>${right.slice(0, n + 1)}`]).flat();
  };
  /** How often each name stands in these surroundings. */
  let seen;
  const count = (around, name, by) => {
    for (const s of around) {
      const names = seen.get(s) ?? new Map();
      seen.set(s, names.set(name, (names.get(name) ?? 0) + by));
    }
  };
  const often = [...all].sort((a, b) => b.places.length - a.places.length);
  let best = text();
  for (let round = 0; round < ROUNDS; round++) {
    seen = new Map();
    order.forEach(({ one }, place) => count(surroundings(place), one.name, 1));
    for (const one of often) {
      const around = one.places.flatMap(surroundings);
      count(around, one.name, -1);
      let most = -1;
      let name = first(one);
      for (const letter of LETTERS.filter(free(one))) {
        let worth = 0;
        // Less than none: what stands around has another name since it was counted.
        for (const s of around) worth += (s.length - 1) * Math.log2(1 + Math.max(0, seen.get(s)?.get(letter) ?? 0));
        if (worth > most) {
          most = worth;
          name = letter;
        }
      }
      one.name = name;
      count(around, name, 1);
    }
    const now = text();
    if (size(now) < size(best)) best = now;
  }
  return best;
}
