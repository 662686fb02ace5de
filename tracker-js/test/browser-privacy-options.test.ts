/**
 * No option of the snippet, no mark in the page and no combination of them makes the tracker tell what a password field
 * holds: each by itself, on every element around the field, and pairs of them drawn by a seed.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { type Case, into } from "./privacy/case";
import { chromiumDriver, type Driver } from "./privacy/driver";
import { visit } from "./privacy/run";
import { found } from "./privacy/search";
import { launchShell } from "./support/site";

declare const ROOT: string;

const SECRET = "Zq7!xKy2~";

/** What the snippet's tag may say: names as the documentation lists them and the sources read them, and what looks as if it might be one. */
const DOCUMENTED = [...readFileSync(join(ROOT, "../docs/tracker.md"), "utf8").matchAll(/^\| (`data-.+?) \|/gm)].flatMap((m) =>
  [...(m[1] ?? "").matchAll(/`data-([a-z-]+)`/g)].map(([, name = ""]) => name.replace(/-(.)/g, (_all, c: string) => c.toUpperCase())));
const OPTIONS: string[] = [
  ...new Set([
    ...DOCUMENTED,
    ...[...readFileSync(join(ROOT, "src/config.ts"), "utf8").matchAll(/\btag\??\.([a-zA-Z]+)/g)].map((m) => m[1] ?? ""),
    "unmask", "unmaskInputs", "maskAllInputs", "maskPasswords", "recordPasswords", "keys",
  ]),
].filter((name) => !["site", "collector", "consent", "sampleRate", "bots", "dnt"].includes(name) && !name.startsWith("hindsight"));
const attributeOf = (name: string): string => `data-${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
const VALUES = ["", "true", "all", "password", "*", "0", "pw,p,value"];

/** Marks that unmask, here or in another tool, and ours against themselves. */
const MARKS = [
  "data-hindsight-unmask", `data-hindsight-unmask="password"`, `data-hindsight-mask="false"`, `data-hindsight-secret="false"`, "data-hj-allow", "data-hj-whitelist",
  `data-dd-privacy="allow"`, "data-clarity-unmask", `data-clarity-mask="false"`, "data-sentry-unmask", `class="sentry-unmask ph-include fs-unmask rr-unmask"`,
  "data-openreplay-unmask", "data-matomo-unmask", `data-private="false"`, `autocomplete="off"`, `autocomplete="username"`, "contenteditable", "readonly", `is="my-input"`,
];
/** Those that hide the whole page, and with it what the search must find, when they stand on it. */
const HIDING = /hindsight-(mask|secret)|private|contenteditable/;
/** Where a mark stands: on the field, around it, on the page. */
const PLACES = ["field", "form", "html", "body"] as const;

/** A small generator, so that a failure can be repeated. */
function random(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x / 2 ** 32;
  };
}

/** One page with a field for each mark; typed into all of them. */
const page = (name: string, options: string[], marks: { mark: string; place: (typeof PLACES)[number] }[]): Case => ({
  name,
  snippet: `data-consent="none" ${options.join(" ")}`,
  body: () =>
    marks.map(({ mark, place }, i) => `<form ${place === "form" ? mark : ""}><input id="p${i}" type="password" ${place === "field" ? mark : ""}></form>`).join("") +
    `<script>${marks
      .filter(({ place }) => place === "html" || place === "body")
      .map(({ mark, place }) => {
        const [, attribute = "", value = ""] = /^([\w-]+)(?:="(.*)")?$/.exec(mark) ?? [];
        return `document.${place === "html" ? "documentElement" : "body"}.setAttribute("${attribute}","${value}");`;
      })
      .join("")}</script>`,
  act: async (driver) => {
    for (const i of marks.keys()) {
      await driver.eval((id) => {
        const p = document.querySelector(id) as HTMLInputElement;
        p.readOnly = false;
        p.focus();
      }, `#p${i}`);
      await driver.type(SECRET);
    }
    await driver.eval(() => document.querySelectorAll("input").forEach((p) => (p.type = "text")), null);
    await into("#p0")(driver, SECRET);
  },
});

let browser: Browser;
before(async () => {
  browser = await launchShell();
});
after(() => browser.close());

const open = async (): Promise<Driver> => chromiumDriver(await (await browser.newContext()).newPage());

describe("no option tells a password", { concurrency: 2 }, () => {
  for (const one of ["canvas", "budget", "debug", "consentText", "privacyUrl", "allowQuery"]) assert.ok(OPTIONS.includes(one), `${one} is not among ${OPTIONS.join()}`);
  const draw = random(20260);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const somewhere = (): { mark: string; place: (typeof PLACES)[number] } => {
    const mark = pick(MARKS);
    return { mark, place: HIDING.test(mark) ? "field" : pick(PLACES) };
  };
  const all = [
    page("every mark on a field, every option", OPTIONS.map(attributeOf), MARKS.map((mark) => ({ mark, place: "field" }))),
    page("every mark on a form", [], MARKS.map((mark) => ({ mark, place: "form" }))),
    ...PLACES.slice(2).map((place) => page(`every mark on ${place}`, [], MARKS.filter((m) => !HIDING.test(m)).map((mark) => ({ mark, place })))),
    ...Array.from({ length: 8 }, (_, i) =>
      page(`pairs drawn by a seed, ${i + 1}`, [pick(OPTIONS), pick(OPTIONS)].map((o) => `${attributeOf(o)}="${pick(VALUES)}"`), Array.from({ length: 6 }, somewhere)),
    ),
  ];
  for (const one of all)
    test(one.name, async () => {
      const { all: told } = await visit(one, SECRET, open);
      assert.deepEqual(found(told, SECRET), []);
    });
});
