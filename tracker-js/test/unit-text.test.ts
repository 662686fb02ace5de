/** Texts, addresses, style sheets: what is taken out and what stays. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createScrubber, MASK } from "../src/privacy/scrub";
import { createSpelled } from "../src/spelled/spelled";
import { placed } from "../src/recorder/styles/text";
import { cleaned } from "../src/words/clean";
import { resource, resources } from "../src/recorder/resource";
import type { Privacy } from "../src/recorder/contract";

Object.assign(globalThis, { location: new URL("https://shop.example/a/b?x=1#y") });
const secret = "hunter22";
const taints = (t: string): boolean => t.includes(secret);
const scrub = createScrubber(taints, ["page", "pw", "new-password"]);
const privacy = { scrub, protection: { has: () => false, taints, met: () => true, holding: () => false, during: (work: () => void) => work(), until: 0, typed: "", lasting: [], secrets: new Set<string>(), roots: new WeakMap<Node, ShadowRoot>(), wrap() {}, unwrap() {} } } as Privacy;

const M = MASK;
const table = (name: string, fn: (s: string) => string, rows: [string, string][]): void => {
  for (const [given, wanted] of rows) test(`${name}: ${given.slice(0, 60)}`, () => assert.equal(fn(given), wanted));
};

table("text", scrub.text, [
  ["Nothing private, 12.50 for 3.", "Nothing private, 12.50 for 3."],
  ["mail jo.doe+x@mail.example.org now", `mail ${M} now`],
  ["jo%40example.org", M],
  ["card 4111-1111-1111-1111.", `card ${M}.`],
  ["EAN 4006381333931 stays", "EAN 4006381333931 stays"],
  ["key sk_live_51H8xYzAbCdEfGh12", `key ${M}`],
  ["id 123e4567-e89b-12d3-a456-426614174000", `id ${M}`],
  ["a-very-long-title-of-a-page-from-2024", "a-very-long-title-of-a-page-from-2024"],
  ["see https://x.example/p?token=1#f, or", "see https://x.example/p or"],
  ["at https://x.example/a.js?v=abc:12:5)", "at https://x.example/a.js:12:5)"],
  [`my ${secret} is`, M],
  ["jörg.müller@bücher.example wrote", `${M} wrote`],
  ["anna＠example.com", M],
  ["card 4111\u00a01111\u00a01111\u00a01111 or 4111.1111.1111.1111 or 4111\u20111111\u20111111\u20111111", `card ${M} or ${M} or ${M}`],
  ["DE89370400440532013000, GB82WEST12345698765432, NO9386011117947", `${M}, ${M}, ${M}`],
  ["the 123456789012345678901234567890 of it", `the ${M} of it`],
  ["at wss://x.example/live?token=abc&u=john now", "at wss://x.example/live now"],
]);
table("url", scrub.url, [
  ["https://shop.example/a?page=2&q=tea&flag#top", "https://shop.example/a?page=2&q="],
  ["/rel/x", "https://shop.example/rel/x"],
  // Allowed, and refused all the same.
  ["/in?pw=abc&new-password=def&page=3", "https://shop.example/in?pw=&new-password=&page=3"],
  ["https://u:p@shop.example/", "https://shop.example/"],
  ["https://shop.example/#/route/jo@example.org?q=1", `https://shop.example/#/route/${M}`],
  ["https://shop.example/u/jo@example.org/x", `https://shop.example/u/${M}/x`],
  ["mailto:jo@example.org", "mailto:"],
  ["javascript:alert(1)", "javascript:"],
  ["", ""],
]);
table("path", scrub.path, [
  ["https://shop.example/a/b?q=1", "/a/b"],
  ["/a#/b?c", "/a#/b"],
  ["/a#b", "/a"],
  ["about:blank", "/"],
]);
table("resource", (s) => resource(s, privacy, location.href), [
  ["/img/app.3f9a8c7b6d5e4f3a2b1c.png?v=9#x", "https://shop.example/img/app.3f9a8c7b6d5e4f3a2b1c.png?v="],
  [`/img/${secret}.png`, `https://shop.example/${M}`],
  ["data:image/gif;base64,AAAA", "data:image/gif;base64,AAAA"],
  [`data:,${"x".repeat(70_000)}`, ""],
  ["blob:https://shop.example/1", ""],
]);
table("srcset", (s) => resources(s, privacy, location.href), [
  ["/a.png?x=1 1x, /b.png 2x", "https://shop.example/a.png?x= 1x, https://shop.example/b.png 2x"],
]);
table("css", (s) => placed(s, location.href, privacy), [
  ["a{background:url(/i.png?k=1)}", 'a{background:url("https://shop.example/i.png?k=")}'],
  ['a{background:url("data:image/svg+xml,%3Csvg/%3E")}', 'a{background:url("data:image/svg+xml,%3Csvg/%3E")}'],
  ["a{fill:url(#grad)}", "a{fill:url(#grad)}"],
]);
/** "nter" is a piece of the secret, and of words of the language. */
const piece = (t: string): boolean => /nter/i.test(t.replace(/\\(.)/g, "$1").replace(/[\s-]/g, ""));
const language = (word: string): boolean => /^(center|pointer)$/.test(word);
table("secrets in styles", (s) => cleaned(s, piece, language) ?? "nothing", [
  [`a::after{content:"${secret}!"}`, `a::after{content:"${M}"}`],
  [`a{--v: ${secret};color:red}`, `a{"${M}";color:red}`],
  [`a{text-align:center;animation-name:${secret};cursor:pointer}`, "a{text-align:center;animation-name:_;cursor:pointer}"],
  [`@keyframes h\\u\\n\\t\\e\\r22{from{color:red}}`, "@keyframes _{from{color:red}}"],
  [`@layer x.${secret}{.${secret}-a,#b${secret}{color:red}}`, "@layer x._{._,#_{color:red}}"],
  [`@property --${secret}{syntax:"*";inherits:false;initial-value:centering}`, `@property --_{syntax:"*";inherits:false;initial-value:_}`],
  [`a{width:7${secret};margin:-7nter 2px}`, "a{width:0;margin:0 2px}"],
  ["a{grid-area:hu n-t er22}", "nothing"],
  ["hu\nnte+r22 {n.te}", "hu\nnte+r22 {n.te}"],
]);

