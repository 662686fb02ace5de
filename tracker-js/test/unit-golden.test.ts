/**
 * Golden frames: ours, which Go's tests decode, and Go's, which are decoded
 * here. `npm run golden` writes ours again.
 */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { unhex } from "../src/bytes";
import { squeeze } from "../src/queue/pack";
import { plain } from "../src/queue/plain";
import { CODEC_GZIP, encode, FLAG_LAST, FLAG_SAMPLED, type Header, type Section, stamp } from "../src/wire";
import { open } from "./support/frame";

declare const ROOT: string;

const ours = join(ROOT, "test/golden");
const theirs = join(ROOT, "../internal/wire/testdata/golden");

const HEADER: Header = {
  flags: 0,
  consent: 3,
  who: unhex(
    "51440102030405060708090a0b0c0d0e" + "00112233445566778899aabbccddeeff" + "0123456789abcdef" + "f0e0d0c0b0a090807060504030201000",
    56,
  ) as Uint8Array,
  sequence: 1,
};
const SENT_AT = 1_798_000_123_456.5;
const SIZE = { vw: 1280, vh: 720, dw: 1280, dh: 3400 };

const SIGNALS = [
  { k: "view", t: 12.5, url: "https://shop.example/things?q=#/list", title: "Tee & Töpfe 茶", ref: "", nav: "load", lang: "de-CH", tz: "Europe/Zurich",
    sw: 1920, sh: 1080, ...SIZE, dpr: 1.5, hints: { brands: [["Not:A-Brand", "8.0.0.0"], ["Chromium", "156.0.8078.79"]], os: "Linux", os_version: "", mobile: false } },
  { k: "consent", t: 12.6, state: "granted", version: "1", key: "000102030405060708090a0b0c0d0e0f" },
  { k: "load", t: 300.1, ms: 290, ttfb: 20, dcl: 210, fcp: 180 },
  { k: "click", t: 1200, el: "main#shop > ul.list > li:nth-of-type(3) > button >>> b", fx: 0.25, fy: 0.5, x: 150, y: 250, ...SIZE, fixed: 1, sx: 0, sy: 40, ptr: "touch", able: 1 },
  { k: "dead", t: 3700, of: 1200 },
  { k: "move", t: 1300, ...SIZE, cells: [9, 15, 120, 10, 15, 2000] },
  { k: "scroll", t: 1400, y: 100, max: 820, vw: 1280, vh: 720, dh: 3400 },
  { k: "attention", t: 1450, vw: 1280, vh: 720, dh: 3400, h: 100, bands: [0, 1200, 7, 30000] },
  { k: "field", t: 1480, el: "input#name", form: "form#order", ms: 2000, wait: 1500, n: 5, refills: 1, filled: 1, left: "blur" },
  { k: "field", t: 1481, el: "select#size", ms: 0, n: 0, refills: 0, filled: 0, left: "leave" },
  { k: "submit", t: 1482, el: "form#order", n: 3 },
  { k: "vital", t: 1490, name: "CLS", value: 0.0421, rating: "good" },
  { k: "vital", t: 1491, name: "INP", value: 304, rating: "needs-improvement" },
  { k: "typing", t: 1500, el: "input#name", n: 12, ms: 2400 },
  { k: "error", t: 1600, msg: "boom", type: "rejection", stack: "Error: boom\n    at https://shop.example/a.js:1:2", src: "https://shop.example/a.js", line: 1, col: 2 },
  { k: "event", t: 1700, name: "bought", props: { sum: 12.5, gift: true, what: "•••" } },
  { k: "identify", t: 1800, id: "user-7", traits: { plan: "pro" } },
  { k: "set", t: 1900, props: { theme: "dark" } },
  { k: "visible", t: 2000, on: 0 },
  { k: "gap", t: 2100, reason: "too_large", to: 2200 },
];
const section = (list: object[], offset?: number): string =>
  JSON.stringify({ origin: 1_798_000_100_000.25, offset, view: 0, path: "/things#/list", signals: list });
const REPLAY = JSON.stringify([
  { type: 4, data: { href: "https://shop.example/things", width: 1280, height: 720 }, timestamp: 1_798_000_100_100 },
  { type: 2, data: { node: { type: 0, childNodes: [], id: 1 }, initialOffset: { left: 0, top: 0 } }, timestamp: 1_798_000_100_101 },
  { type: 3, data: { source: 5, id: 7, text: "•••", isChecked: false }, timestamp: 1_798_000_100_900 },
]);
const gzip = (text: string): Section => ({ codec: CODEC_GZIP, bytes: new Uint8Array(gzipSync(text)), raw: Buffer.byteLength(text) });

async function frames(): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const made = {
    "all-signals-none": encode(HEADER, [plain(section(SIGNALS, -12.5)), plain("")]),
    "all-signals-deflate": encode({ ...HEADER, sequence: 2 }, [await squeeze(section(SIGNALS, 1500)), plain("")]),
    "replay-deflate": encode({ ...HEADER, sequence: 3, flags: FLAG_SAMPLED }, [plain(section([], 3)), await squeeze(REPLAY)]),
    "replay-gzip": encode({ ...HEADER, sequence: 4, flags: FLAG_SAMPLED, consent: 1 }, [gzip(section(SIGNALS, 3)), gzip(REPLAY)]),
    "last-no-offset": encode(
      { ...HEADER, sequence: 0xfffffffe, flags: FLAG_SAMPLED | FLAG_LAST, consent: 4, who: new Uint8Array([...HEADER.who.slice(0, 40), ...new Uint8Array(16)]) },
      [plain(section([{ k: "visible", t: 9, on: 0 }])), plain(REPLAY)],
    ),
  };
  for (const frame of Object.values(made)) stamp(frame, SENT_AT);
  return made;
}

test("our golden frames say what they said", async () => {
  const made = await frames();
  if (process.env.GOLDEN === "update") {
    rmSync(ours, { recursive: true, force: true });
    mkdirSync(ours, { recursive: true });
    for (const [name, frame] of Object.entries(made)) {
      writeFileSync(join(ours, `${name}.bin`), frame);
      writeFileSync(join(ours, `${name}.json`), `${JSON.stringify(open(frame), null, 2)}\n`);
    }
  }
  const names = readdirSync(ours).filter((f) => f.endsWith(".bin")).map((f) => f.slice(0, -4)).sort();
  assert.deepEqual(names, Object.keys(made).sort());
  for (const name of names) {
    const kept = JSON.parse(readFileSync(join(ours, `${name}.json`), "utf8")) as unknown;
    // Decoded, not byte by byte: compressors differ from version to version.
    assert.deepEqual(open(made[name] as Uint8Array<ArrayBuffer>), kept, name);
    assert.deepEqual(open(new Uint8Array(readFileSync(join(ours, `${name}.bin`)))), kept, name);
  }
});

/** Half a surrogate pair is a string here, and U+FFFD in Go. */
const wellFormed = <T>(value: T): unknown =>
  JSON.parse(JSON.stringify(value), (_key, v: unknown) => (typeof v === "string" ? Buffer.from(v).toString() : v));

test("Go's golden frames are read", () => {
  const names = readdirSync(theirs).filter((f) => f.endsWith(".bin")).map((f) => f.slice(0, -4));
  assert.ok(names.length > 0, "no golden frames of internal/wire");
  for (const name of names) {
    const frame = open(new Uint8Array(readFileSync(join(theirs, `${name}.bin`))));
    assert.deepEqual(wellFormed(frame), JSON.parse(readFileSync(join(theirs, `${name}.json`), "utf8")), name);
  }
});