test("a selector keeps only the values it spells out", () => {
  const learned: string[] = [];
  const s = createSpelled((name) => learned.push(name));
  s.learn('[data-state=open] > a[data-size="big"], [data-on], [data-kind^="box"] {}');
  assert.equal(s.keep("data-state", "open"), "open");
  assert.equal(s.keep("data-state", "jo@example.org"), undefined);
  assert.equal(s.keep("data-size", "big"), "big");
  assert.equal(s.keep("data-on", "whatever"), "");
  assert.equal(s.keep("data-kind", "box-of-jo"), "box");
  assert.equal(s.keep("data-user", "x"), undefined);
  s.learn(`[data-list~="a"][data-list~=b], [ns|data-list$='z' i] {} [data-state=open] {}`);
  assert.equal(s.keep("data-list", "a secret b and xyz"), "a b z");
  assert.equal(s.keep("data-list", "ab"), undefined);
  // What a style shows: the mask stands for it, unless a selector spells it out, or it is a sign of the page's own font.
  assert.equal(s.keep("data-label", "Jo Doe"), undefined);
  s.learn('td[data-kind="box"]::before{content:attr(data-label) ", " attr( data-on )} .i::before{content:attr(data-icon)}');
  assert.equal(s.keep("data-label", "Jo Doe"), M);
  assert.equal(s.keep("data-label", ""), "");
  assert.equal(s.keep("data-on", "whatever"), M);
  assert.equal(s.keep("data-icon", "\uE90A"), "\uE90A");
  assert.equal(s.keep("data-kind", "box"), "box");
  learned.length = 7;
  // What is known already is not told again.
  assert.deepEqual(learned, ["data-state", "data-size", "data-on", "data-kind", "data-list", "data-list", "data-list"]);
});
test("long texts take no long time", () => {
  const begin = process.cpuUsage().user;
  for (const text of ["a".repeat(3e5), "1 ".repeat(1e5), "a@".repeat(1e5), "x.".repeat(1e5) + "@"]) scrub.text(text);
  assert.ok(process.cpuUsage().user - begin < 20e6);
});
